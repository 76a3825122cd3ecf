/** The runtime of Compose projects. Everything that it touches carries this project's label. */
import type { ProjectModel, ServiceModel } from "../../../core/compose/model.ts";
import { printResolved } from "../../../core/compose/resolved.ts";
import { startFirst } from "../../../core/plan/start-first.ts";
import { HotenvError } from "../../../core/protocol/errors.ts";
import type { ServiceStatus } from "../../../core/protocol/words.ts";
import { createQueue } from "../../queue.ts";
import type { Operation, ProbeResult, Runtime, RuntimeEvent, Script, Step } from "../runtime.ts";
import { type ComposeProject, runCompose } from "./compose-cli.ts";
import {
  type Container,
  inspectContainer,
  isAside,
  keptName,
  labels,
  listContainers,
  nextName,
  type Predecessor,
  statusOfService,
} from "./containers.ts";
import { keepsItsPlace, planDirect } from "./create-direct.ts";
import { closeEndpoint, connectDocker, openEndpoint } from "./docker.ts";
import { dockerError, statusOf } from "./docker-error.ts";
import { type EventLoop, followEvents } from "./events.ts";
import { execIn, staleFiles } from "./exec.ts";
import { followContainers } from "./follow-logs.ts";
import { hooksOf, refusePreStart } from "./hooks.ts";
import { injectedFiles } from "./inject.ts";
import { readLogs } from "./logs.ts";
import { type ComposeOperation, operationSchema } from "./operation-schema.ts";
import { type OperationContext, performOperation, revertOperation, stopContainer } from "./operations.ts";
import { hasEnvironmentOf, sharedHashes, sharesContainer } from "./sharing.ts";
import { verifyService } from "./verify.ts";
import { askVersions } from "./versions.ts";

const logTail = 20;

export interface ComposeRuntime extends Runtime {
  readonly kind: "compose";
}

/**
 * @param name the project's name, as Compose resolved it
 * @throws HotenvError docker-unreachable where the endpoint cannot be used at all; one that is only down is tried again with each call
 */
export async function openComposeRuntime(project: ComposeProject, name: string): Promise<ComposeRuntime> {
  const endpoint = await openEndpoint(project.environment);
  const docker = connectDocker(endpoint);
  const context: OperationContext = { docker, endpoint, project, name, inTurn: createQueue().add };
  let events: EventLoop | undefined;
  const following = () => (events ??= followEvents(docker, name));

  const current = async (service?: string) =>
    (await listContainers(docker, name, service)).filter((container) => !isAside(container));

  async function observe(): Promise<ServiceStatus[]> {
    const byService = Map.groupBy(await current(), (container) => container.service);
    return Promise.all(
      [...byService].map(async ([service, containers]) => {
        const found = await Promise.all(
          containers.map((container) => inspectContainer(docker, container.id)),
        );
        return statusOfService(
          service,
          found.filter((container) => container !== undefined),
        );
      }),
    );
  }

  async function drift(model: ProjectModel, signal: AbortSignal): Promise<string[]> {
    const containers = await current();
    const shared = await sharedHashes(project, name, model, containers, signal);
    const drifted = await Promise.all(
      containers.map(async ({ id, service, labels: own }) => {
        const target = model.get(service);
        if (target === undefined) return [];
        const wanted = shared.has(service) ? shared.get(service) : target.configHash;
        const isSame =
          wanted === undefined
            ? await hasEnvironmentOf(docker, id, target)
            : own[labels.configHash] === wanted;
        return isSame ? [] : [service];
      }),
    );
    return [...new Set(drifted.flat())].sort();
  }

  /** Builds or pulls while everything still runs: what can fail slowly fails before anything is stopped. */
  async function provideImage(step: Step, target: ServiceModel, signal: AbortSignal): Promise<void> {
    const { image, build } = target.config;
    const reference = typeof image === "string" ? image : `${name}-${step.service}`;
    if (step.action !== "rebuild" && (await hasImage(reference))) return;
    const verb = build === undefined || build === null ? "pull" : "build";
    await runCompose(project, [verb, "--", step.service], signal);
  }

  async function hasImage(reference: string): Promise<boolean> {
    try {
      await docker.getImage(reference).inspect();
      return true;
    } catch (error) {
      if (statusOf(error) === 404) return false;
      throw dockerError(`Docker did not tell about the image ${reference}`, error);
    }
  }

  async function prepare(step: Step, rollout: string, signal: AbortSignal): Promise<Script> {
    const all = await listContainers(docker, name, step.service);
    const containers = all.filter((container) => !isAside(container));
    if (isLighter(step.action)) return { operations: await lighter(step, containers), cleanup: [] };
    if (step.target === undefined) {
      const operations = containers.flatMap((container): ComposeOperation[] => [
        {
          kind: "stop",
          id: container.id,
          preStop: hooksOf(step.current, "pre_stop"),
          postStart: hooksOf(step.current, "post_start"),
          shows: "stopping",
          undo: "resume",
        },
        {
          kind: "set-aside",
          id: container.id,
          name: container.name,
          kept: keptName(container.name, rollout),
          undo: "name",
        },
      ]);
      return { operations, cleanup: containers.map(({ id }): ComposeOperation => ({ kind: "remove", id })) };
    }
    refusePreStart(step.target);
    await provideImage(step, step.target, signal);
    return replace(step, step.target, all, rollout);
  }

  return {
    kind: "compose",
    observe,
    drift,
    prepare,
    perform: (operation, signal) => performOperation(parse(operation), context, signal),
    revert: (operation, haste) => revertOperation(parse(operation), context, haste),
    verify: (service, target, stabilityMs, signal): Promise<ProbeResult> =>
      verifyService(
        {
          docker,
          project: name,
          events: following(),
          service,
          target,
          stabilityMs,
          logs: () => logs(service, logTail, signal),
        },
        signal,
      ),
    async exec(service, command, signal) {
      const [first] = (await current(service)).filter((container) => container.state === "running");
      if (first === undefined)
        throw new HotenvError("docker-failed", `${service} has no container that runs.`);
      return execIn(docker, first.id, command, signal);
    },
    logs,
    followLogs: async (service, after, tail, signal) =>
      followContainers(
        { docker, containers: await current(service), events: following(), service },
        after,
        tail,
        signal,
      ),
    async stop(service) {
      await Promise.all((await current(service)).map(({ id }) => stopContainer(docker, id)));
    },
    versions: (signal) => askVersions(docker, project, signal),
    onEvent: (listener: (event: RuntimeEvent) => void) => following().on(listener),
    async close() {
      events?.close();
      closeEndpoint(endpoint);
    },
  };

  async function logs(service: string, tail: number, signal: AbortSignal): Promise<string[]> {
    const containers = await current(service);
    const perContainer = await Promise.all(
      containers.map((container) => readLogs(docker, container.id, tail, signal)),
    );
    return perContainer.flat().slice(-tail);
  }

  /** A container that holds on to a file that was replaced cannot reload it: only a restart shows it the new one. */
  async function lighter(step: Step, containers: readonly Container[]): Promise<ComposeOperation[]> {
    // Asked for by hand, a restart is what starts a container that was stopped.
    const running = containers.filter(({ state }) => state === "running" || step.start === true);
    const stale = await Promise.all(
      running.map(({ id }) => staleFiles(docker, id, project.directory, step.target?.files ?? [])),
    );
    const isRestart = step.action === "restart" || stale.some((files) => files.length > 0);
    if (isRestart)
      return running.map(
        ({ id }): ComposeOperation => ({
          kind: "restart",
          id,
          preStop: hooksOf(step.target, "pre_stop"),
          postStart: hooksOf(step.target, "post_start"),
          shows: "stopping",
          undo: "resume",
          renews: true,
        }),
      );
    const checks = running.flatMap(({ id }): ComposeOperation[] =>
      step.reload?.check === undefined ? [] : [{ kind: "check", id, command: wordsOf(step.reload.check) }],
    );
    return [...checks, ...reloads(step, running)];
  }

  /** The new beside the old, then the change of places, one container after the other. */
  async function replace(
    step: Step,
    target: ServiceModel,
    all: readonly Container[],
    rollout: string,
  ): Promise<Script> {
    const { service } = step;
    const containers = all.filter((container) => !isAside(container));
    const before = all.map(({ id }) => id);
    const olds = containers.map(
      ({ id, name: called, labels: own }): Predecessor => ({
        id,
        name: called,
        next: nextName(called, rollout),
        ...(own[labels.number] === undefined ? {} : { number: own[labels.number] }),
      }),
    );
    const shares = sharesContainer(target);
    const wanted = labelsOf(step, containers);
    if (shares) delete wanted[labels.configHash];
    const direct = shares ? undefined : await planDirect(docker, olds, step.current, target, wanted);
    const create: ComposeOperation = {
      kind: "create",
      service,
      olds,
      before,
      project: direct === undefined ? printResolved(name, withDependencies(step.project, service)) : "",
      labels: wanted,
      shares,
      ...(direct === undefined ? {} : { direct }),
      undo: "discard",
    };
    const files = injectedFiles(target);
    const order = startFirst(target, step.project);
    const isBeside = order !== undefined && order.obstacle === undefined;
    const claimsNothingNew = isBeside || (step.current !== undefined && keepsItsPlace(step.current, target));
    const postStart = hooksOf(target, "post_start");
    const start = {
      kind: "start",
      service,
      files,
      postStart,
      before,
      claimsNothingNew,
      shows: "starting",
    } as const;
    // As Compose does it, what is replaced is not told by `pre_stop`.
    const stop = { kind: "stop", postStart: hooksOf(step.current, "post_start") } as const;
    if (olds.length === 0) return { operations: [create, start], cleanup: [] };
    const swaps = containers.flatMap(({ id, name: called, state }): ComposeOperation[] => [
      // Names first, while the old one still serves: from its stop to the new one's start nothing else is done.
      { kind: "set-aside", id, name: called, kept: keptName(called, rollout), undo: "name" },
      {
        kind: "take-name",
        service,
        next: nextName(called, rollout),
        name: called,
        before,
        undo: "name",
      },
      ...(isBeside ? [] : [{ ...stop, id, shows: "stopping", undo: "resume" } as const]),
      // What was stopped stays stopped.
      ...(["running", "restarting", "paused"].includes(state) || step.start === true
        ? [{ ...start, name: called }]
        : []),
    ]);
    return {
      operations: [create, ...swaps],
      cleanup: olds.flatMap(({ id }): ComposeOperation[] => [
        // One that ran until now ends in its own time.
        ...(isBeside ? [{ kind: "stop", id } as const] : []),
        { kind: "remove", id },
      ]),
    };
  }

  /** Labels that Compose cannot know when it is given one service's resolved model (compose `pkg/compose/create.go`). */
  function labelsOf(step: Step, containers: readonly Container[]): Record<string, string> {
    const model = step.target;
    const dependencies = (model?.dependsOn ?? []).map((on) => `${on.service}:${on.condition}:${on.restart}`);
    const files =
      project.files.length > 0 ? project.files.join(",") : containers[0]?.labels[labels.configFiles];
    return {
      ...(model?.configHash === undefined ? {} : { [labels.configHash]: model.configHash }),
      [labels.dependsOn]: dependencies.sort().join(","),
      ...(files === undefined ? {} : { [labels.configFiles]: files }),
    };
  }
}

/** What Compose must be told to make this one service: with the whole project it takes several times as long. */
function withDependencies(project: ProjectModel, service: string): ProjectModel {
  const needed = new Map<string, ServiceModel>();
  const add = (each: string) => {
    const model = project.get(each);
    if (model === undefined || needed.has(each)) return;
    needed.set(each, model);
    for (const on of model.dependsOn) add(on.service);
  };
  add(service);
  return needed;
}

const isLighter = (action: Step["action"]) => ["signal", "http", "exec", "restart"].includes(action);

const wordsOf = (command: string | readonly string[]): string[] =>
  typeof command === "string" ? ["sh", "-c", command] : [...command];

function reloads(
  { service, action, signal, reload }: Step,
  containers: readonly Container[],
): ComposeOperation[] {
  // Told again on the way back, when what it depends on runs: some refuse a configuration that names who is not there.
  const shown = { shows: "starting", undo: "resume" } as const;
  if (action === "http" && reload?.http !== undefined) {
    const { headers, body, file, ...request } = reload.http;
    const more = {
      ...(headers && { headers }),
      ...(body !== undefined && { body }),
      ...(file !== undefined && { file }),
    };
    return [{ kind: "http", service, ...request, ...more, ...shown }];
  }
  const command = wordsOf(reload?.exec ?? []);
  return containers.map(({ id }) =>
    action === "exec"
      ? { kind: "exec", id, command, ...shown }
      : { kind: "signal", id, signal: signal ?? "SIGHUP", ...shown },
  );
}

function parse(operation: Operation): ComposeOperation {
  const parsed = operationSchema.safeParse(operation);
  if (parsed.success) return parsed.data;
  throw new HotenvError(
    "internal",
    `The journal holds an operation that this version does not know: ${operation.kind}.`,
  );
}
