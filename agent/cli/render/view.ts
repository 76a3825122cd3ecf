/** How a terminal is to be written to, and the small pieces that every rendering shares. */
import { styleText } from "node:util";
import type { Severity, State, StepState, Verdict } from "../../../core/protocol/words.ts";

export interface View {
  readonly color: boolean;
  /** Columns; Infinity where nobody folds lines: a file or a pipe. */
  readonly width: number;
  readonly now: Date;
  /** An IANA name; absent: the machine's own. */
  readonly timeZone?: string;
}

export type Format = Parameters<typeof styleText>[0];

export function paint(text: string, format: Format, view: View): string {
  return view.color && text !== "" ? styleText(format, text, { validateStream: false }) : text;
}

export const verdictFormat: { readonly [V in Verdict]: Format } = {
  applied: "green",
  "rolled-back": "yellow",
  failed: ["bold", "red"],
  rejected: "red",
  inconclusive: "yellow",
  superseded: "dim",
};

export const stateFormat: { readonly [S in State]: Format } = {
  stable: "green",
  updating: "cyan",
  restarting: "cyan",
  error: "red",
  invalid: "red",
  paused: "yellow",
  waiting: "yellow",
  offline: "dim",
};

export const stepFormat: { readonly [S in StepState]: Format } = {
  pending: "dim",
  preparing: "cyan",
  stopping: "cyan",
  starting: "cyan",
  probing: "cyan",
  healthy: "green",
  failed: "red",
  "rolling-back": "yellow",
  "rolled-back": "yellow",
  skipped: "dim",
};

export const severityFormat: { readonly [S in Severity]: Format } = {
  critical: "red",
  moderate: "yellow",
  minor: "dim",
};
