/** What an edit does, in a line that stands over it: "recreates api, worker (about 1.8 s) · reloads nginx". */
import { listOf, t } from "../l10n.ts";
import type { Action } from "../protocol/words.ts";
import type { StaticImpact } from "./static-impact.ts";

/** The median of a service's last rollouts by this action. */
export interface Expected {
  readonly ms: number;
  /** Of how many. */
  readonly count: number;
}
export type Expectation = (service: string, action: Action) => Expected | undefined;

interface Doing {
  readonly actions: readonly Action[];
  readonly say: (services: string) => string;
}

/** The heaviest first: it is what a person wants to know. */
const doings: readonly Doing[] = [
  { actions: ["rebuild"], say: (services) => t("rebuilds {0}", services) },
  { actions: ["recreate"], say: (services) => t("recreates {0}", services) },
  { actions: ["restart"], say: (services) => t("restarts {0}", services) },
  { actions: ["signal", "http", "exec"], say: (services) => t("reloads {0}", services) },
];

export function formatMs(ms: number): string {
  if (ms < 1_000) return t("{0} ms", Math.round(ms));
  const seconds = ms / 1_000;
  if (seconds < 60) return t("{0} s", seconds.toFixed(1));
  return t("{0} min {1} s", Math.floor(seconds / 60), Math.round(seconds % 60));
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
  const parts = doings.flatMap(({ actions, say }) => {
    const ours = impacts.filter(({ service, action }) => actions.includes(action) && !isDown(service));
    if (ours.length === 0) return [];
    const times = ours.map(({ service, action }) => ({
      phase: phaseOf(service),
      ms: expected(service, action)?.ms,
    }));
    const does = say(listOf(ours.map(({ service }) => service)));
    const ms = sumOf(times);
    return [ms === undefined ? does : t("{0} (about {1})", does, formatMs(ms))];
  });
  if (down.length > 0)
    parts.push(
      down.length === 1 ? t("{0} is not running", listOf(down)) : t("{0} are not running", listOf(down)),
    );
  return parts.join(" · ");
}

/** Nothing where a single one is unknown: half a sum would be a promise. */
function sumOf(
  times: readonly { readonly phase: number; readonly ms: number | undefined }[],
): number | undefined {
  let sum = 0;
  for (const phase of new Set(times.map((time) => time.phase))) {
    const known = times.filter((time) => time.phase === phase).map(({ ms }) => ms);
    if (known.includes(undefined)) return undefined;
    sum += Math.max(...known.map((ms) => ms ?? 0));
  }
  return sum;
}
