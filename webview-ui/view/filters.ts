/** Search and filters, between the project and its revisions. */
import { html, nothing, type TemplateResult } from "lit";
import type { RevisionFilter } from "../../core/protocol/search.ts";
import { type Verdict, verdictSchema } from "../../core/protocol/words.ts";
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
  return html`<search class="filters" aria-label="Filter revisions">
    <span class="search">
      ${icons.search}
      <input
        id="search"
        type="search"
        placeholder="Search"
        title="Words of reasons, notes, keys, services, authors (press / to come here)"
        aria-label="Search revisions"
        spellcheck="false"
        autocomplete="off"
        .value=${text}
        @input=${({ target }: Event) => target instanceof HTMLInputElement && actions.filter({ text: target.value })}
      >
    </span>
    <select
      aria-label="Service"
      @change=${({ target }: Event) => target instanceof HTMLSelectElement && actions.filter({ service: target.value || undefined })}
    >
      <option value="" ?selected=${service === ""}>All services</option>
      ${names.map((name) => html`<option value=${name} ?selected=${name === service}>${name}</option>`)}
    </select>
    <select
      aria-label="Verdict"
      @change=${({ target }: Event) => target instanceof HTMLSelectElement && actions.filter({ verdict: verdictOf(target.value) })}
    >
      <option value="" ?selected=${verdict === ""}>All verdicts</option>
      ${verdictSchema.options.map((name) => html`<option value=${name} ?selected=${name === verdict}>${name}</option>`)}
    </select>
    ${
      key === undefined
        ? nothing
        : html`<span class="chip"><code>${key}</code><button
            class="bare"
            aria-label="Show revisions of all keys"
            title="Show revisions of all keys"
            @click=${() => actions.filter({ key: undefined })}
          >${icons.close}</button></span>`
    }
    ${
      isFiltering(filter)
        ? html`<span class="found muted" role="status">${found(matches)}</span>
            <button class="link" @click=${actions.clearFilter}>Clear</button>`
        : nothing
    }
    <button class="chart-toggle" aria-pressed=${chart} title="How long rollouts took, and how they ended" @click=${actions.toggleChart}>
      ${icons.chart}Chart
    </button>
  </search>`;
}

const verdictOf = (value: string): Verdict | undefined =>
  verdictSchema.options.find((verdict) => verdict === value);

function found(matches: Loaded | null): string {
  if (matches === null) return "";
  const { revisions, older } = matches;
  if (older.state === "loading" && revisions.length === 0) return "Searching…";
  return `${revisions.length}${older.state === "end" ? "" : "+"} found`;
}
