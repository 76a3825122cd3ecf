/** How a state looks. */

import { verdictWord } from "../../core/protocol/word-texts.ts";
import type { ServiceStatus, Severity, State, StepState, Verdict } from "../../core/protocol/words.ts";
import { t } from "../l10n.ts";
import type { Card } from "../timeline.ts";
import { serviceWord } from "../words.ts";
import type { Tone } from "./icons.ts";

export const stateTones: Readonly<Record<State, Tone>> = {
  stable: "good",
  updating: "busy",
  restarting: "busy",
  error: "bad",
  invalid: "bad",
  paused: "warn",
  waiting: "warn",
  offline: "quiet",
};

export const verdictTones: Readonly<Record<Verdict, Tone>> = {
  applied: "good",
  "rolled-back": "warn",
  failed: "bad",
  rejected: "bad",
  inconclusive: "warn",
  superseded: "quiet",
};

export const severityTones: Readonly<Record<Severity, Tone>> = {
  critical: "bad",
  moderate: "warn",
  minor: "quiet",
};

export const stepTones: Readonly<Record<StepState, Tone>> = {
  pending: "quiet",
  preparing: "busy",
  stopping: "busy",
  starting: "busy",
  probing: "busy",
  healthy: "good",
  failed: "bad",
  "rolling-back": "warn",
  "rolled-back": "warn",
  skipped: "quiet",
};

/** A service in one word, and how it looks. */
export function serviceView(status: ServiceStatus): { readonly word: string; readonly tone: Tone } {
  return { word: serviceWord(status), tone: serviceTone(status) };
}

function serviceTone({ state, health }: ServiceStatus): Tone {
  if (state === "running" && health === "unhealthy") return "bad";
  if (state === "running") return health === "starting" ? "busy" : "good";
  if (state === "restarting") return "busy";
  return state === "exited" ? "bad" : "quiet";
}

export function verdictView({ running, verdict }: Card): {
  readonly word: string;
  readonly tone: Tone;
  readonly mark: Verdict | "running" | "unknown";
} {
  if (running) return { word: t("running"), tone: "busy", mark: "running" };
  if (verdict === null) return { word: t("unfinished"), tone: "quiet", mark: "unknown" };
  return { word: verdictWord(verdict), tone: verdictTones[verdict], mark: verdict };
}
