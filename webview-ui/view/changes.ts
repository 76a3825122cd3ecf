/** The changed keys of a revision, by file, with what they were and what they are. */
import { html, nothing, type TemplateResult } from "lit";
import type { ChangeEntry } from "../../core/protocol/words.ts";
import { dot } from "./icons.ts";
import { severityTones } from "./tones.ts";

const marks = { added: "+", removed: "−", modified: "~" } as const;

export function changes(entries: readonly ChangeEntry[]): TemplateResult {
  const sources = Map.groupBy(entries, ({ source }) => source);
  return html`<div class="changes">
    ${[...sources].map(([source, list]) => {
      const keyed = list.filter(({ key }) => key !== undefined);
      const [whole] = list.filter(({ key }) => key === undefined);
      return html`
        <div class="source">
          <span class="mono">${source}</span>
          ${whole === undefined ? nothing : html`<span class="muted">${whole.kind}</span>${severity(whole)}`}
        </div>
        ${keyed.map(row)}
      `;
    })}
  </div>`;
}

function row(entry: ChangeEntry): TemplateResult {
  return html`<div class="change">
    <span class="mark ${entry.kind}" title=${entry.kind} role="img" aria-label=${entry.kind}>${marks[entry.kind]}</span>
    <code class="key">${entry.key}</code>
    <span class="values">
      ${value(entry.before, "before")}
      ${entry.before !== undefined && entry.after !== undefined ? html`<span class="arrow" aria-label="becomes">→</span>` : nothing}
      ${value(entry.after, "after")}
    </span>
    ${severity(entry)}
  </div>`;
}

function value(text: string | undefined, side: "before" | "after"): TemplateResult | typeof nothing {
  if (text === undefined) return nothing;
  if (text === "") return html`<span class="value ${side} empty">empty</span>`;
  return html`<code class="value ${side}">${text}</code>`;
}

const severity = (entry: ChangeEntry): TemplateResult =>
  html`<span class="severity ${entry.severity}">${
    entry.severity === "minor" ? nothing : dot(severityTones[entry.severity])
  }${entry.severity}</span>`;
