/** This project's containers, as Docker tells of them: the labels decide what is ours. */
import type Docker from "dockerode";
import * as z from "zod";
import type { ServiceStatus } from "../../../core/protocol/words.ts";
import { dockerError, statusOf } from "./docker-error.ts";

export const labels = {
  project: "com.docker.compose.project",
  service: "com.docker.compose.service",
  oneOff: "com.docker.compose.oneoff",
  configHash: "com.docker.compose.config-hash",
  dependsOn: "com.docker.compose.depends_on",
  configFiles: "com.docker.compose.project.config_files",
  /** Counts the containers of a service, from 1. */
  number: "com.docker.compose.container-number",
  /** Says that it was made in the place of another. Compose's versions disagree about what it holds: never read. */
  replace: "com.docker.compose.replace",
} as const;

const listedSchema = z.looseObject({
  Id: z.string(),
  Names: z.array(z.string()),
  Labels: z.record(z.string(), z.string()),
  State: z.string(),
});

const inspectedSchema = z.looseObject({
  Id: z.string(),
  Name: z.string(),
  RestartCount: z.number(),
  State: z.looseObject({
    Status: z.string(),
    Running: z.boolean(),
    Pid: z.number().optional(),
    Restarting: z.boolean(),
    ExitCode: z.number(),
    OOMKilled: z.boolean().optional(),
    Error: z.string().optional(),
    StartedAt: z.string(),
    Health: z
      .looseObject({
        Status: z.string(),
        Log: z.array(z.looseObject({ ExitCode: z.number(), Output: z.string() })).nullish(),
      })
      .nullish(),
  }),
  Config: z.looseObject({
    Labels: z.record(z.string(), z.string()),
    Tty: z.boolean(),
    Env: z.array(z.string()).nullish(),
    /** What runs commands that are written as one line; Docker's default where it is none. */
    Shell: z.array(z.string()).nullish(),
    /** Intervals in ns; 0: Docker's default. */
    Healthcheck: z
      .looseObject({ Test: z.array(z.string()).nullish(), Interval: z.number().optional() })
      .nullish(),
  }),
});
export type Inspected = z.infer<typeof inspectedSchema>;

export interface Container {
  readonly id: string;
  /** Without the leading slash. */
  readonly name: string;
  readonly service: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Docker's word: created, running, paused, restarting, exited, dead. */
  readonly state: string;
}

/** What a container that was set aside for the way back is called. */
export const keptName = (name: string, rollout: string) => `${name}.kept-${rollout}`;
/** What the container that is to be called `name` is called until it takes its name. */
export const nextName = (name: string, rollout: string) => `${name}.next-${rollout}`;
const asidePattern = /\.(?:kept|next)-[0-9a-z]+$/;
/** A name that a rollout gave to a container that is not, or not yet, the service. */
export const isAsideName = (name: string) => asidePattern.test(name);

/** A container of now, and what its successor is called until it takes the name. */
export const predecessorSchema = z.object({
  id: z.string(),
  name: z.string(),
  next: z.string(),
  /** Which of the service's containers it is. */
  number: z.string().optional(),
});
export type Predecessor = z.infer<typeof predecessorSchema>;

/** What Compose's own `up`, killed halfway, leaves: 12 digits of a container's ID before its name. */
const givenUpPattern = /^[0-9a-f]{12}_/;
/** Not the service, but what was or may become it: kept for the way back, not started yet, or given up. */
export const isAside = (container: Container) =>
  isAsideName(container.name) || (givenUpPattern.test(container.name) && container.state !== "running");

/**
 * All containers of the project's services, running or not; one-off containers (`docker compose run`) are not among them.
 * @throws HotenvError docker-unreachable, docker-failed
 */
export async function listContainers(
  docker: Docker,
  project: string,
  service?: string,
): Promise<Container[]> {
  const label = [`${labels.project}=${project}`, `${labels.oneOff}=False`];
  if (service !== undefined) label.push(`${labels.service}=${service}`);
  try {
    const listed = z
      .array(listedSchema)
      .parse(await docker.listContainers({ all: true, filters: { label } }));
    return listed.map(({ Id, Names, Labels, State }) => ({
      id: Id,
      // A linked container has several names; its own has one slash.
      name: (Names.find((name) => name.lastIndexOf("/") === 0) ?? Names[0] ?? Id).replace(/^\//, ""),
      service: Labels[labels.service] ?? "",
      labels: Labels,
      state: State,
    }));
  } catch (error) {
    throw dockerError("Docker did not list the containers", error);
  }
}

/** @returns undefined where there is no such container (any more) */
export async function inspectContainer(docker: Docker, idOrName: string): Promise<Inspected | undefined> {
  try {
    return inspectedSchema.parse(await docker.getContainer(idOrName).inspect());
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw dockerError(`Docker did not tell about the container ${idOrName}`, error);
  }
}

type Health = ServiceStatus["health"];
const healthWords: Readonly<Record<string, Health>> = {
  starting: "starting",
  healthy: "healthy",
  unhealthy: "unhealthy",
};

export const healthOf = (container: Inspected): Health =>
  healthWords[container.State.Health?.Status ?? ""] ?? "none";

/** The worst of several: what a person wants to know of a service with replicas. */
const worst = <T>(order: readonly T[], values: readonly T[], otherwise: T): T =>
  order.find((value) => values.includes(value)) ?? otherwise;

function stateOf(container: Inspected): ServiceStatus["state"] {
  if (container.State.Restarting) return "restarting";
  if (container.State.Running) return "running";
  // Stopped by somebody (143: SIGTERM, 137: SIGKILL, 0) or ended by itself: Docker tells only the code.
  return [0, 137, 143].includes(container.State.ExitCode) ? "stopped" : "exited";
}

/** One service's containers as one status. Pure. */
export function statusOfService(service: string, containers: readonly Inspected[]): ServiceStatus {
  if (containers.length === 0)
    return { service, runtime: "compose", state: "missing", health: "none", instances: [] };
  const running = containers.filter((container) => container.State.Running);
  const since = running.map((container) => container.State.StartedAt).sort()[0];
  return {
    service,
    runtime: "compose",
    state: worst(["restarting", "exited", "running", "stopped"] as const, containers.map(stateOf), "missing"),
    health: worst(["unhealthy", "starting", "healthy"] as const, running.map(healthOf), "none"),
    // Docker gives nanoseconds; ours are milliseconds.
    ...(since === undefined ? {} : { since: new Date(since).toISOString() }),
    instances: containers.map((container) => container.Id.slice(0, 12)).sort(),
  };
}
