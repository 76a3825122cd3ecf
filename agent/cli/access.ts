/** The one who answers a command: the project's running agent, else this process itself. */
import { type AgentClient, type Call, connectAgent } from "../../client/connect.ts";
import { type ProjectPaths, projectPaths } from "../../client/location.ts";
import { findAgent } from "../../client/rendezvous.ts";
import { HotenvError } from "../../core/protocol/errors.ts";
import type { AgentApi, AgentEvent } from "../../core/protocol/messages.ts";
import type { Context } from "./context.ts";
import { findProject } from "./find-project.ts";

export interface Access extends AsyncDisposable {
  readonly api: AgentApi;
  /** Whether an agent answers; else the project was opened for this one command. */
  readonly agentRuns: boolean;
  onEvent(listener: (event: AgentEvent) => void): () => void;
}

export function pathsOf({ terminal, options }: Pick<Context, "terminal" | "options">): ProjectPaths {
  return projectPaths(findProject(terminal.cwd, options.project), { stateDir: options.stateDir });
}

function remoteApi(call: Call): AgentApi {
  return {
    status: (params, signal) => call("status", params, { signal }),
    plan: (params, signal) => call("plan", params, { signal }),
    durations: (params, signal) => call("durations", params, { signal }),
    confirm: (params, signal) => call("confirm", params, { signal }),
    apply: (params, signal) => call("apply", params, { signal }),
    rollback: (params, signal) => call("rollback", params, { signal }),
    "history/list": (params, signal) => call("history/list", params, { signal }),
    "history/show": (params, signal) => call("history/show", params, { signal }),
    "history/diff": (params, signal) => call("history/diff", params, { signal }),
    "history/key": (params, signal) => call("history/key", params, { signal }),
    "history/annotate": (params, signal) => call("history/annotate", params, { signal }),
    "history/prune": (params, signal) => call("history/prune", params, { signal }),
    "history/vacuum": (params, signal) => call("history/vacuum", params, { signal }),
    "history/backup": (params, signal) => call("history/backup", params, { signal }),
    "history/stats": (params, signal) => call("history/stats", params, { signal }),
    "history/export": (params, signal) => call("history/export", params, { signal }),
    "history/import": (params, signal) => call("history/import", params, { signal }),
    "history/restore": (params, signal) => call("history/restore", params, { signal }),
    "history/rekey": (params, signal) => call("history/rekey", params, { signal }),
    "history/audit": (params, signal) => call("history/audit", params, { signal }),
    logs: (params, signal) => call("logs", params, { signal }),
    "logs/follow": (params, signal) => call("logs/follow", params, { signal }),
    "service/disable": (params, signal) => call("service/disable", params, { signal }),
    "service/enable": (params, signal) => call("service/enable", params, { signal }),
    "service/act": (params, signal) => call("service/act", params, { signal }),
    verify: (params, signal) => call("verify", params, { signal }),
    check: (params, signal) => call("check", params, { signal }),
    saved: (params, signal) => call("saved", params, { signal }),
    cancel: (params, signal) => call("cancel", params, { signal }),
    pause: (params, signal) => call("pause", params, { signal }),
    resume: (params, signal) => call("resume", params, { signal }),
    stop: (params, signal) => call("stop", params, { signal }),
  };
}

function ofAgent(client: AgentClient): Access {
  return {
    api: remoteApi(client.call),
    agentRuns: true,
    onEvent: (listener) => client.onEvent(listener),
    [Symbol.asyncDispose]() {
      client.close();
      return Promise.resolve();
    },
  };
}

/** @throws whatever keeps the project from being opened */
export async function reach(context: Context, signal?: AbortSignal): Promise<Access> {
  const paths = pathsOf(context);
  if ((await findAgent(paths)).kind === "agent")
    return ofAgent(await connectAgent(paths, { client: "cli", signal }));
  const { openProject } = await import("../project/open.ts");
  const project = await openProject({
    directory: paths.directory,
    stateDir: context.options.stateDir,
    watch: false,
  });
  return {
    api: project.api,
    agentRuns: false,
    onEvent: (listener) => project.events.on(listener),
    [Symbol.asyncDispose]: () => project.close(),
  };
}

/**
 * For what only a running agent can do.
 * @param what half a sentence: "there is nothing to pause"
 * @throws agent-unreachable where none runs
 */
export async function reachAgent(context: Context, what: string): Promise<AgentClient> {
  const paths = pathsOf(context);
  const found = await findAgent(paths);
  if (found.kind === "agent") return connectAgent(paths, { client: "cli" });
  const why = found.kind === "stale" ? ` (${found.why})` : "";
  throw new HotenvError("agent-unreachable", `No agent runs for ${paths.directory}${why}, so ${what}.`, {
    todo: "Start one with: hotenv agent",
  });
}
