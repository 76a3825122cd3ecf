/**
 * What a step does to containers, as plain data for the journal; and how each is performed and reverted,
 * whatever state a crash left it in. The old container is found by its ID, the new one by its name or by
 * the label that says whose place it takes: nothing has to be remembered between two operations.
 */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type Docker from "dockerode";
import * as z from "zod";
import { HotenvError } from "../../../core/protocol/errors.ts";
import { stepStateSchema } from "../../../core/protocol/words.ts";
import type { ComposeProject } from "./compose-cli.ts";
import { type Container, inspectContainer, isAside, isKept, labels, listContainers } from "./containers.ts";
import { createDirectly } from "./create-direct.ts";
import { createThroughCompose } from "./create-gate.ts";
import type { Endpoint } from "./docker.ts";
import { dockerError, statusOf } from "./docker-error.ts";
import { execIn } from "./exec.ts";
import { inject, injectedFileSchema } from "./inject.ts";

const shows = {
  shows: z.optional(stepStateSchema),
  undo: z.enum(["resume", "name", "discard"]).optional(),
  claimsNothingNew: z.boolean().optional(),
  renews: z.boolean().optional(),
};
const containerRef = z.object({ id: z.string(), name: z.string() });

export const operationSchema = z.discriminatedUnion("kind", [
  /** New containers beside `olds`, not started. */
  z.object({
    kind: z.literal("create"),
    service: z.string(),
    olds: z.array(containerRef),
    /** What Compose is given, in full; and the labels that its containers get. */
    project: z.string(),
    labels: z.record(z.string(), z.string()),
    /** It lives in another's container: that one's is part of what Compose hashes. */
    shares: z.boolean().default(false),
    /** Where Compose is not needed: what Docker is asked for, one for each of `olds`. */
    direct: z
      .array(z.object({ old: z.string(), name: z.string(), body: z.record(z.string(), z.unknown()) }))
      .optional(),
    ...shows,
  }),
  z.object({ kind: z.literal("stop"), id: z.string(), ...shows }),
  /** The old container gives up its name. */
  z.object({ kind: z.literal("set-aside"), id: z.string(), name: z.string(), kept: z.string(), ...shows }),
  /** The new one takes it. */
  z.object({
    kind: z.literal("take-name"),
    service: z.string(),
    old: z.string(),
    name: z.string(),
    ...shows,
  }),
  /** Starts the container of that name; without a name, all of the service's new ones. */
  z.object({
    kind: z.literal("start"),
    service: z.string(),
    name: z.string().optional(),
    olds: z.array(z.string()),
    /** Copied into the container before it starts. */
    files: z.array(injectedFileSchema).optional(),
    ...shows,
  }),
  z.object({ kind: z.literal("restart"), id: z.string(), ...shows }),
  z.object({ kind: z.literal("signal"), id: z.string(), signal: z.string(), ...shows }),
  /** Refuses what the service would refuse, before it is told to read it. */
  z.object({ kind: z.literal("check"), id: z.string(), command: z.array(z.string()), ...shows }),
  z.object({ kind: z.literal("exec"), id: z.string(), command: z.array(z.string()), ...shows }),
  z.object({
    kind: z.literal("http"),
    service: z.string(),
    method: z.string(),
    url: z.string(),
    headers: z.record(z.string(), z.string()).optional(),
    body: z.string().optional(),
    /** Its content is the body: what it is when the request is made. */
    file: z.string().optional(),
    ...shows,
  }),
  /** Cleanup: the old container, its successor having proved itself. */
  z.object({ kind: z.literal("remove"), id: z.string(), ...shows }),
]);
export type ComposeOperation = z.infer<typeof operationSchema>;

export interface OperationContext {
  readonly docker: Docker;
  readonly endpoint: Endpoint;
  readonly project: ComposeProject;
  readonly name: string;
  /** One Compose at a time: two of them that miss the same network make it twice. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Docker's answers that say "it is so already". */
async function unless(done: readonly number[], what: string, call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (!done.includes(statusOf(error) ?? 0)) throw dockerError(what, error);
  }
}

const start = (docker: Docker, id: string) =>
  unless([304], "Docker did not start the container", () => docker.getContainer(id).start());

/** In its own time: SIGTERM, and SIGKILL only after the grace period that the service declares. */
export const stopContainer = (docker: Docker, id: string) =>
  unless([304, 404], "Docker did not stop the container", () => docker.getContainer(id).stop());

/** At once. One that Docker restarts again and again is told to stay down, which a signal tells it much later. */
const kill = (docker: Docker, { id, state }: Container) =>
  unless([304, 404, 409], "Docker did not stop the container", () =>
    state === "restarting" ? docker.getContainer(id).stop({ t: 0 }) : docker.getContainer(id).kill(),
  );

const remove = (docker: Docker, id: string) =>
  // 409: its removal is under way already.
  unless([404, 409], "Docker did not remove the container", () =>
    docker.getContainer(id).remove({ force: true }),
  );

/** @param id or its present name @returns whether there is such a container */
async function renameIfThere(docker: Docker, id: string, name: string): Promise<boolean> {
  try {
    await docker.getContainer(id).rename({ name });
    return true;
  } catch (error) {
    const container = await inspectContainer(docker, id);
    if (container === undefined) return false;
    // Docker refuses to give a container the name that it has.
    if (container.Name === `/${name}`) return true;
    throw dockerError(`Docker did not rename a container to ${name}`, error);
  }
}

async function rename(docker: Docker, id: string, name: string): Promise<void> {
  if (!(await renameIfThere(docker, id, name)))
    throw new HotenvError("docker-failed", `The container that should be called ${name} is gone.`);
}

/** Containers that this rollout made: those that took the place of one of `olds`; where there were none, all. */
async function newContainers(
  { docker, name }: OperationContext,
  service: string,
  olds: readonly string[],
): Promise<Container[]> {
  const all = await listContainers(docker, name, service);
  return all.filter((container) => {
    if (olds.includes(container.id) || isKept(container)) return false;
    return olds.length === 0 || olds.some((old) => takesPlaceOf(container, old));
  });
}

const hasEnded = ({ state }: Container) => ["created", "exited", "dead"].includes(state);

/** What a new container is called until it takes its name. */
const waitingName = ({ old, name }: { readonly old: string; readonly name: string }) =>
  `${old.slice(0, 12)}_${name}`;

/** Compose ≥ 2.21 says it in a label; before, only the temporary name does. */
export const takesPlaceOf = (container: Container, old: string) =>
  container.labels[labels.replace] === old || container.name.startsWith(`${old.slice(0, 12)}_`);

async function create(
  operation: Extract<ComposeOperation, { kind: "create" }>,
  context: OperationContext,
  signal: AbortSignal,
) {
  const { service, olds, project, labels: wanted, shares, direct } = operation;
  const ids = olds.map((old) => old.id);
  const createAll = async () => {
    for (const creation of direct ?? []) if (!(await createDirectly(context.docker, creation))) return false;
    return true;
  };
  if (direct !== undefined && (await createAll())) return;
  // Performed before and interrupted: begun anew.
  if (olds.length > 0) await removeNew(context, service, ids);
  if (direct !== undefined) {
    if (await createAll()) return;
    throw new HotenvError("docker-failed", `The names of the new containers of ${service} are taken.`, {
      todo: `Remove what is called ${direct.map(({ name }) => name).join(", ")}.`,
    });
  }
  const creation = { service, replicas: olds.length, project, labels: wanted, shares };
  await context.inTurn(() => createThroughCompose(context.project, context.endpoint, creation, signal));
  const created = await newContainers(context, service, ids);
  if (created.length < Math.max(1, olds.length))
    throw new HotenvError("docker-failed", `Compose created no container for ${service}.`);
}

async function removeNew(context: OperationContext, service: string, olds: readonly string[]): Promise<void> {
  for (const container of await newContainers(context, service, olds))
    await remove(context.docker, container.id);
}

export async function performOperation(
  operation: ComposeOperation,
  context: OperationContext,
  signal: AbortSignal,
): Promise<void> {
  const { docker } = context;
  switch (operation.kind) {
    case "create":
      return create(operation, context, signal);
    case "stop":
      return stopContainer(docker, operation.id);
    case "set-aside":
      return rename(docker, operation.id, operation.kept);
    case "take-name": {
      if (await renameIfThere(docker, waitingName(operation), operation.name)) return;
      const [successor] = await newContainers(context, operation.service, [operation.old]);
      if (successor === undefined)
        throw new HotenvError("docker-failed", `The new container of ${operation.service} is gone.`);
      return rename(docker, successor.id, operation.name);
    }
    case "start":
      return startNew(operation, context);
    case "restart":
      return unless([], "Docker did not restart the container", () =>
        docker.getContainer(operation.id).restart(),
      );
    case "signal":
      return unless([], `Docker did not send ${operation.signal}`, () =>
        docker.getContainer(operation.id).kill({ signal: operation.signal }),
      );
    case "check":
    case "exec":
      return runIn(docker, operation, signal);
    case "http":
      return askToReload(operation, context.project.directory, signal);
    case "remove":
      return remove(docker, operation.id);
  }
}

async function startNew(
  { service, name, olds, files = [] }: Extract<ComposeOperation, { kind: "start" }>,
  context: OperationContext,
): Promise<void> {
  // Nobody serves now: by its name it is found without a look around, having taken it just before.
  const found =
    name === undefined ? (await newContainers(context, service, olds)).map(({ id }) => id) : [name];
  for (const container of found) {
    await inject(context.docker, container, files);
    await start(context.docker, container);
  }
}

/** Of what a service answers, this much becomes part of a sentence. */
const shownCharacters = 300;
const reloadMs = 30_000;

async function runIn(
  docker: Docker,
  { kind, id, command }: Extract<ComposeOperation, { kind: "check" | "exec" }>,
  signal: AbortSignal,
): Promise<void> {
  const either = AbortSignal.any([signal, AbortSignal.timeout(reloadMs)]);
  const { code, output } = await execIn(docker, id, command, either);
  if (code === 0) return;
  const said = output.slice(-shownCharacters);
  const what = kind === "check" ? "refuses the new configuration" : "did not reload";
  throw new HotenvError("docker-failed", `${command.join(" ")} ${what} (exit code ${code}): ${said}`);
}

async function readBody(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new HotenvError("file-unreadable", `${file} cannot be read, so the service cannot be given it.`, {
      cause: error,
    });
  }
}

async function askToReload(
  { method, url, headers, file, ...request }: Extract<ComposeOperation, { kind: "http" }>,
  directory: string,
  signal: AbortSignal,
): Promise<void> {
  const body = file === undefined ? request.body : await readBody(resolve(directory, file));
  const either = AbortSignal.any([signal, AbortSignal.timeout(reloadMs)]);
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      signal: either,
      ...(headers && { headers }),
      ...(body !== undefined && { body }),
    });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HotenvError("docker-failed", `${method} ${url} did not reach the service: ${why}.`, { cause });
  }
  const said = (await response.text()).trim().slice(0, shownCharacters);
  if (!response.ok)
    throw new HotenvError("docker-failed", `${method} ${url} was answered with ${response.status}: ${said}`);
}

/**
 * What ran when it was told to reload, and has ended since.
 * @returns whether none ran
 */
async function startAgain({ docker }: OperationContext, ids: readonly string[]): Promise<boolean> {
  const found = await Promise.all(ids.map((id) => inspectContainer(docker, id)));
  if (found.some((container) => container?.State.Running !== false)) return false;
  await Promise.all(ids.map((id) => start(docker, id)));
  return true;
}

export async function revertOperation(
  operation: ComposeOperation,
  context: OperationContext,
  haste: "grace" | "kill",
): Promise<void> {
  const { docker } = context;
  switch (operation.kind) {
    case "create":
      return removeNew(
        context,
        operation.service,
        operation.olds.map((old) => old.id),
      );
    case "stop":
      return start(docker, operation.id);
    case "set-aside":
      return rename(docker, operation.id, operation.name);
    case "take-name": {
      const [successor] = await newContainers(context, operation.service, [operation.old]);
      if (successor?.name === operation.name) await rename(docker, successor.id, waitingName(operation));
      return;
    }
    case "start":
      for (const container of await newContainers(context, operation.service, operation.olds))
        if (!hasEnded(container) && (operation.name === undefined || container.name === operation.name))
          await (haste === "grace" ? stopContainer(docker, container.id) : kill(docker, container));
      return;
    case "restart":
      return unless([], "Docker did not restart the container", () =>
        docker.getContainer(operation.id).restart(haste === "kill" ? { t: 0 } : {}),
      );
    case "check":
    case "remove":
      return;
    // The files are back by now: told again, the service reads them; and so it does when it is started.
    case "signal":
      if (await startAgain(context, [operation.id])) return;
      return unless([409], `Docker did not send ${operation.signal}`, () =>
        docker.getContainer(operation.id).kill({ signal: operation.signal }),
      );
    case "exec":
      if (await startAgain(context, [operation.id])) return;
      return runIn(docker, operation, AbortSignal.timeout(reloadMs));
    case "http": {
      const listed = await listContainers(docker, context.name, operation.service);
      const own = listed.filter((container) => !isAside(container)).map(({ id }) => id);
      if (await startAgain(context, own)) return;
      return askToReload(operation, context.project.directory, AbortSignal.timeout(reloadMs));
    }
  }
}
