/** An agent's life: claim the project, open it, serve it, and end well. */
import type { ProjectPaths } from "../../client/location.ts";
import type { AgentEvent } from "../../core/protocol/messages.ts";
import type { HandedKeys } from "../history/history.ts";
import type { LiveProject } from "../project/live.ts";
import type { Claim } from "../server/claim.ts";
import type { EventLog } from "../server/event-log.ts";
import type { BoundHttp } from "../server/http/bind.ts";
import type { HttpServer, HttpSettings } from "../server/http/serve.ts";
import { never } from "./interrupt.ts";

export interface LiveOptions {
  readonly paths: ProjectPaths;
  readonly stateDir: string | undefined;
  /** Keys of the history that whoever spawned the agent keeps. */
  readonly keys?: HandedKeys | undefined;
  /** Hotenv's. */
  readonly version: string;
  /** Started by a program, which may also replace it. */
  readonly spawned: boolean;
  /** How long it goes on when nobody is connected; undefined: for ever. */
  readonly idleMs?: number | undefined;
  /** Something about the connections that is worth a line. */
  readonly log: (line: string) => void;
  /**
   * The agent listens; what state its project is in may still be open.
   * @returns the way to fall silent
   */
  readonly listening: (project: LiveProject, http?: HttpServer) => Promise<() => void>;
  /** Serve HTTP, too. */
  readonly http?: HttpSettings | undefined;
}

/**
 * Resolves when the agent has ended, a rollout that ran included.
 * @param end asks it to end
 * @throws what keeps it from starting
 */
export async function live(options: LiveOptions, end: AbortSignal): Promise<void> {
  const { claimProject } = await import("../server/claim.ts");
  const { paths, stateDir, keys } = options;
  // First: of many that start at once all but one end here, before they have loaded anything else.
  const claim = claimProject(paths);
  let bound: BoundHttp | undefined;
  try {
    // An address that cannot be had is told before anything of the project is touched.
    if (options.http !== undefined)
      bound = await (await import("../server/http/bind.ts")).bindHttp(options.http);
    const { openProject } = await import("../project/open.ts");
    const listens = Promise.withResolvers<void>();
    const lookAfter = listens.promise;
    const project = await openProject({ directory: paths.directory, stateDir, watch: true, keys, lookAfter });
    try {
      await serve(project, { claim, bound, listens: listens.resolve }, options, end);
    } finally {
      // Also where it never came to listen: nothing waits for ever.
      listens.resolve();
      await project.close();
    }
  } finally {
    bound?.close();
    claim.release();
  }
}

async function serve(
  project: LiveProject,
  {
    claim,
    bound,
    listens,
  }: { readonly claim: Claim; readonly bound: BoundHttp | undefined; readonly listens: () => void },
  options: LiveOptions,
  end: AbortSignal,
): Promise<void> {
  const { startServer } = await import("../server/server.ts");
  const { paths, version, spawned, idleMs, log } = options;
  const { api, events } = project;
  const idle = Promise.withResolvers<void>();
  const handover = Promise.withResolvers<"handover">();
  const behind = { paths, version, api, events, statusOf: () => api.status({}, never), log };
  const server = await startServer({
    ...behind,
    claim,
    spawned,
    idleMs,
    onIdle: () => {
      log("Nobody has been connected for a while: ending.");
      idle.resolve();
    },
    onHandover: (newer) => {
      log(`Version ${newer} takes over: ending.`);
      handover.resolve("handover");
    },
  });
  let why: "stopped" | "handover" = "stopped";
  let http: HttpServer | undefined;
  try {
    const ended = Promise.withResolvers<void>();
    end.addEventListener("abort", () => ended.resolve(), { once: true });
    if (end.aborted) ended.resolve();
    if (options.http !== undefined && bound !== undefined)
      http = (await import("../server/http/serve.ts")).startHttp({
        ...options.http,
        ...behind,
        bound,
        enter: server.enter,
      });
    const silence = options.listening(project, http);
    listens();
    // Fails only if it could not be told; then the agent ends.
    const first = await Promise.race([
      project.stopped,
      ended.promise,
      silence.then(() => ended.promise),
      idle.promise,
      handover.promise,
    ]);
    why = first ?? "stopped";
    // Before the server ends: clients hear how the last rollout does.
    await project.close();
    (await silence)();
  } finally {
    await http?.close();
    await server.close(why);
  }
}

/** What has happened since the project was opened, as far as it is remembered. */
export function eventsSoFar(events: EventLog): readonly AgentEvent[] {
  return events.since(events.start) ?? [];
}
