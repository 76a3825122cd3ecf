/** The steps of a rollout as bars on one axis of time. */
import { html, nothing, type TemplateResult } from "lit";
import { actionWord, stepStateWord } from "../../core/protocol/word-texts.ts";
import { type StepState, stepStates } from "../../core/protocol/words.ts";
import { t } from "../l10n.ts";
import { ticking, took } from "../time.ts";
import type { Bar, Segment, Waterfall } from "../waterfall.ts";
import { dot } from "./icons.ts";
import { stepTones } from "./tones.ts";

export function steps({ bars, spanMs }: Waterfall, isOver: boolean): TemplateResult {
  const seen = new Set(bars.flatMap(({ segments }) => segments.map(({ state }) => state)));
  return html`<ul class="steps">${bars.map(step)}</ul>
    ${
      seen.size === 0
        ? nothing
        : html`<p class="legend muted" aria-hidden="true">
            ${stepStates
              .filter((state) => seen.has(state))
              .map((state) => html`<span><span class="segment ${state}"></span>${seenWord(state)}</span>`)}
            ${isOver ? html`<span class="span">${t("{0} in all", took(spanMs))}</span>` : nothing}
          </p>`
    }`;
}

/** Time that nobody saw a step in is not time that it waited for. */
const seenWord = (state: StepState): string => (state === "pending" ? t("not seen") : stepStateWord(state));

function step(bar: Bar): TemplateResult {
  const said = bar.detail || bar.cause;
  return html`<li class="step" data-state=${bar.state}>
    <span class="service">${bar.service}</span>
    <span class="action muted">${actionWord(bar.action)}</span>
    <span class="unseen">${summary(bar)}</span>
    <span class="track" aria-hidden="true" title=${summary(bar)}>
      ${
        // Through the style object: a style attribute is what a strict content security policy forbids.
        html`<span class="gap" .style=${`flex-basis: ${percent(bar.offset)}`}></span>${bar.segments.map(segment)}`
      }
    </span>
    <span class="step-state">${dot(stepTones[bar.state])}${stepStateWord(bar.state)}</span>
    <span class="took">${bar.ms === null ? nothing : bar.live ? ticking(bar.ms) : took(bar.ms)}</span>
    ${said === "" ? nothing : html`<span class="cause ${bar.detail === "" ? "muted" : ""}">${said}</span>`}
  </li>`;
}

const percent = (share: number): string => `${(share * 100).toFixed(3)}%`;

const segment = ({ state, share }: Segment): TemplateResult =>
  html`<span class="segment ${state}" .style=${`flex-basis: ${percent(share)}`}></span>`;

/** "preparing 12 ms · stopping 80 ms · expected 1.2 s". */
function summary({ segments, expectedMs }: Bar): string {
  const parts = segments.map(({ state, ms }) => `${seenWord(state)} ${took(ms)}`);
  return [...parts, ...(expectedMs === null ? [] : [t("expected {0}", took(expectedMs))])].join(" · ");
}
