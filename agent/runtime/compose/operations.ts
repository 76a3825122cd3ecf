/**
 * How each operation on containers (operation-schema.ts) is performed and reverted, whatever state a crash left it in.
 * The old container is found by its ID. A new one is what is of the service and was not there when the intent was
 * written: no label and no name of Compose's has to say so.
 */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type Docker from "dockerode";
import { HotenvError } from "../../../core/protocol/errors.ts";
import type { ComposeProject } from "./compose-cli.ts";
import { type Container, inspectContainer, isAside, listContainers } from "./containers.ts";
import { createDirectly } from "./create-direct.ts";
import { createThroughCompose } from "./create-gate.ts";
import type { Endpoint } from "./docker.ts";
import { dockerError, statusOf } from "./docker-error.ts";
import { execIn } from "./exec.ts";
import { runHooks } from "./hooks.ts";
import { inject } from "./inject.ts";
import type { ComposeOperation } from "./operation-schema.ts";
import { isPodman } from "./podman.ts";
import { explainStart } from "./start-failure.ts";

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
  docker
    .getContainer(id)
    .start()
    .catch(async (error: unknown) => {
      if (statusOf(error) !== 304) throw await explainStart(docker, id, error);
    });

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

/**
 * Containers that this rollout made.
 * @param names of those that replace others: whoever scaled the service meanwhile made some of their own
 */
async function madeSince(
  { docker, name }: OperationContext,
  service: string,
  known: readonly string[],
  names?: readonly string[],
): Promise<Container[]> {
  const all = await listContainers(docker, name, service);
  return all.filter(({ id, name: called }) => !known.includes(id) && (names?.includes(called) ?? true));
}

/** @returns the container of that name, unless it is one of those that were there before */
async function madeAs(docker: Docker, name: string, known: readonly string[]): Promise<string | undefined> {
  const found = await inspectContainer(docker, name);
  return found === undefined || known.includes(found.Id) ? undefined : found.Id;
}

const hasEnded = ({ state }: Container) => ["created", "exited", "dead"].includes(state);

type Creation = Extract<ComposeOperation, { kind: "create" }>;

/** What it made, whether it has taken its name by now or not. */
const created = ({ service, before, olds }: Creation, context: OperationContext) =>
  madeSince(
    context,
    service,
    before,
    olds.length === 0 ? undefined : olds.flatMap(({ name, next }) => [name, next]),
  );

async function create(operation: Creation, context: OperationContext, signal: AbortSignal) {
  const { service, olds, project, labels: wanted, shares, direct } = operation;
  const createAll = async () => {
    for (const creation of direct ?? []) if (!(await createDirectly(context.docker, creation))) return false;
    return true;
  };
  if (direct !== undefined && (await createAll())) return;
  // Performed before and interrupted: begun anew.
  await removeCreated(operation, context);
  if (direct !== undefined) {
    if (await createAll()) return;
    throw new HotenvError("docker-failed", `The names of the new containers of ${service} are taken.`, {
      todo: `Remove what is called ${direct.map(({ name }) => name).join(", ")}.`,
    });
  }
  const creation = { service, successors: olds, project, labels: wanted, shares };
  await context.inTurn(() => createThroughCompose(context.project, context.endpoint, creation, signal));
  if ((await created(operation, context)).length < Math.max(1, olds.length))
    throw new HotenvError("docker-failed", `Compose created no container for ${service}.`);
}

async function removeCreated(operation: Creation, context: OperationContext): Promise<void> {
  for (const { id } of await created(operation, context)) await remove(context.docker, id);
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
      await runHooks(docker, operation.id, "pre_stop", operation.preStop ?? [], signal);
      return stopContainer(docker, operation.id);
    case "set-aside":
      return rename(docker, operation.id, operation.kept);
    case "take-name": {
      if (await renameIfThere(docker, operation.next, operation.name)) return;
      if ((await madeAs(docker, operation.name, operation.before)) !== undefined) return;
      throw new HotenvError("docker-failed", `The new container of ${operation.service} is gone.`);
    }
    case "start":
      return startNew(operation, context, signal);
    case "restart":
      return restart(docker, operation, signal);
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
  { service, name, before: known, files = [], postStart = [] }: Extract<ComposeOperation, { kind: "start" }>,
  context: OperationContext,
  signal: AbortSignal,
): Promise<void> {
  // Nobody serves now: by its name it is found without a look around, having taken it just before.
  const found = name === undefined ? (await madeSince(context, service, known)).map(({ id }) => id) : [name];
  for (const container of found) {
    await inject(context.docker, container, files);
    await start(context.docker, container);
    await runHooks(context.docker, container, "post_start", postStart, signal);
  }
}

/** @param stopOptions as Docker takes them */
async function restart(
  docker: Docker,
  { id, preStop = [], postStart = [] }: Extract<ComposeOperation, { kind: "restart" }>,
  signal: AbortSignal,
  stopOptions: { readonly t?: number } = {},
): Promise<void> {
  if (preStop.length > 0 && (await inspectContainer(docker, id))?.State.Running === true)
    await runHooks(docker, id, "pre_stop", preStop, signal);
  await docker
    .getContainer(id)
    .restart(stopOptions)
    .catch(async (error: unknown) => {
      throw await explainStart(docker, id, error, "Docker did not restart the container");
    });
  await runHooks(docker, id, "post_start", postStart, signal);
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

/** Going back is not cancelled; what hangs has a limit of its own. */
const whileGoingBack = () => new AbortController().signal;

export async function revertOperation(
  operation: ComposeOperation,
  context: OperationContext,
  haste: "grace" | "kill",
): Promise<void> {
  const { docker } = context;
  switch (operation.kind) {
    case "create":
      return removeCreated(operation, context);
    case "stop":
      await start(docker, operation.id);
      return runHooks(docker, operation.id, "post_start", operation.postStart ?? [], whileGoingBack());
    case "set-aside":
      return rename(docker, operation.id, operation.name);
    case "take-name": {
      const successor = await madeAs(docker, operation.name, operation.before);
      if (successor !== undefined) await rename(docker, successor, operation.next);
      return;
    }
    case "start": {
      const names = operation.name === undefined ? undefined : [operation.name];
      for (const container of await madeSince(context, operation.service, operation.before, names)) {
        if (!hasEnded(container))
          await (haste === "grace" ? stopContainer(docker, container.id) : kill(docker, container));
        // Podman frees the ports of what has ended a moment later, and would take them from who has them by then.
        if (await isPodman(docker)) await remove(docker, container.id);
      }
      return;
    }
    case "restart":
      return restart(docker, operation, whileGoingBack(), haste === "kill" ? { t: 0 } : {});
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
