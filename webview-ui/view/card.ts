/** One revision: a line that says it all, a line about it, and what is behind it when it is open. */
import { html, nothing, type TemplateResult } from "lit";
import { ago, exactly, ticking, took } from "../time.ts";
import type { Card } from "../timeline.ts";
import { waterfall } from "../waterfall.ts";
import type { Actions } from "./actions.ts";
import { changes } from "./changes.ts";
import { chevron, dot, verdictIcon } from "./icons.ts";
import { steps } from "./steps.ts";
import { severityTones, verdictView } from "./tones.ts";

export interface CardContext {
  readonly index: number;
  /** Of all cards; -1: there are older ones. */
  readonly count: number;
  readonly open: boolean;
  /** It is the one card that the Tab key reaches. */
  readonly active: boolean;
  /** Rolling back and comparing are possible now. */
  readonly canAct: boolean;
  /** In ms since 1970. */
  readonly now: number;
}

/** More keys than this are counted, not named. */
const shownKeys = 4;

export function cardView(card: Card, context: CardContext, actions: Actions): TemplateResult {
  const { revision } = card;
  const { open, active, now } = context;
  const { word, tone, mark } = verdictView(card);
  const time = Date.parse(card.time);
  const tab = active ? 0 : -1;
  return html`<article
    id="revision-${revision}"
    data-revision=${revision}
    class=${`tone-${tone}${open ? " open" : ""}${card.running ? " running" : ""}`}
    tabindex=${tab}
    aria-labelledby="title-${revision} verdict-${revision}"
    aria-describedby="about-${revision}"
    aria-posinset=${context.index + 1}
    aria-setsize=${context.count}
  >
    <div class="node">${verdictIcon(mark)}</div>
    <div class="content">
      <div class="head" @click=${(event: MouseEvent) => toggleUnlessSelecting(event, card, actions)}>
        <h2 id="title-${revision}">
          <button class="title" tabindex=${tab} aria-expanded=${open} aria-controls="body-${revision}">Revision ${revision}</button>
        </h2>
        ${tags(card)}
        <span class="keys">${keys(card.keys)}</span>
        <span class="verdict" id="verdict-${revision}">${word}</span>
        <span class="took">${duration(card, now)}</span>
        <time datetime=${card.time} title=${exactly(time)}>${ago(time, now)}</time>
        ${chevron}
      </div>
      <div class="second">
        <p class="about" id="about-${revision}">${about(card, open)}</p>
        <span class="acts">${acts(card, context.canAct, tab, actions)}</span>
      </div>
      ${open && card.explanation !== "" ? html`<p class="explanation">${card.explanation}</p>` : nothing}
      <div class="body" id="body-${revision}" ?hidden=${!open}>${open ? body(card, now, tab, actions) : nothing}</div>
    </div>
  </article>`;
}

function toggleUnlessSelecting(event: MouseEvent, card: Card, actions: Actions): void {
  const selecting = event.detail > 0 && document.getSelection()?.isCollapsed === false;
  if (!selecting) actions.toggle(card);
}

function duration({ running, rollout, durationMs }: Card, now: number): string | typeof nothing {
  if (running && rollout !== null) return ticking(Math.max(0, now - Date.parse(rollout.startedAt)));
  return durationMs === null ? nothing : took(durationMs);
}

function tags(card: Card): TemplateResult | typeof nothing {
  if (card.isCurrent)
    return html`<span class="tag" title="The services run with this revision">runs now</span>`;
  if (card.isLastGood)
    return html`<span class="tag" title="The newest revision that was applied">last good</span>`;
  return nothing;
}

function keys(names: readonly string[]): TemplateResult {
  const rest = names.length - shownKeys;
  return html`${names.slice(0, shownKeys).map((name) => html`<code>${name}</code> `)}${
    rest > 0 ? html`<span class="muted">and ${rest} more</span>` : nothing
  }`;
}

function about(card: Card, open: boolean): TemplateResult {
  const { severity } = card;
  const facts = [card.author, card.origin, card.services.join(", ")].filter(
    (fact) => fact !== null && fact !== "",
  );
  // Closed, a card has one line for the more telling of the two; open, it has room for both.
  const tellsWhy = !open && card.explanation !== "";
  return html`${
    severity === null || severity === "minor"
      ? nothing
      : html`<span class="severity ${severity}">${dot(severityTones[severity])}${severity}</span>`
  }<span class="facts">${facts.map((fact) => html`<span>${fact}</span>`)}</span>${
    tellsWhy
      ? html`<span class="why">${card.explanation}</span>`
      : card.reason === ""
        ? nothing
        : html`<span class="reason">${card.reason}</span>`
  }`;
}

function acts(card: Card, canAct: boolean, tab: number, actions: Actions): TemplateResult {
  const comparable = card.wantsDetail || card.parent !== null;
  return html`${
    comparable && !card.running
      ? html`<button
          class="small"
          tabindex=${tab}
          title="What this revision changed"
          aria-label="Diff of revision ${card.revision}"
          ?disabled=${!canAct}
          @click=${() => actions.diff(card)}
        >Diff</button>`
      : nothing
  }${
    card.verdict === "applied" && !card.isCurrent
      ? html`<button
          class="small"
          tabindex=${tab}
          aria-label="Roll back to here: revision ${card.revision}"
          ?disabled=${!canAct}
          @click=${() => actions.rollBack(card)}
        >Roll back to here</button>`
      : nothing
  }`;
}

function body(card: Card, now: number, tab: number, actions: Actions): TemplateResult {
  const { rollout } = card;
  const log = rollout?.log ?? [];
  const hasSteps = rollout?.phases.some((phase) => phase.steps.length > 0) ?? false;
  const untouched =
    card.verdict === "applied" && !hasSteps && !card.wantsDetail && (card.changes?.length ?? 0) > 0;
  return html`
    ${
      card.changes === null || card.changes.length === 0
        ? nothing
        : html`<section aria-label="Changes"><h3>Changed</h3>${changes(card.changes)}</section>`
    }
    ${rollout !== null && hasSteps ? html`<section aria-label="Rollout"><h3>Rollout</h3>${steps(waterfall(rollout, card.trail, now))}</section>` : nothing}
    ${untouched ? html`<section><h3>Rollout</h3><p class="muted">No service uses what changed; nothing was restarted.</p></section>` : nothing}
    ${
      log.length === 0
        ? nothing
        : html`<section aria-label="Log">
            <h3>Log</h3>
            <details open>
              <summary tabindex=${tab}>${log.length === 1 ? "The last line" : `The last ${log.length} lines`}</summary>
              <pre tabindex=${tab} aria-label="Log of the failing service">${log.join("\n")}</pre>
            </details>
          </section>`
    }
    ${unloaded(card, tab, actions)}
  `;
}

function unloaded(card: Card, tab: number, actions: Actions): TemplateResult | typeof nothing {
  if (card.detailError !== null)
    return html`<p class="unread">
      ${dot("bad")}<span>The details could not be read. ${card.detailError}</span>
      <button class="small" tabindex=${tab} @click=${() => actions.loadDetail(card.revision)}>Try again</button>
    </p>`;
  return card.wantsDetail && card.changes === null
    ? html`<p class="muted">Loading the details…</p>`
    : nothing;
}
