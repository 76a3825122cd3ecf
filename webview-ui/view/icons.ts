/** The page's few icons, 16 × 16, drawn in the text's colour. Each says by shape what it also says by colour. */
import { svg, type TemplateResult } from "lit";
import type { Verdict } from "../../core/protocol/words.ts";

const icon = (content: TemplateResult<2>, name: string): TemplateResult<2> =>
  svg`<svg class="icon ${name}" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">${content}</svg>`;

const ring = svg`<circle cx="8" cy="8" r="6.25" class="stroke" />`;
const disc = svg`<circle cx="8" cy="8" r="6.75" class="fill" />`;

const marks: Readonly<Record<Verdict | "running" | "unknown", TemplateResult<2>>> = {
  applied: svg`${disc}<path class="cut" d="M5 8.3 7.1 10.4 11 6" />`,
  "rolled-back": svg`${ring}<path class="stroke" d="M6.9 5.2 4.9 7.2 6.9 9.2M5.2 7.2H9a2 2 0 0 1 0 4H7.6" />`,
  failed: svg`${disc}<path class="cut" d="M5.7 5.7 10.3 10.3M10.3 5.7 5.7 10.3" />`,
  rejected: svg`${ring}<path class="stroke" d="M3.8 12.2 12.2 3.8" />`,
  inconclusive: svg`${ring}<path class="stroke" d="M6.2 6.3a1.8 1.8 0 1 1 2.6 1.6c-.6.3-.8.6-.8 1.2" /><circle cx="8" cy="11.2" r=".85" class="fill" />`,
  superseded: svg`${ring}<path class="stroke" d="M5.5 5.4 8 8 5.5 10.6M8.6 5.4 11.1 8 8.6 10.6" />`,
  running: svg`<circle cx="8" cy="8" r="6.25" class="stroke faint" /><path class="stroke" d="M8 1.75A6.25 6.25 0 0 1 14.25 8" />`,
  unknown: svg`${ring}`,
};

export const verdictIcon = (verdict: Verdict | "running" | "unknown"): TemplateResult<2> =>
  icon(marks[verdict], verdict === "running" ? "spin" : "");

export const chevron = icon(svg`<path class="stroke" d="M6 4 10 8 6 12" />`, "chevron");

export const icons = {
  search: icon(
    svg`<circle cx="7" cy="7" r="4.25" class="stroke" /><path class="stroke" d="M10.2 10.2 13.5 13.5" />`,
    "",
  ),
  close: icon(svg`<path class="stroke" d="M4.5 4.5 11.5 11.5M11.5 4.5 4.5 11.5" />`, ""),
  chart: icon(svg`<path class="stroke" d="M3 13V9M6.4 13V4.5M9.8 13V7M13.2 13V10" />`, ""),
  pin: icon(
    svg`<path class="stroke" d="M6 2.5H10M6.6 2.5 6.2 7.4 4.3 9.3H11.7L9.8 7.4 9.4 2.5M8 9.3V13.8" />`,
    "pin",
  ),
} as const;

export type Tone = "good" | "busy" | "warn" | "bad" | "quiet";

/** Filled: well; half: on its way; a cross: not well; a ring: at rest. */
const dots: Readonly<Record<Tone, TemplateResult<2>>> = {
  good: svg`<circle cx="8" cy="8" r="4" class="fill" />`,
  busy: svg`<circle cx="8" cy="8" r="3.4" class="stroke" /><path class="fill" d="M8 4.6a3.4 3.4 0 0 1 0 6.8z" />`,
  warn: svg`<path class="fill" d="M8 3.4 12.8 12H3.2z" />`,
  bad: svg`<path class="fill" d="M8 3 13 8 8 13 3 8z" />`,
  quiet: svg`<circle cx="8" cy="8" r="3.4" class="stroke" />`,
};
export const dot = (tone: Tone): TemplateResult<2> => icon(dots[tone], `tone-${tone}`);
