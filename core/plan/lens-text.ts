/** What an edit does, in a line that stands over it: "recreates api, worker (about 1.8 s) · reloads nginx". */
import type { Action } from "../protocol/words.ts";
import type { StaticImpact } from "./static-impact.ts";

/** The median of a service's last rollouts by this action. */
export interface Expected {
  readonly ms: number;
  /** Of how many. */
  readonly count: number;
}
export type Expectation = (service: string, action: Action) => Expected | undefined;

const verbs: Readonly<Record<Action, string>> = {
  none: "",
  signal: "reloads",
  http: "reloads",
  exec: "reloads",
  restart: "restarts",
  recreate: "recreates",
  rebuild: "rebuilds",
};
/** The heaviest first: it is what a person wants to know. */
const order = ["rebuilds", "recreates", "restarts", "reloads"];

export function formatMs(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1_000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

export interface LensContext {
  readonly expected?: Expectation;
  /** Services that are known not to run: they stay so. */
  readonly isDown?: (service: string) => boolean;
  /** Steps of one phase run side by side; default: all do. */
  readonly phaseOf?: (service: string) => number;
}

/** Empty where there is no impact. */
export function actionsText(
  impacts: readonly Pick<StaticImpact, "service" | "action">[],
  { expected = () => undefined, isDown = () => false, phaseOf = () => 0 }: LensContext = {},
): string {
  const down = impacts.filter(({ service }) => isDown(service)).map(({ service }) => service);
  const parts = order.flatMap((verb) => {
    const ours = impacts.filter(({ service, action }) => verbs[action] === verb && !isDown(service));
    if (ours.length === 0) return [];
    const times = ours.map(({ service, action }) => ({
      phase: phaseOf(service),
      ms: expected(service, action)?.ms,
    }));
    const about = aboutText(times);
    return [`${verb} ${ours.map(({ service }) => service).join(", ")}${about}`];
  });
  if (down.length > 0) parts.push(`${down.join(", ")} ${down.length === 1 ? "is" : "are"} not running`);
  return parts.join(" · ");
}

/** Nothing where a single one is unknown: half a sum would be a promise. */
function aboutText(times: readonly { readonly phase: number; readonly ms: number | undefined }[]): string {
  let sum = 0;
  for (const phase of new Set(times.map((time) => time.phase))) {
    const known = times.filter((time) => time.phase === phase).map(({ ms }) => ms);
    if (known.includes(undefined)) return "";
    sum += Math.max(...known.map((ms) => ms ?? 0));
  }
  return ` (about ${formatMs(sum)})`;
}
