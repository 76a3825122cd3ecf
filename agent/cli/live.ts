/** An agent's life: claim the project, open it, serve it, and end well. */
import type { ProjectPaths } from "../../client/location.ts";
import type { AgentEvent } from "../../core/protocol/messages.ts";
import type { LiveProject } from "../project/live.ts";
import type { Claim } from "../server/claim.ts";
import type { EventLog } from "../server/event-log.ts";
import { never } from "./interrupt.ts";

export interface LiveOptions {
  readonly paths: ProjectPaths;
  readonly stateDir: string | undefined;
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
  readonly listening: (project: LiveProject) => Promise<() => void>;
}

/**
 * Resolves when the agent has ended, a rollout that ran included.
 * @param end asks it to end
 * @throws what keeps it from starting
 */
export async function live(options: LiveOptions, end: AbortSignal): Promise<void> {
  const [{ claimProject }, { openProject }] = await Promise.all([
    import("../server/claim.ts"),
    import("../project/open.ts"),
  ]);
  const { paths, stateDir } = options;
  const claim = claimProject(paths);
  try {
    const project = await openProject({ directory: paths.directory, stateDir, watch: true });
    try {
      await serve(project, claim, options, end);
    } finally {
      await project.close();
    }
  } finally {
    claim.release();
  }
}

async function serve(
  project: LiveProject,
  claim: Claim,
  options: LiveOptions,
  end: AbortSignal,
): Promise<void> {
  const { startServer } = await import("../server/server.ts");
  const { paths, version, spawned, idleMs, log } = options;
  const { api, events } = project;
  const idle = Promise.withResolvers<void>();
  const handover = Promise.withResolvers<"handover">();
  const server = await startServer({
    paths,
    version,
    claim,
    api,
    events,
    statusOf: () => api.status({}, never),
    log,
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
  try {
    const ended = Promise.withResolvers<void>();
    end.addEventListener("abort", () => ended.resolve(), { once: true });
    if (end.aborted) ended.resolve();
    const silence = options.listening(project);
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
    await server.close(why);
  }
}

/** What has happened since the project was opened, as far as it is remembered. */
export function eventsSoFar(events: EventLog): readonly AgentEvent[] {
  return events.since(events.start) ?? [];
}
