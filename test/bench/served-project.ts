/** A project with one service that serves the variable VALUE, and what else a benchmark of rollouts needs of it. */
import type Docker from "dockerode";
import { testImage } from "../support/docker-image.ts";
import { composeProject, type TestProject } from "../support/docker-project.ts";
import { freePort } from "../support/free-port.ts";
import { ask, type Prober, probe } from "../support/prober.ts";

const proberMs = 5;

export interface Served extends AsyncDisposable {
  readonly project: TestProject;
  readonly prober: Prober;
  set(value: string): Promise<void>;
  /** Until it answers with that value. */
  serves(value: string): Promise<void>;
  /** The work's time, with the longest gap that the prober saw meanwhile. Ends when the value is served. */
  during(value: string, work: () => Promise<unknown>): Promise<{ tookMs: number; gapMs: number }>;
}

/** Ends at once when told to, reads its rules anew at HUP, and does not come up with the value `bad`. */
const script = `[ "$$VALUE" = bad ] && exit 3
mkdir -p /www; echo "$$VALUE" > /www/index.html
trap 'exit 0' TERM; trap 'cat /rules.txt > /www/rules.txt' HUP
httpd -p 8080 -h /www
while :; do sleep 60 & wait $$!; done`;

export async function served(
  name: string,
  {
    healthy,
    hotenv = "policy: { stability: 0s }\n",
  }: { readonly healthy: boolean; readonly hotenv?: string },
): Promise<Served> {
  const port = await freePort();
  const health = healthy
    ? `\n    healthcheck: { test: ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/"], interval: 1s }`
    : "";
  const project = await composeProject({
    name,
    files: {
      ".env": `VALUE=start\nPORT=${port}\n`,
      "hotenv.yaml": hotenv,
      "rules.txt": "one\n",
      "compose.yaml": `services:
  web:
    image: ${await testImage()}
    command: ["sh", "-c", ${JSON.stringify(script)}]
    environment: { VALUE: "\${VALUE}" }
    ports: ["127.0.0.1:\${PORT}:8080"]
    volumes: ["./rules.txt:/rules.txt:ro"]${health}
`,
    },
  });
  const url = `http://127.0.0.1:${port}/`;
  const serves = async (value: string) => {
    const end = performance.now() + 60_000;
    while ((await ask(url, 500).catch(() => "")).trim() !== value)
      if (performance.now() > end) throw new Error(`${url} does not serve ${value}.`);
      else await new Promise((resolve) => setTimeout(resolve, proberMs));
  };
  await project.compose("up", "-d", "--wait");
  await serves("start");
  const prober = probe(url, proberMs);
  return {
    project,
    prober,
    set: (value) => project.write(".env", `VALUE=${value}\nPORT=${port}\n`),
    serves,
    async during(value, work) {
      await serves.call(undefined, (await ask(url)).trim());
      prober.reset();
      const start = performance.now();
      await work();
      const tookMs = performance.now() - start;
      await serves(value);
      // The prober's next answer closes the gap.
      await new Promise((resolve) => setTimeout(resolve, 4 * proberMs));
      return { tookMs, gapMs: prober.longestGapMs };
    },
    async [Symbol.asyncDispose]() {
      await prober.stop();
      await project.down();
    },
  };
}

/** What one would write by hand: as few of Docker's calls as replace a container. */
export async function replaceByHand(
  docker: Docker,
  { project, healthy }: { readonly project: TestProject; readonly healthy: boolean },
  value: string,
): Promise<void> {
  const [{ Id = "" } = {}] = await docker.listContainers({
    filters: { label: [`com.docker.compose.project=${project.name}`] },
  });
  const old = docker.getContainer(Id);
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
