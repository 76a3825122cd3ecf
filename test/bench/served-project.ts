/** A project whose services serve the variable VALUE, and what else a benchmark of rollouts needs of it. */
import type Docker from "dockerode";
import { testImage } from "../support/docker-image.ts";
import { composeProject, type TestProject } from "../support/docker-project.ts";
import { freePort } from "../support/free-port.ts";
import { probeSteadily } from "./steady-prober.ts";

const proberMs = 5;

export interface Served extends AsyncDisposable {
  readonly project: TestProject;
  set(value: string): Promise<void>;
  /** The work's time, with the longest gap that a client of the first service saw meanwhile; ends when it serves the value. */
  during(value: string, work: () => Promise<unknown>): Promise<{ tookMs: number; gapMs: number }>;
  /** Clients of every service; only while they are needed, since each takes a share of the machine. */
  clients(): Disposable & { until(value: string): Promise<void> };
}

/** Ends at once when told to, reads its rules anew at HUP, and, where it is the last, does not come up with the value `bad`. */
const scriptOf = (isLast: boolean) => `${isLast ? '[ "$$VALUE" = bad ] && exit 3\n' : ""}mkdir -p /www
echo "$$VALUE" > /www/index.html
trap 'exit 0' TERM; trap 'cat /rules.txt > /www/rules.txt' HUP
httpd -p 8080 -h /www
while :; do sleep 60 & wait $$!; done`;

export async function served(
  name: string,
  {
    healthy = false,
    hotenv = "policy: { stability: 0s }\n",
    services = ["web"],
    startFirst = false,
  }: {
    readonly healthy?: boolean;
    /** Each new container beside its old one: then no port is published, and nobody can ask them from here. */
    readonly startFirst?: boolean;
    readonly hotenv?: string;
    /** Each depends on the one before it. */
    readonly services?: readonly string[];
  },
): Promise<Served> {
  const ports: number[] = [];
  for (const _ of services) ports.push(await freePort());
  const health = healthy
    ? `\n    healthcheck: { test: ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/"], interval: 1s }`
    : "";
  const image = await testImage();
  const written = services.map(
    (service, index) => `  ${service}:
    image: ${image}
    command: ["sh", "-c", ${JSON.stringify(scriptOf(index === services.length - 1))}]
    environment: { VALUE: "\${VALUE}" }
    ${startFirst ? "deploy: { update_config: { order: start-first } }" : `ports: ["127.0.0.1:${ports[index]}:8080"]`}
    depends_on: [${services.slice(0, index).slice(-1).join("")}]
    volumes: ["./rules.txt:/rules.txt:ro"]${health}
`,
  );
  const project = await composeProject({
    name,
    files: {
      ".env": "VALUE=start\n",
      "hotenv.yaml": hotenv,
      "rules.txt": "one\n",
      "compose.yaml": `services:\n${written.join("")}`,
    },
  });
  const urls = ports.map((port) => `http://127.0.0.1:${port}/`);
  const clients = () => {
    const probers = urls.map((url) => probeSteadily(url, proberMs));
    return {
      probers,
      until: async (value: string) => {
        await Promise.all(probers.map((prober) => prober.until(value)));
      },
      [Symbol.dispose]: () => {
        for (const prober of probers) prober.stop();
      },
    };
  };
  let serving = "start";
  await project.compose("up", "-d", "--wait");
  if (!startFirst) {
    using first = clients();
    await first.until(serving);
  }
  return {
    project,
    set: (value) => project.write(".env", `VALUE=${value}\n`),
    clients,
    async during(value, work) {
      using all = clients();
      const [prober] = all.probers;
      if (prober === undefined) throw new Error("Nobody serves.");
      await prober.until(serving);
      prober.reset();
      const start = performance.now();
      await work();
      const tookMs = performance.now() - start;
      await prober.until(value);
      serving = value;
      return { tookMs, gapMs: prober.longestGapMs };
    },
    [Symbol.asyncDispose]: () => project.down(),
  };
}

/** Which container of the project is which service's, those that run. */
async function containersOf(docker: Docker, project: TestProject): Promise<ReadonlyMap<string, string>> {
  const listed = await docker.listContainers({
    filters: { label: [`com.docker.compose.project=${project.name}`] },
  });
  return new Map(listed.map(({ Id, Labels }) => [Labels["com.docker.compose.service"] ?? "", Id]));
}

/** The new container beside the old one, with another value, under the old one's name. */
async function createBeside(docker: Docker, id: string, value: string) {
  const old = docker.getContainer(id);
  const { Name, Config, HostConfig, NetworkSettings } = await old.inspect();
  const name = Name.slice(1);
  await old.rename({ name: `${name}-old` });
  const { Hostname: _, ...config } = Config;
  const next = await docker.createContainer({
    ...config,
    name,
    Env: [...Config.Env.filter((entry) => !entry.startsWith("VALUE=")), `VALUE=${value}`],
    HostConfig,
    NetworkingConfig: {
      EndpointsConfig: Object.fromEntries(
        Object.keys(NetworkSettings.Networks).map((network) => [network, {}]),
      ),
    },
  });
  return { old, next, name };
}

/** What one would write by hand: as few of Docker's calls as replace a container. */
export async function replaceByHand(
  docker: Docker,
  { project, healthy }: { readonly project: TestProject; readonly healthy: boolean },
  value: string,
): Promise<void> {
  const [id = ""] = (await containersOf(docker, project)).values();
  const { old, next } = await createBeside(docker, id, value);
  await old.stop();
  await next.start();
  for (;;) {
    const { State } = await next.inspect();
    if (!State.Running) throw new Error("The new container has ended.");
    if (!healthy || State.Health?.Status === "healthy") break;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await old.remove();
}

/**
 * Brings the value in, one service after the other, of which the last ends; then goes back by as few calls as do it:
 * the new ones that run are stopped, all at once, and the old ones started, each when the one before it runs.
 * @returns how long it took from the first of these calls until all served the former value, in ms
 */
export async function goBackByHand(
  docker: Docker,
  its: Served,
  services: readonly string[],
  former: string,
): Promise<number> {
  const ids = await containersOf(docker, its.project);
  const replaced: Awaited<ReturnType<typeof createBeside>>[] = [];
  for (const service of services) {
    const each = await createBeside(docker, ids.get(service) ?? "", "bad");
    replaced.push(each);
    await each.old.stop();
    await each.next.start();
  }
  await replaced.at(-1)?.next.wait();
  using clients = its.clients();
  const start = performance.now();
  await Promise.all(replaced.slice(0, -1).map(({ next }) => next.stop()));
  const startAll = async () => {
    for (const { old } of replaced) await old.start();
  };
  await Promise.all([clients.until(former), startAll()]);
  const tookMs = performance.now() - start;
  for (const { old, next, name } of replaced) {
    await next.remove({ force: true });
    await old.rename({ name });
  }
  return tookMs;
}
