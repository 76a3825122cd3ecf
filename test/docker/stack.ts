/**
 * The same little services on each runtime: Compose's subset in which a local service of hotenv.yaml is written, too.
 * What runs is read from Docker and from /proc, not from Hotenv.
 */
import { readdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import type { EventData } from "../../core/protocol/messages.ts";
import { agentBench, type Bench, type RunningAgent } from "../support/agent.ts";
import { testImage } from "../support/docker-image.ts";
import { composeProject, type TestProject } from "../support/docker-project.ts";

export const runtimeKinds = ["compose", "process"] as const;
export type RuntimeKind = (typeof runtimeKinds)[number];

/** A command that ends at once when it is told to; `first` is done before. `$$` is a dollar of the shell. */
export const loop = (first = "true", each = "true"): string =>
  `command: ["sh", "-c", ${JSON.stringify(`trap 'exit 0' TERM; ${first}; while :; do ${each}; sleep 0.05; done`)}]`;

export interface StackRequest {
  readonly name: string;
  /** Of hotenv.yaml: the line behind `policy:`. */
  readonly policy: string;
  /** By name; its lines as they stand in a Compose file, but for image and environment. */
  readonly services: Readonly<Record<string, string>>;
  /** By service: further lines of hotenv.yaml, such as `verify: […]`. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  /** Default true: containers are healthy before the agent starts, however long their checks take. */
  readonly untilHealthy?: boolean;
  /** What the agent finds in its environment beside the usual. */
  readonly environment?: NodeJS.ProcessEnv;
}

/** One running instance of a service. */
export interface Instance {
  readonly service: string;
  /** Another start is another identity. */
  readonly identity: string;
  /** The variable VALUE as it has it. */
  readonly value: string | undefined;
}

export interface Stack extends AsyncDisposable {
  readonly kind: RuntimeKind;
  readonly project: TestProject;
  readonly bench: Bench;
  /** Sets VALUE in `.env`, and variables that only one service has as OWN: `one_OWN`. */
  set(value: string, own?: Readonly<Record<string, string>>): Promise<void>;
  /** Makes or takes away `gate/closed`, which services see in their working directory. */
  close(closed: boolean): Promise<void>;
  /** What runs, by service name. Several instances of one service are several entries. */
  instances(): Promise<readonly Instance[]>;
  /** Service -> identity. */
  identities(): Promise<Readonly<Record<string, string>>>;
  values(): Promise<Readonly<Record<string, string | undefined>>>;
  /** Names of containers that do not run; a process that does not run is none. */
  leftovers(): Promise<readonly string[]>;
  /** An agent that has adopted, or started, everything with VALUE=good. */
  agent(): Promise<RunningAgent>;
}

/** The next verdict on a rollout: an adoption touches no service. */
export const nextVerdict = (
  agent: RunningAgent,
  fits: (data: EventData<"verdict">) => boolean = () => true,
): Promise<EventData<"verdict">> =>
  agent.next("verdict", (data) => data.revision.services.length > 0 && fits(data));

const indented = (lines: string, by: string) =>
  lines
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => `${by}${line}\n`)
    .join("");

export async function stack(kind: RuntimeKind, request: StackRequest): Promise<Stack> {
  const { name, policy, services, settings = {}, files = {}, untilHealthy = true } = request;
  const inside = (service: string) =>
    `environment: { VALUE: "\${VALUE}", OWN: "\${${service}_OWN:-}", HOTENV_STACK: "${name}/${service}/${process.pid}" }`;
  const written = Object.entries(services).map(
    ([service, lines]) => `  ${service}:\n${indented(`${lines}\n${inside(service)}`, "    ")}`,
  );
  const image = kind === "compose" ? await testImage() : "";
  const container = `    image: ${image}\n    working_dir: /\n    volumes: [./gate:/gate]\n`;
  const more = (service: string) => indented(settings[service] ?? "", "    ");
  const local =
    kind === "process"
      ? Object.keys(services).map((service, index) => `${written[index]}${more(service)}`)
      : Object.keys(settings).map((service) => `  ${service}:\n${more(service)}`);
  const project = await composeProject({
    name: `${name}-${kind}`,
    files: {
      ".env": "VALUE=good\n",
      "hotenv.yaml": `policy: ${policy}\n${local.length === 0 ? "" : `services:\n${local.join("")}`}`,
      ...(kind === "compose"
        ? { "compose.yaml": `services:\n${written.map((text) => `${text}${container}`).join("")}` }
        : {}),
      "gate/.keep": "",
      ...files,
    },
  });
  const bench = await agentBench(project.dir, request.environment);
  const instances = () =>
    kind === "compose" ? containersOf(project) : processesOf(`${name}/`, `/${process.pid}`);
  return {
    kind,
    project,
    bench,
    set: (value, own = {}) => {
      const lines = Object.entries(own).map(([name, text]) => `${name}=${text}\n`);
      return project.write(".env", `VALUE=${value}\n${lines.join("")}`);
    },
    close: (closed) =>
      closed ? project.write("gate/closed", "") : rm(path.join(project.dir, "gate/closed"), { force: true }),
    instances,
    identities: async () =>
      Object.fromEntries((await instances()).map(({ service, identity }) => [service, identity])),
    values: async () => Object.fromEntries((await instances()).map(({ service, value }) => [service, value])),
    leftovers: async () =>
      kind === "compose"
        ? (await project.inspect()).filter(({ State }) => !State.Running).map(({ Name }) => Name)
        : [],
    async agent() {
      if (kind === "compose") await project.compose("up", "-d", ...(untilHealthy ? ["--wait"] : []));
      const agent = await bench.startAgent();
      // What runs is adopted; what is the agent's own is started.
      if (kind === "process") await nextVerdict(agent);
      await agent.settled();
      return agent;
    },
    async [Symbol.asyncDispose]() {
      await bench[Symbol.asyncDispose]();
      await project.down();
    },
  };
}

async function containersOf(project: TestProject): Promise<Instance[]> {
  return (await project.inspect())
    .filter(({ State }) => State.Running)
    .map(({ Id, Config, State }) => ({
      service: Config.Labels["com.docker.compose.service"] ?? "",
      identity: `${Id} ${State.StartedAt}`,
      value: Config.Env?.find((entry) => entry.startsWith("VALUE="))?.slice("VALUE=".length),
    }));
}

/** The service's own process, not what it starts: the one whose parent is none of the service's. */
async function processesOf(before: string, after: string): Promise<Instance[]> {
  const found = new Map<string, Instance & { readonly parent: string }>();
  for (const pid of await readdir("/proc")) {
    if (!/^\d+$/.test(pid)) continue;
    try {
      const environ = (await readFile(path.join("/proc", pid, "environ"), "utf8")).split("\0");
      const mark = environ.find((entry) => entry.startsWith("HOTENV_STACK="))?.slice("HOTENV_STACK=".length);
      if (mark === undefined || !mark.startsWith(before) || !mark.endsWith(after)) continue;
      const stat = await readFile(path.join("/proc", pid, "stat"), "utf8");
      const [state, parent = ""] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      if (state === "Z") continue;
      const value = environ.find((entry) => entry.startsWith("VALUE="))?.slice("VALUE=".length);
      found.set(pid, { service: mark.slice(before.length, -after.length), identity: pid, value, parent });
    } catch (error) {
      // It has ended meanwhile, or is somebody else's.
      const { code } = error as NodeJS.ErrnoException;
      if (code === undefined || !["ENOENT", "ESRCH", "EACCES", "EPERM"].includes(code)) throw error;
    }
  }
  return [...found.values()]
    .filter(({ parent }) => !found.has(parent))
    .map(({ service, identity, value }) => ({ service, identity, value }));
}
