/** One revision: a line that says it all, a line about it, and what is behind it when it is open. */
import { html, nothing, type TemplateResult } from "lit";
import { originWord, severityWord } from "../../core/protocol/word-texts.ts";
import { t } from "../l10n.ts";
import { ago, exactly, ticking, took } from "../time.ts";
import type { Card } from "../timeline.ts";
import type { Actions } from "./actions.ts";
import { body } from "./body.ts";
import { chevron, dot, icons, verdictIcon } from "./icons.ts";
import { severityTones, verdictView } from "./tones.ts";

export interface CardContext {
  readonly index: number;
  /** Of all cards; -1: there are older ones. */
  readonly count: number;
  readonly isLast: boolean;
  readonly open: boolean;
  /** It is the one card that the Tab key reaches. */
  readonly active: boolean;
  /** Rolling back and comparing are possible now. */
  readonly canAct: boolean;
  /** There is a connection. */
  readonly online: boolean;
  /** It was asked to stop. */
  readonly cancelling: boolean;
  /** Its note is being written. */
  readonly writing: boolean;
  /** In ms since 1970. */
  readonly now: number;
}

/** More keys than this are counted, not named. */
const shownKeys = 4;

export function cardView(card: Card, context: CardContext, actions: Actions): TemplateResult {
  const { revision } = card;
  const { open, active, now, index, isLast } = context;
  const { word, tone, mark } = verdictView(card);
  const time = Date.parse(card.time);
  const tab = active ? 0 : -1;
  const place = `${index === 0 ? " first" : ""}${isLast ? " last" : ""}`;
  return html`<article
    id="revision-${revision}"
    data-revision=${revision}
    class=${`tone-${tone}${open ? " open" : ""}${card.running ? " running" : ""}${active ? " active" : ""}${place}`}
    tabindex=${tab}
    aria-labelledby="title-${revision} verdict-${revision}"
    aria-describedby="about-${revision}"
    aria-posinset=${index + 1}
    aria-setsize=${context.count}
  >
    <div class="node">${verdictIcon(mark)}</div>
    <div class="content">
      <div class="head" @click=${(event: MouseEvent) => toggleUnlessSelecting(event, card, actions)}>
        <h2 id="title-${revision}">
          <button class="title" tabindex=${tab} aria-expanded=${open} aria-controls="body-${revision}">${t("Revision {0}", revision)}</button>
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
        <span class="acts">${acts(card, context, tab, actions)}</span>
      </div>
      ${open && card.explanation !== "" ? html`<p class="explanation">${card.explanation}</p>` : nothing}
      <div class="body" id="body-${revision}" ?hidden=${!open}>${open ? body(card, context, tab, actions) : nothing}</div>
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

function tags(card: Card): TemplateResult {
  return html`${
    card.isCurrent
      ? html`<span class="tag" title=${t("The services run with this revision")}>${t("runs now")}</span>`
      : card.isLastGood
        ? html`<span class="tag" title=${t("The newest revision that was applied")}>${t("last good")}</span>`
        : nothing
  }${card.pinned ? html`<span class="pinned" role="img" aria-label=${t("pinned")} title=${t("Pinned: it is never pruned")}>${icons.pin}</span>` : nothing}`;
}

function keys(names: readonly string[]): TemplateResult {
  const rest = names.length - shownKeys;
  return html`${names.slice(0, shownKeys).map((name) => html`<code>${name}</code> `)}${
    rest > 0 ? html`<span class="muted">${t("and {0} more", rest)}</span>` : nothing
  }`;
}

function about(card: Card, open: boolean): TemplateResult {
  const { severity } = card;
  const origin = card.origin === null ? null : originWord(card.origin);
  const facts = [card.author, origin, card.services.join(", ")].filter(
    (fact) => fact !== null && fact !== "",
  );
  // Closed, a card has one line for the most telling of the three; open, it has room for all.
  const told = open ? "" : card.explanation || card.note;
  return html`${
    severity === null || severity === "minor"
      ? nothing
      : html`<span class="severity ${severity}">${dot(severityTones[severity])}${severityWord(severity)}</span>`
  }<span class="facts">${facts.map((fact) => html`<span>${fact}</span>`)}</span>${
    told !== ""
      ? html`<span class="why">${told}</span>`
      : card.reason === ""
        ? nothing
        : html`<span class="reason">${card.reason}</span>`
  }`;
}

function acts(card: Card, context: CardContext, tab: number, actions: Actions): TemplateResult {
  if (card.running)
    return html`<button
      class="small cancel"
      tabindex=${tab}
      title=${t("Stop this rollout: what it did is undone")}
      aria-label=${t("Cancel the rollout of revision {0}", card.revision)}
      ?disabled=${!context.online || context.cancelling}
      @click=${() => actions.cancel(card)}
    >${context.cancelling ? t("Cancelling…") : t("Cancel")}</button>`;
  const comparable = card.wantsDetail || card.parent !== null;
  return html`${
    comparable
      ? html`<button
          class="small"
          tabindex=${tab}
          title=${t("What this revision changed")}
          aria-label=${t("Diff of revision {0}", card.revision)}
          ?disabled=${!context.online}
          @click=${() => actions.diff(card)}
        >${t("Diff")}</button>`
      : nothing
  }${
    card.verdict === "applied" && !card.isCurrent
      ? html`<button
          class="small"
          tabindex=${tab}
          aria-label=${t("Roll back to here: revision {0}", card.revision)}
          ?disabled=${!context.canAct}
          @click=${() => actions.rollBack(card)}
        >${t("Roll back to here")}</button>`
      : nothing
  }${
    card.canRetry
      ? html`<button
          class="small"
          tabindex=${tab}
          title=${t("Apply the files on disk once more")}
          aria-label=${t("Retry revision {0}", card.revision)}
          ?disabled=${!context.canAct}
          @click=${() => actions.retry(card)}
        >${t("Retry")}</button>`
      : nothing
  }`;
}
