/** The list of cards, as far as they are in view, and what stands below it. */
import { html, nothing, type TemplateResult } from "lit";
import { guard } from "lit/directives/guard.js";
import { repeat } from "lit/directives/repeat.js";
import type { Slot } from "../heights.ts";
import { t } from "../l10n.ts";
import { type Older, type PageState, shownList } from "../state.ts";
import type { Listing } from "../timeline.ts";
import type { Actions } from "./actions.ts";
import { cardView } from "./card.ts";
import { withoutMatches } from "./notices.ts";

export interface FeedContext {
  readonly state: PageState;
  readonly cards: Listing;
  readonly slots: readonly Slot[];
  readonly open: ReadonlySet<number>;
  readonly active: number | null;
  readonly writing: number | null;
  readonly cancelling: boolean;
  readonly now: number;
  /** Changes as often as "2 min. ago" may. */
  readonly minute: number;
  readonly onKey: (event: KeyboardEvent) => void;
  readonly onFocus: (event: FocusEvent) => void;
  readonly onBlur: (event: FocusEvent) => void;
}

export function feed(context: FeedContext, actions: Actions): TemplateResult {
  const { older } = shownList(context.state);
  const { count, revisionAt } = context.cards;
  if (count === 0 && older.state === "end") return withoutMatches(actions);
  return html`
    <div
      role="feed"
      aria-label=${t("Revisions, newest first")}
      aria-busy=${older.state === "loading"}
      @keydown=${context.onKey}
      @focusin=${context.onFocus}
      @focusout=${context.onBlur}
    >
      ${repeat(
        context.slots,
        (slot, place) => (slot.kind === "card" ? revisionAt(slot.index) : `room ${place}`),
        (slot) =>
          slot.kind === "card"
            ? cardIn(slot.index, context, actions)
            : html`<div class="room" .style=${`height: ${slot.px}px`}></div>`,
      )}
    </div>
    ${belowIt(older, actions)}
  `;
}

function cardIn(index: number, context: FeedContext, actions: Actions): unknown {
  const { state, cards, now } = context;
  const card = cards.cardAt(index);
  if (card === undefined) return nothing;
  const { revision } = card;
  const online = state.connection === "online";
  const of = {
    index,
    count: shownList(state).older.state === "end" ? cards.count : -1,
    isLast: index === cards.count - 1,
    open: context.open.has(revision),
    active: context.active === revision,
    canAct: online && state.status?.state !== "restarting",
    online,
    cancelling: context.cancelling,
    writing: context.writing === revision,
    now,
  };
  const time = card.running ? now : context.minute;
  return guard([...Object.values(card), ...Object.values({ ...of, now: time })], () =>
    cardView(card, of, actions),
  );
}

function belowIt(older: Older, actions: Actions): TemplateResult | typeof nothing {
  switch (older.state) {
    case "failed":
      return html`<div class="older">
        <p>${t("Older revisions could not be loaded. {0}", older.why)}</p>
        <button class="small" @click=${actions.loadOlder}>${t("Try again")}</button>
      </div>`;
    case "loading":
      return html`<div class="older"><p>${t("Loading older revisions…")}</p></div>`;
    default:
      return nothing;
  }
}
