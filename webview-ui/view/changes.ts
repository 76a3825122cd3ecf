/** The changed keys of a revision, by file, with what they were and what they are. */
import { html, nothing, type TemplateResult } from "lit";
import { kindWord, severityWord } from "../../core/protocol/word-texts.ts";
import type { ChangeEntry } from "../../core/protocol/words.ts";
import { t } from "../l10n.ts";
import { dot } from "./icons.ts";
import { severityTones } from "./tones.ts";

const marks = { added: "+", removed: "−", modified: "~" } as const;

export interface KeyContext {
  readonly tab: number;
  /** Whether keys can be put back now, and how that is called; null: not from here. */
  readonly back: {
    readonly text: string;
    readonly title: (key: string) => string;
    readonly disabled: boolean;
  } | null;
  readonly rollBack: (key: string) => void;
  readonly narrow: (key: string) => void;
}

export function changes(entries: readonly ChangeEntry[], context: KeyContext): TemplateResult {
  const sources = Map.groupBy(entries, ({ source }) => source);
  return html`<div class="changes">
    ${[...sources].map(([source, list]) => {
      const keyed = list.filter(({ key }) => key !== undefined);
      const [whole] = list.filter(({ key }) => key === undefined);
      return html`
        <div class="source">
          <span class="mono">${source}</span>
          ${whole === undefined ? nothing : html`<span class="muted">${kindWord(whole.kind)}</span>${severity(whole)}`}
        </div>
        ${keyed.map((entry) => row(entry, context))}
      `;
    })}
  </div>`;
}

function row(entry: ChangeEntry, { tab, back, rollBack, narrow }: KeyContext): TemplateResult {
  const { key = "" } = entry;
  return html`<div class="change">
    <span class="mark ${entry.kind}" title=${kindWord(entry.kind)} role="img" aria-label=${kindWord(entry.kind)}>${marks[entry.kind]}</span>
    <span class="key"><button
      class="link mono"
      tabindex=${tab}
      title=${t("Only revisions that changed {0}", key)}
      aria-label=${t("Only revisions that changed {0}", key)}
      @click=${() => narrow(key)}
    >${key}</button></span>
    <span class="values">
      ${value(entry.before, "before")}
      ${entry.before !== undefined && entry.after !== undefined ? html`<span class="arrow" aria-label=${t("becomes")}>→</span>` : nothing}
      ${value(entry.after, "after")}
    </span>
    ${severity(entry)}
    <span class="key-acts">${
      back === null
        ? nothing
        : html`<button
            class="small"
            tabindex=${tab}
            title=${back.title(key)}
            aria-label=${back.title(key)}
            ?disabled=${back.disabled}
            @click=${() => rollBack(key)}
          >${back.text}</button>`
    }</span>
  </div>`;
}

function value(text: string | undefined, side: "before" | "after"): TemplateResult | typeof nothing {
  if (text === undefined) return nothing;
  if (text === "") return html`<span class="value ${side} empty">${t("empty")}</span>`;
  return html`<code class="value ${side}">${text}</code>`;
}

const severity = (entry: ChangeEntry): TemplateResult =>
  html`<span class="severity ${entry.severity}">${
    entry.severity === "minor" ? nothing : dot(severityTones[entry.severity])
  }${severityWord(entry.severity)}</span>`;
