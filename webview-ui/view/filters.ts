/** Search and filters, between the project and its revisions. */
import { html, nothing, type TemplateResult } from "lit";
import type { RevisionFilter } from "../../core/protocol/search.ts";
import { verdictWord } from "../../core/protocol/word-texts.ts";
import { type Verdict, verdictSchema } from "../../core/protocol/words.ts";
import { t } from "../l10n.ts";
import { isFiltering, type Loaded } from "../state.ts";
import type { Actions } from "./actions.ts";
import { icons } from "./icons.ts";

export interface FiltersContext {
  readonly filter: RevisionFilter;
  readonly matches: Loaded | null;
  readonly services: readonly string[];
  readonly chart: boolean;
}

export function filters(
  { filter, matches, services, chart }: FiltersContext,
  actions: Actions,
): TemplateResult {
  const { text = "", key, service = "", verdict = "" } = filter;
  // A service that is gone may still be in the history.
  const names = service === "" || services.includes(service) ? services : [...services, service];
  return html`<search class="filters" aria-label=${t("Filter revisions")}>
    <span class="search">
      ${icons.search}
      <input
        id="search"
        type="search"
        placeholder=${t("Search")}
        title=${t("Words of reasons, notes, keys, services, authors (press / to come here)")}
        aria-label=${t("Search revisions")}
        spellcheck="false"
        autocomplete="off"
        .value=${text}
        @input=${({ target }: Event) => target instanceof HTMLInputElement && actions.filter({ text: target.value })}
      >
    </span>
    <select
      aria-label=${t("Service")}
      @change=${({ target }: Event) => target instanceof HTMLSelectElement && actions.filter({ service: target.value || undefined })}
    >
      <option value="" ?selected=${service === ""}>${t("All services")}</option>
      ${names.map((name) => html`<option value=${name} ?selected=${name === service}>${name}</option>`)}
    </select>
    <select
      aria-label=${t("Verdict")}
      @change=${({ target }: Event) => target instanceof HTMLSelectElement && actions.filter({ verdict: verdictOf(target.value) })}
    >
      <option value="" ?selected=${verdict === ""}>${t("All verdicts")}</option>
      ${verdictSchema.options.map((name) => html`<option value=${name} ?selected=${name === verdict}>${verdictWord(name)}</option>`)}
    </select>
    ${
      key === undefined
        ? nothing
        : html`<span class="chip"><code>${key}</code><button
            class="bare"
            aria-label=${t("Show revisions of all keys")}
            title=${t("Show revisions of all keys")}
            @click=${() => actions.filter({ key: undefined })}
          >${icons.close}</button></span>`
    }
    ${
      isFiltering(filter)
        ? html`<span class="found muted" role="status">${found(matches)}</span>
            <button class="link" @click=${actions.clearFilter}>${t("Clear")}</button>`
        : nothing
    }
    <button class="chart-toggle" aria-pressed=${chart} title=${t("How long rollouts took, and how they ended")} @click=${actions.toggleChart}>
      ${icons.chart}${t("Chart")}
    </button>
  </search>`;
}

const verdictOf = (value: string): Verdict | undefined =>
  verdictSchema.options.find((verdict) => verdict === value);

function found(matches: Loaded | null): string {
  if (matches === null) return "";
  const { revisions, older } = matches;
  if (older.state === "loading" && revisions.length === 0) return t("Searching…");
  return t("{0} found", `${revisions.length}${older.state === "end" ? "" : "+"}`);
}
