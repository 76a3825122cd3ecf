/** The protocol's methods as REST: one table, from which the router and the OpenAPI document are made. */
import type { AgentMethod } from "../answer.ts";

type Verb = "GET" | "POST";

/**
 * Each with a sentence. `GET` reads: params are the query. `POST` acts: params are a JSON body. `local`: only for
 * those on the agent's own socket, because it names files of this machine, or is an editor's.
 */
const table: Readonly<Record<AgentMethod, readonly [verb: Verb, summary: string] | "local">> = {
  status: ["GET", "The state of the project, its services and the last rollout"],
  plan: ["GET", "What applying the files on disk would do"],
  apply: ["POST", "Applies the files on disk and waits for the verdict"],
  rollback: ["POST", "Goes back to a revision and waits for the verdict"],
  "history/list": ["GET", "Revisions, newest first"],
  "history/key": ["GET", "Who changed a key, when, and what came of it"],
  "history/show": ["GET", "One revision with its change and its rollout"],
  "history/diff": ["GET", "What differs between two revisions, or a revision and the files on disk"],
  "history/stats": ["GET", "How rollouts went, by service, day and key"],
  "history/annotate": ["POST", "Adds a note to a revision, or pins it"],
  "history/prune": ["POST", "Forgets old revisions"],
  "history/vacuum": ["POST", "Gives the room of what was pruned back to the disk"],
  "history/backup": "local",
  "history/export": "local",
  "history/import": "local",
  "history/restore": "local",
  "history/rekey": "local",
  "history/audit": ["GET", "Who asked for what, and what was refused, newest first"],
  logs: ["GET", "The newest lines of a service's log"],
  "logs/follow": ["GET", "What came after a place in a service's log; waits for it"],
  "service/act": ["POST", "Starts, stops, restarts or reloads one service"],
  verify: ["POST", "Whether services work now"],
  saved: "local",
  cancel: ["POST", "Stops the rollout that runs; what it did is undone"],
  pause: ["POST", "Applies nothing until resumed"],
  resume: ["POST", "Applies what the files on disk say by then"],
  stop: ["POST", "Ends the agent"],
  durations: ["GET", "How long the services' last rollouts took, by action"],
  confirm: ["POST", "Answers the change that waits for a yes"],
  "service/disable": ["POST", "Leaves a service out of rollouts"],
  "service/enable": ["POST", "Takes a service into rollouts again"],
  check: "local",
};

export interface Route {
  readonly method: AgentMethod;
  readonly verb: Verb;
  readonly path: string;
  /** What it does. */
  readonly summary: string;
}

export const routes: readonly Route[] = (Object.keys(table) as AgentMethod[]).flatMap((method) => {
  const entry = table[method];
  if (entry === "local") return [];
  const [verb, summary] = entry;
  return [{ method, verb, path: `/api/${method}`, summary }];
});
