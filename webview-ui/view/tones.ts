/** How a state looks. */
import type { ServiceStatus, Severity, State, StepState, Verdict } from "../../core/protocol/words.ts";
import type { Card } from "../timeline.ts";
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
export function serviceView({ state, health }: ServiceStatus): {
  readonly word: string;
  readonly tone: Tone;
} {
  if (state === "running") {
    if (health === "none") return { word: "running", tone: "good" };
    return { word: health, tone: health === "healthy" ? "good" : health === "starting" ? "busy" : "bad" };
  }
  if (state === "restarting") return { word: state, tone: "busy" };
  return { word: state, tone: state === "exited" ? "bad" : "quiet" };
}

export function verdictView({ running, verdict }: Card): {
  readonly word: string;
  readonly tone: Tone;
  readonly mark: Verdict | "running" | "unknown";
} {
  if (running) return { word: "running", tone: "busy", mark: "running" };
  if (verdict === null) return { word: "unfinished", tone: "quiet", mark: "unknown" };
  return { word: verdict, tone: verdictTones[verdict], mark: verdict };
}
