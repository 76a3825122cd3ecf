/** The runtimes of one project, opened when first needed. */
import type { ProjectPaths } from "../../client/location.ts";
import type { ProjectModel } from "../../core/compose/model.ts";
import { HotenvError } from "../../core/protocol/errors.ts";
import type { Engine, RuntimeKind, ServiceStatus } from "../../core/protocol/words.ts";
import { openComposeRuntime } from "../runtime/compose/compose-runtime.ts";
import { ProcessRuntime } from "../runtime/process/process-runtime.ts";
import type { Operation, Runtime, RuntimeEvent } from "../runtime/runtime.ts";
import { type Environment, findSources } from "./sources.ts";

export interface Runtimes {
  /** Opens what the model needs. @param name the project's name as Compose resolved it */
  provide(name: string, model: ProjectModel): Promise<void>;
  of(kind: RuntimeKind): Runtime;
  ofOperation(operation: Operation): Runtime;
  observe(signal: AbortSignal): Promise<ServiceStatus[]>;
  drift(model: ProjectModel, signal: AbortSignal): Promise<string[]>;
  /** Of the runtime that has an engine; undefined where none is open. */
  versions(signal: AbortSignal): Promise<Omit<Engine, "untested"> | undefined>;
  onEvent(listener: (event: RuntimeEvent) => void): void;
  close(): Promise<void>;
}

export interface RuntimesOptions {
  /** Local processes live as long as an agent: whoever only answers one command must not own them. */
  readonly ownsProcesses: boolean;
  /** Told in sentences what no request could be answered with. */
  readonly warn: (sentence: string) => void;
}

export function createRuntimes(
  paths: ProjectPaths,
  environment: Environment,
  options: RuntimesOptions,
): Runtimes {
  const open = new Map<RuntimeKind, Runtime>();
  const listeners = new Set<(event: RuntimeEvent) => void>();
  let composeName: string | undefined;

  const add = (runtime: Runtime) => {
    open.set(runtime.kind, runtime);
    for (const listener of listeners) runtime.onEvent(listener);
  };

  const of = (kind: RuntimeKind): Runtime => {
    const runtime = open.get(kind);
    if (runtime !== undefined) return runtime;
    if (kind === "process")
      throw new HotenvError(
        "agent-unreachable",
        "Local services run as long as an agent does, and none runs.",
        {
          todo: "Start one with: hotenv agent",
        },
      );
    throw new HotenvError("internal", `The runtime ${kind} is not open.`);
  };

  return {
    async provide(name, model) {
      const kinds = new Set([...model.values()].map((service) => service.runtime));
      if (kinds.has("compose") && composeName !== name) {
        await open.get("compose")?.close();
        const { composeFiles: files } = await findSources(paths.directory, environment);
        add(await openComposeRuntime({ directory: paths.directory, environment, files }, name));
        composeName = name;
      }
      if (kinds.has("process") && options.ownsProcesses && !open.has("process"))
        add(
          await ProcessRuntime.open({
            directory: paths.directory,
            stateDirectory: paths.stateDirectory,
            logDirectory: paths.processLogs,
            environment,
            warn: options.warn,
          }),
        );
    },
    of,
    ofOperation: (operation) => of(operation.runtime === "process" ? "process" : "compose"),
    async observe(signal) {
      const all = await Promise.all([...open.values()].map((runtime) => runtime.observe(signal)));
      return all.flat().sort((a, b) => (a.service < b.service ? -1 : 1));
    },
    async drift(model, signal) {
      const all = await Promise.all([...open.values()].map((runtime) => runtime.drift(model, signal)));
      return all.flat().sort();
    },
    versions: async (signal) => open.get("compose")?.versions?.(signal),
    onEvent(listener) {
      listeners.add(listener);
      for (const runtime of open.values()) runtime.onEvent(listener);
    },
    async close() {
      await Promise.all([...open.values()].map((runtime) => runtime.close()));
    },
  };
}
