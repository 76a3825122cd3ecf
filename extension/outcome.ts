/** How to tell a person what a command came to. */
import type { Outcome } from "../core/protocol/messages.ts";
import type { Action, ChangeEntry, RolloutStep, StepState, Verdict } from "../core/protocol/words.ts";

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

/** "Recreates api, then web." for a plan that was not yet carried out. */
export function planText(plan: Outcome["plan"]): string {
  const phases = plan.phases.map(({ steps }) => steps.filter(({ action }) => action !== "none"));
  const parts = phases
    .filter((steps) => steps.length > 0)
    .map((steps) => steps.map(({ action, service }) => `${action} ${service}`).join(", "));
  if (parts.length === 0) return "No service is touched.";
  const text = parts.join(", then ");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** More entries than this are counted, not named. */
const shownEntries = 3;

/** "WORKERS 3 → 2, rules.txt": what going back over a change does, with the values as the agent masked them. */
export function goingBackText(entries: readonly ChangeEntry[]): string {
  const value = (text: string | undefined): string => text ?? "unset";
  const parts = entries
    .slice(0, shownEntries)
    .map(({ key, source, before, after }) =>
      key === undefined ? source : `${key} ${value(after)} → ${value(before)}`,
    );
  const rest = entries.length - parts.length;
  return parts.join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

const done: Readonly<Record<Exclude<Action, "none">, string>> = {
  signal: "signalled",
  http: "reloaded",
  exec: "reloaded",
  restart: "restarted",
  recreate: "recreated",
  rebuild: "rebuilt",
};

/** "api, web recreated; proxy signalled": what was done to the services, undefined where nothing was. */
function doneText({ phases }: Outcome["plan"]): string | undefined {
  const services = new Map<string, string[]>();
  for (const { service, action } of phases.flatMap(({ steps }) => steps))
    if (action !== "none") services.set(done[action], [...(services.get(done[action]) ?? []), service]);
  const parts = [...services].map(([what, names]) => `${names.join(", ")} ${what}`);
  return parts.length === 0 ? undefined : parts.join("; ");
}

/** "Rolled back to revision 1: api recreated." Where it did not succeed, what the agent says of it. */
export function rolledBackText(revision: number, { verdict, plan, message }: Outcome): string {
  if (verdict !== "applied") return `Revision ${revision} was not brought back. ${message}`;
  return `Rolled back to revision ${revision}: ${doneText(plan) ?? "no service had to be touched"}.`;
}

const stepTexts: Readonly<Record<StepState, (service: string) => string>> = {
  pending: (service) => `${service} waits`,
  preparing: (service) => `preparing ${service}`,
  stopping: (service) => `stopping ${service}`,
  starting: (service) => `starting ${service}`,
  probing: (service) => `checking ${service}`,
  healthy: (service) => `${service} is healthy`,
  failed: (service) => `${service} failed`,
  "rolling-back": (service) => `putting ${service} back`,
  "rolled-back": (service) => `${service} is back`,
  skipped: (service) => `leaving ${service} alone`,
};

/** "checking api": stands behind the title of a progress and a colon. */
export function stepText({ service, state }: Pick<RolloutStep, "service" | "state">): string {
  return stepTexts[state](service);
}
