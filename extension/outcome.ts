/** How to tell a person what a command came to. */
import type { Outcome } from "../core/protocol/messages.ts";
import { planText as phrase } from "../core/protocol/word-texts.ts";
import type { Action, ChangeEntry, RolloutStep, StepState, Verdict } from "../core/protocol/words.ts";
import { t } from "./l10n.ts";

export type Tone = "info" | "warning" | "error";

export function toneOf(verdict: Verdict): Tone {
  switch (verdict) {
    case "applied":
    case "superseded":
      return "info";
    case "rolled-back":
    case "inconclusive":
      return "warning";
    case "failed":
    case "rejected":
      return "error";
  }
}

/** "Recreate api, then recreate web." for a plan that was not yet carried out. */
export function planText(plan: Outcome["plan"]): string {
  const text = phrase(plan);
  return text === "" ? t("No service is touched.") : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** More entries than this are counted, not named. */
const shownEntries = 3;

/** "WORKERS 3 → 2, rules.txt": what going back over a change does, with the values as the agent masked them. */
export function goingBackText(entries: readonly ChangeEntry[]): string {
  const value = (text: string | undefined): string => text ?? t("unset");
  const parts = entries
    .slice(0, shownEntries)
    .map(({ key, source, before, after }) =>
      key === undefined ? source : `${key} ${value(after)} → ${value(before)}`,
    );
  const rest = entries.length - parts.length;
  return parts.join(", ") + (rest > 0 ? t(" and {0} more", rest) : "");
}

const done: Readonly<Record<Exclude<Action, "none">, (services: string) => string>> = {
  signal: (services) => t("{0} signalled", services),
  http: (services) => t("{0} reloaded", services),
  exec: (services) => t("{0} reloaded", services),
  restart: (services) => t("{0} restarted", services),
  recreate: (services) => t("{0} recreated", services),
  rebuild: (services) => t("{0} rebuilt", services),
};

/** "api, web recreated; proxy signalled": what was done to the services, undefined where nothing was. */
function doneText({ phases }: Outcome["plan"]): string | undefined {
  const steps = phases.flatMap((phase) => phase.steps);
  const services = new Map<string, string[]>();
  // Grouped by the words: two ways to reload are one to the person.
  const words = (action: Action): string => (action === "none" ? "" : done[action]("{0}"));
  for (const { service, action } of steps)
    if (action !== "none") services.set(words(action), [...(services.get(words(action)) ?? []), service]);
  const parts = [...services].map(([what, names]) => what.replace("{0}", names.join(", ")));
  return parts.length === 0 ? undefined : parts.join("; ");
}

/** "Rolled back to revision 1: api recreated." Where it did not succeed, what the agent says of it. */
export function rolledBackText(revision: number, { verdict, plan, message }: Outcome): string {
  if (verdict !== "applied") return t("Revision {0} was not brought back. {1}", revision, message);
  return t(
    "Rolled back to revision {0}: {1}.",
    revision,
    doneText(plan) ?? t("no service had to be touched"),
  );
}

/** "WORKERS is what it was in revision 1: api recreated." Where it did not succeed, what the agent says of it. */
export function rolledBackKeyText(
  key: string,
  revision: number,
  { verdict, plan, message }: Outcome,
): string {
  if (verdict !== "applied") return t("{0} was not put back. {1}", key, message);
  return t(
    "{0} is what it was in revision {1}: {2}.",
    key,
    revision,
    doneText(plan) ?? t("no service had to be touched"),
  );
}

const stepTexts: Readonly<Record<StepState, (service: string) => string>> = {
  pending: (service) => t("{0} waits", service),
  preparing: (service) => t("preparing {0}", service),
  stopping: (service) => t("stopping {0}", service),
  starting: (service) => t("starting {0}", service),
  probing: (service) => t("checking {0}", service),
  healthy: (service) => t("{0} is healthy", service),
  failed: (service) => t("{0} failed", service),
  "rolling-back": (service) => t("putting {0} back", service),
  "rolled-back": (service) => t("{0} is back", service),
  skipped: (service) => t("leaving {0} alone", service),
};

/** "checking api": stands behind the title of a progress and a colon. */
export function stepText({ service, state }: Pick<RolloutStep, "service" | "state">): string {
  return stepTexts[state](service);
}
