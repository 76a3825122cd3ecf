/** A service as the tree shows it: pure functions from what is known to labels. */
import type { RevisionSummary } from "../../core/protocol/messages.ts";
import type { Breaker, ServiceStatus } from "../../core/protocol/words.ts";
import { t } from "../l10n.ts";
import { outcomeWord } from "../revision-items.ts";
import { ago, lasting, took } from "../time.ts";

/** The icon of a state, and the theme's colour for it. */
export interface Look {
  readonly icon: string;
  readonly color: string | undefined;
}

export interface ServiceRow {
  readonly look: Look;
  readonly description: string;
  /** What `viewItem` is in menus: words apart by `;`. */
  readonly context: string;
  /** For screen readers. */
  readonly label: string;
  /** Shown below it: a name and what it is. */
  readonly details: readonly (readonly [name: string, value: string])[];
}

const stateWords: Readonly<Record<ServiceStatus["state"], () => string>> = {
  running: () => t("running"),
  stopped: () => t("stopped"),
  exited: () => t("exited"),
  restarting: () => t("restarting"),
  missing: () => t("not running"),
};
const healthWords: Readonly<Record<ServiceStatus["health"], () => string>> = {
  none: () => t("has no health check"),
  starting: () => t("not healthy yet"),
  healthy: () => t("healthy"),
  unhealthy: () => t("unhealthy"),
};

function lookOf({ state, health, breaker }: ServiceStatus): Look {
  if (breaker?.state === "degraded") return { icon: "warning", color: "charts.orange" };
  if (breaker?.state === "disabled") return { icon: "circle-slash", color: undefined };
  if (state === "restarting") return { icon: "sync~spin", color: "charts.yellow" };
  if (state === "exited") return { icon: "error", color: "charts.red" };
  if (state !== "running") return { icon: "circle-outline", color: undefined };
  if (health === "unhealthy") return { icon: "warning", color: "charts.red" };
  if (health === "starting") return { icon: "loading~spin", color: undefined };
  return { icon: health === "healthy" ? "pass-filled" : "circle-filled", color: "charts.green" };
}

const breakerWords = { degraded: () => t("degraded"), disabled: () => t("left out") } as const;

/** A few words: the health where it says more than the state, and whether rollouts leave it out. */
export function conditionOf({ state, health, breaker }: ServiceStatus): string {
  const words = state === "running" && health !== "none" ? healthWords[health]() : stateWords[state]();
  return breaker === undefined ? words : `${words}, ${breakerWords[breaker.state]()}`;
}

const runtimeWords = { compose: () => t("Docker Compose"), process: () => t("local process") } as const;

/** @param last the newest revision whose rollout touched it; @param now in ms since 1970 */
export function serviceRow(
  status: ServiceStatus,
  last: RevisionSummary | undefined,
  now: number,
): ServiceRow {
  const { service, state, runtime, health, since, instances, breaker } = status;
  const isUp = state === "running" || state === "restarting";
  const uptime = isUp && since !== undefined ? lasting(now - Date.parse(since)) : undefined;
  const condition = conditionOf(status);
  const description = [condition, uptime].filter((part) => part !== undefined).join(" · ");
  return {
    look: lookOf(status),
    description,
    context: ["service", isUp ? "up" : "down", runtime, breaker === undefined ? "in" : "out"].join(";"),
    label: uptime === undefined ? `${service}, ${condition}` : `${service}, ${condition}, ${uptime}`,
    details: [
      [t("Runtime"), runtimeWords[runtime]()],
      [t("State"), stateWords[state]()],
      [t("Health"), isUp ? healthWords[health]() : "–"],
      [t("Up for"), uptime ?? "–"],
      [t("Last rollout"), last === undefined ? t("none yet") : rolloutText(last, now)],
      [t("Rollouts"), breaker === undefined ? t("takes part") : breakerText(breaker, now)],
      [runtime === "compose" ? t("Containers") : t("Process"), instances.join(", ") || "–"],
    ],
  };
}

function breakerText({ reason, retryAt }: Breaker, now: number): string {
  if (retryAt === undefined) return reason;
  return t("{0} Tried again in {1}.", reason, lasting(Math.max(0, Date.parse(retryAt) - now)));
}

function rolloutText({ revision, verdict, time, durationMs }: RevisionSummary, now: number): string {
  const parts = [
    t("revision {0}", revision),
    outcomeWord(verdict),
    ago(Date.parse(time), now),
    durationMs === null ? undefined : took(durationMs),
  ];
  return parts.filter((part) => part !== undefined).join(" · ");
}

/** The newest revision that touched each service. @param revisions newest first */
export function lastRollouts(revisions: readonly RevisionSummary[]): ReadonlyMap<string, RevisionSummary> {
  const found = new Map<string, RevisionSummary>();
  for (const revision of revisions)
    for (const service of revision.services) if (!found.has(service)) found.set(service, revision);
  return found;
}
