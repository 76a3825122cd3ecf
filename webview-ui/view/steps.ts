/** The steps of a rollout as bars on one axis of time. */
import { html, nothing, type TemplateResult } from "lit";
import { ticking, took } from "../time.ts";
import type { Bar, Segment, Waterfall } from "../waterfall.ts";
import { dot } from "./icons.ts";
import { stepTones } from "./tones.ts";

export function steps({ bars }: Waterfall): TemplateResult {
  return html`<ul class="steps">${bars.map(step)}</ul>`;
}

function step(bar: Bar): TemplateResult {
  const said = bar.detail || bar.cause;
  return html`<li class="step" data-state=${bar.state}>
    <span class="service">${bar.service}</span>
    <span class="action muted">${bar.action}</span>
    <span class="track" aria-hidden="true" title=${summary(bar)}>
      ${
        // Through the style object: a style attribute is what a strict content security policy forbids.
        html`<span class="gap" .style=${`flex-basis: ${percent(bar.offset)}`}></span>${bar.segments.map(segment)}`
      }
    </span>
    <span class="step-state">${dot(stepTones[bar.state])}${bar.state}</span>
    <span class="took">${bar.ms === null ? nothing : bar.live ? ticking(bar.ms) : took(bar.ms)}</span>
    ${said === "" ? nothing : html`<span class="cause ${bar.detail === "" ? "muted" : ""}">${said}</span>`}
  </li>`;
}

const percent = (share: number): string => `${(share * 100).toFixed(3)}%`;

const segment = ({ state, share }: Segment): TemplateResult =>
  html`<span class="segment ${state}" .style=${`flex-basis: ${percent(share)}`}></span>`;

/** "preparing 12 ms · stopping 80 ms · expected 1.2 s". */
function summary({ segments, expectedMs }: Bar): string {
  const parts = segments.map(({ state, ms }) => `${state === "pending" ? "not seen" : state} ${took(ms)}`);
  return [...parts, ...(expectedMs === null ? [] : [`expected ${took(expectedMs)}`])].join(" · ");
}
