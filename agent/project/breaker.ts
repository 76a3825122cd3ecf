/**
 * The circuit breaker of each service. One that fails repeatedly with the same configuration is left out of
 * rollouts, so that others go on; it is tried again by itself, each time later. Another configuration is a new
 * attempt at once: only what has failed is held back.
 */
import * as z from "zod";
import { canonical } from "../../core/compose/compare.ts";
import type { ProjectModel, ServiceModel } from "../../core/compose/model.ts";
import type { Breaker, Rollout, ServiceStatus } from "../../core/protocol/words.ts";
import type { Settings } from "../../core/settings/settings.ts";
import type { History } from "../history/history.ts";

const keptBreakerSchema = z.object({
  disabled: z.boolean(),
  failures: z.int(),
  /** What has failed; null where only a person's word counts. */
  config: z.string().nullable(),
  reason: z.string(),
  /** In ms since the epoch; null: it still takes part. */
  retryAt: z.number().nullable(),
});
type KeptBreaker = z.infer<typeof keptBreakerSchema>;
export type Breakers = ReadonlyMap<string, KeptBreaker>;

type Policy = Settings["policy"]["breaker"];

const longestRetryMs = 30 * 60_000;
const name = "breakers";

export function readBreakers(history: Pick<History, "recall">): Breakers {
  const kept = z.record(z.string(), keptBreakerSchema).parse(JSON.parse(history.recall(name) ?? "{}"));
  return new Map(Object.entries(kept));
}

export function keepBreakers(history: Pick<History, "keep">, breakers: Breakers): void {
  history.keep(name, breakers.size === 0 ? null : JSON.stringify(Object.fromEntries(breakers)));
}

const identityOf = (model: ServiceModel | undefined) => canonical(model?.config ?? null);

/**
 * What a rollout says of its services. Pure.
 * @param after the services as they should have become
 */
export function judgeRollout(
  breakers: Breakers,
  rollout: Rollout,
  after: ProjectModel,
  policy: Policy,
  now: number,
): Breakers {
  const next = new Map(breakers);
  if (rollout.verdict === "applied")
    for (const { service } of rollout.phases.flatMap(({ steps }) => steps))
      if (next.get(service)?.disabled !== true) next.delete(service);
  const { failed, verdict } = rollout;
  if (failed === undefined || verdict === "applied") return next;
  const config = identityOf(after.get(failed));
  const before = next.get(failed);
  const failures = before?.config === config ? before.failures + 1 : 1;
  const waitMs = Math.min(longestRetryMs, policy.retryMs * 2 ** (failures - policy.failures));
  next.set(failed, {
    disabled: before?.disabled ?? false,
    failures,
    config,
    reason: rollout.reason ?? "",
    retryAt: failures < policy.failures ? null : now + waitMs,
  });
  return next;
}

/** Services that are left out of the next rollout. Pure. @param explicit a person asked: only their own word holds */
export function leftOut(
  breakers: Breakers,
  after: ProjectModel,
  explicit: boolean,
  now: number,
): ReadonlySet<string> {
  const out = [...breakers].filter(([service, { disabled, config, retryAt }]) => {
    if (disabled) return true;
    if (explicit || retryAt === null || retryAt <= now) return false;
    return config === identityOf(after.get(service));
  });
  return new Set(out.map(([service]) => service));
}

export function disable(breakers: Breakers, service: string): Breakers {
  const before = breakers.get(service) ?? { failures: 0, config: null, reason: "", retryAt: null };
  return new Map(breakers).set(service, { ...before, disabled: true });
}

export function enable(breakers: Breakers, service: string): Breakers {
  const next = new Map(breakers);
  next.delete(service);
  return next;
}

/** The next moment at which somebody is tried again; undefined: nobody waits. Pure. */
export function nextRetry(breakers: Breakers, now: number): number | undefined {
  const times = [...breakers.values()].flatMap(({ disabled, retryAt }) =>
    disabled || retryAt === null || retryAt <= now ? [] : [retryAt],
  );
  return times.length === 0 ? undefined : Math.min(...times);
}

/** As clients see it; undefined while the service takes part. */
function shown({ disabled, failures, reason, retryAt }: KeptBreaker): Breaker | undefined {
  if (disabled) return { state: "disabled", failures, reason: "It was disabled by hand." };
  if (retryAt === null) return undefined;
  return { state: "degraded", failures, reason, retryAt: new Date(retryAt).toISOString() };
}

export function withBreakers(services: readonly ServiceStatus[], breakers: Breakers): ServiceStatus[] {
  return services.map((status) => {
    const kept = breakers.get(status.service);
    const breaker = kept && shown(kept);
    return breaker === undefined ? status : { ...status, breaker };
  });
}

/** Why a service is left out, a sentence. */
export function explainLeftOut(breakers: Breakers, service: string): string {
  const kept = breakers.get(service);
  if (kept === undefined || kept.disabled)
    return `${service} is disabled; \`hotenv enable ${service}\` takes it in again.`;
  const times = kept.failures === 1 ? "once" : `${kept.failures} times in a row`;
  const when = kept.retryAt === null ? "" : ` It is tried again at ${new Date(kept.retryAt).toISOString()},`;
  return `${service} has failed ${times} and is left out.${when} or by \`hotenv enable ${service}\`.`;
}
