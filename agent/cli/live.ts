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
  const { paths, version, log } = options;
  const { api, events } = project;
  const server = await startServer({
    paths,
    version,
    claim,
    api,
    events,
    statusOf: () => api.status({}, never),
    log,
  });
  try {
    const ended = Promise.withResolvers<void>();
    end.addEventListener("abort", () => ended.resolve(), { once: true });
    if (end.aborted) ended.resolve();
    const silence = options.listening(project);
    // Fails only if it could not be told; then the agent ends.
    await Promise.race([project.stopped, ended.promise, silence.then(() => ended.promise)]);
    // Before the server ends: clients hear how the last rollout does.
    await project.close();
    (await silence)();
  } finally {
    await server.close();
  }
}

/** What has happened since the project was opened, as far as it is remembered. */
export function eventsSoFar(events: EventLog): readonly AgentEvent[] {
  let found: readonly AgentEvent[] = [];
  for (let back = 1; ; back += 1) {
    const more = events.since(events.seq - back);
    if (more === undefined) return found;
    found = more;
  }
}
