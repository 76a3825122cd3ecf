/** The page: owns the state, the conversation with the host, and what is on the screen. */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { HostMessage } from "../core/protocol/page.ts";
import { openFrames } from "./frames.ts";
import type { Slot } from "./heights.ts";
import { openInbox } from "./inbox.ts";
import { cardAfterKey } from "./keyboard.ts";
import { t } from "./l10n.ts";
import { type ListView, openListView } from "./list-view.ts";
import { type Chart, type Loader, openLoader, sentence } from "./loader.ts";
import { makeActions } from "./page-actions.ts";
import { currentAnchor, returnTo } from "./place.ts";
import { parseRemembered, type Remembered } from "./remembered.ts";
import { openRequests, type Requests } from "./requests.ts";
import { initialState, isFiltering, type PageFact, type PageState, reduce, shownList } from "./state.ts";
import { styles } from "./style/styles.ts";
import { type Card, type Listing, listing } from "./timeline.ts";
import type { PageTransport } from "./transport.ts";
import type { Actions, Busy } from "./view/actions.ts";
import { chartView } from "./view/chart.ts";
import { feed } from "./view/feed.ts";
import { filters } from "./view/filters.ts";
import { header } from "./view/header.ts";
import { notices, withoutRevisions, withoutSnapshot } from "./view/notices.ts";

/** So many cards before the last one that is loaded, older ones are asked for. */
const cardsAhead = 40;
const liveTickMs = 100;
const calmTickMs = 1_000;
const minuteMs = 60_000;
const saveAfterMs = 200;
const chartAfterMs = 1_000;
const toastMs = 8_000;

export class TimelinePage extends LitElement {
  static override styles = styles;
  static override properties = {
    state: { state: true },
    open: { state: true },
    active: { state: true },
    writing: { state: true },
    busy: { state: true },
    toast: { state: true },
    now: { state: true },
    chart: { state: true },
  };

  declare private state: PageState;
  declare private open: ReadonlySet<number>;
  declare private active: number | null;
  /** The card whose note is being written. */
  declare private writing: number | null;
  declare private busy: Busy;
  declare private toast: string;
  declare private now: number;
  /** undefined: it is not shown; null: it is loading. */
  declare private chart: { readonly data: Chart | null; readonly why: string } | undefined;

  readonly #transport: PageTransport;
  readonly #requests: Requests;
  readonly #loader: Loader;
  readonly #actions: Actions;
  readonly #frames = openFrames();
  readonly #inbox = openInbox(
    (fact) => this.#learn(fact),
    () => this.requestUpdate(),
  );
  #list: ListView | undefined;
  #cards: Listing = listing(initialState);
  #slots: readonly Slot[] = [];
  /** Whether one of the cards has the focus: it must not go away. */
  #hasFocus = false;
  /** What an earlier life of the page left behind, until it is restored. */
  #toRestore: Remembered | null;
  #ended = new AbortController();
  readonly #timers = new Map<"save" | "toast" | "chart", number>();
  /** How often `now` is set; null: not at all. */
  #tickMs: number | null = null;
  #ticking: number | undefined;

  constructor(transport: PageTransport) {
    super();
    this.#transport = transport;
    this.#requests = openRequests((message) => transport.post(message));
    this.#loader = openLoader(
      this.#requests,
      () => this.state,
      (fact) => this.#tell(fact),
    );
    this.#toRestore = parseRemembered(transport.load());
    this.state = reduce(initialState, { type: "filter", filter: this.#toRestore?.filter ?? {} });
    this.open = new Set(this.#toRestore?.open);
    this.active = this.#toRestore?.active ?? null;
    this.writing = null;
    this.busy = null;
    this.toast = "";
    this.now = Date.now();
    this.chart = undefined;
    this.#actions = makeActions({
      requests: this.#requests,
      transport,
      loader: this.#loader,
      state: () => this.state,
      learn: (fact) => this.#tell(fact),
      say: (text) => this.#say(text),
      setBusy: (busy) => {
        this.busy = busy;
      },
      toggle: (card) => {
        this.active = card.revision;
        this.#setOpen(card.revision, !this.open.has(card.revision));
      },
      write: (card) => void this.#write(card),
      filtered: () => this.#filtered(),
      toggleChart: () => {
        this.chart = this.chart === undefined ? { data: null, why: "" } : undefined;
        if (this.chart !== undefined) void this.#loadChart();
      },
      show: (revision) => {
        const index = this.#cards.indexOf(revision);
        if (index < 0)
          this.#say(
            t("Revision {0} is not loaded yet: scroll down to it, or search for #{1}.", revision, revision),
          );
        else {
          this.#setOpen(revision, true);
          void this.#focusCard(index);
        }
      },
    });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#ended = new AbortController();
    const { signal } = this.#ended;
    this.#list = openListView({
      moved: () => this.requestUpdate(),
      misplaced: () => {
        this.#frames.hurry();
        this.requestUpdate();
      },
    });
    const unlisten = this.#transport.listen(
      (message) => this.#receive(message),
      (what) => this.#say(what),
    );
    signal.addEventListener("abort", unlisten);
    window.addEventListener("scroll", () => this.#after("save", saveAfterMs, () => this.#save()), {
      passive: true,
      signal,
    });
    // What a person does shows at once: the next key may come before the next frame.
    for (const type of ["keydown", "click", "input", "change"])
      window.addEventListener(type, () => this.#frames.hurry(), { capture: true, signal });
    window.addEventListener("keydown", (event) => this.#onPageKey(event), { signal });
    document.addEventListener("visibilitychange", () => this.#keepTime(), { signal });
    this.#transport.post({ type: "ready" });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#ended.abort();
    this.#list?.close();
    for (const timer of this.#timers.values()) window.clearTimeout(timer);
    window.clearInterval(this.#ticking);
    this.#tickMs = null;
    this.#loader.forget();
    this.#requests.abandon(t("The page was closed."));
  }

  /** Events of one frame are worked off together; what the person waits for is not kept waiting. */
  #receive(message: HostMessage): void {
    if (message.type === "response") this.#requests.settle(message);
    else if (message.type === "event" && this.state.status !== null) this.#inbox.put(message);
    else this.#tell(message);
  }

  /** In the order in which things came. */
  #tell(fact: PageFact): void {
    this.#inbox.flush();
    this.#learn(fact);
  }

  #learn(fact: PageFact): void {
    if (fact.type === "connection" && fact.state !== "online")
      this.#requests.abandon(t("The agent is not reachable."));
    const before = this.state;
    this.state = reduce(before, fact);
    if (this.state === before) return;
    if (fact.type === "snapshot") this.#beginWith(before.status === null);
    if (fact.type !== "event") return;
    if (fact.event.type === "restart_progress" && fact.event.data.step === undefined)
      this.#setOpen(fact.event.data.revision, true);
    if (fact.event.type === "verdict" && this.chart !== undefined)
      this.#after("chart", chartAfterMs, () => void this.#loadChart());
  }

  /** After a snapshot: what was open is opened again; in a first life, the newest is. */
  #beginWith(first: boolean): void {
    this.#loader.forget();
    const newest = listing(this.state).revisionAt(0);
    if (first && this.#toRestore === null && newest !== undefined) this.#setOpen(newest, true);
  }

  protected override async scheduleUpdate(): Promise<void> {
    await this.#frames.next();
    this.#inbox.flush();
    await super.scheduleUpdate();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("state")) {
      this.#cards = listing(this.state);
      if (this.active === null || this.#cards.indexOf(this.active) < 0)
        this.active = this.#cards.revisionAt(0) ?? this.active;
    }
    const kept = this.#hasFocus && this.active !== null ? this.#cards.indexOf(this.active) : -1;
    this.#slots = this.#list?.slots(this.#cards, kept) ?? [];
  }

  protected override updated(changed: PropertyValues): void {
    this.#keepTime();
    this.#list?.rendered(this.renderRoot);
    for (const slot of this.#slots) {
      const card = slot.kind === "card" ? this.#cards.cardAt(slot.index) : undefined;
      if (card !== undefined && this.open.has(card.revision) && isMissingDetail(card))
        void this.#loader.detail(card.revision);
    }
    this.#restorePlace();
    const end = this.#slots.findLast((slot) => slot.kind === "card");
    const isNearEnd =
      end === undefined || (end.kind === "card" && end.index >= this.#cards.count - cardsAhead);
    if (isNearEnd && this.state.status !== null && shownList(this.state).older.state === "unknown")
      void this.#loader.older();
    if (changed.has("open") || changed.has("active")) this.#after("save", saveAfterMs, () => this.#save());
  }

  #restorePlace(): void {
    if (this.#toRestore === null || this.state.status === null) return;
    const { anchor } = this.#toRestore;
    const index = anchor === null ? -1 : this.#cards.indexOf(anchor.revision);
    if (anchor !== null && index >= 0) {
      // First about there, then, once the card is rendered, exactly.
      if (returnTo(this.renderRoot, anchor)) this.#toRestore = null;
      else {
        this.#list?.scrollTo(index, anchor.above);
        this.requestUpdate();
      }
      return;
    }
    const { revisions, older } = shownList(this.state);
    const oldest = revisions.at(-1)?.revision;
    if (
      anchor === null ||
      oldest === undefined ||
      oldest < anchor.revision ||
      older.state === "end" ||
      older.state === "failed"
    )
      this.#toRestore = null;
    else if (older.state === "unknown") void this.#loader.older(oldest - anchor.revision + cardsAhead);
  }

  /** While a rollout runs its bars grow; otherwise only "2 min. ago" gets older. */
  #keepTime(): void {
    const live = this.state.connection === "online" && this.#cards.isLive;
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const everyMs = document.hidden ? null : live ? (calm ? calmTickMs : liveTickMs) : minuteMs / 2;
    if (everyMs === this.#tickMs) return;
    this.#tickMs = everyMs;
    window.clearInterval(this.#ticking);
    if (everyMs === null) return;
    this.now = Date.now();
    this.#ticking = window.setInterval(() => {
      this.now = Date.now();
    }, everyMs);
  }

  #after(what: "save" | "toast" | "chart", ms: number, work: () => void): void {
    window.clearTimeout(this.#timers.get(what));
    this.#timers.set(what, window.setTimeout(work, ms));
  }

  async #loadChart(): Promise<void> {
    try {
      const data = await this.#loader.chart();
      if (this.chart !== undefined) this.chart = { data, why: "" };
    } catch (error) {
      if (this.chart !== undefined) this.chart = { data: null, why: sentence(error) };
    }
  }

  /** Another filter: its list begins at its beginning. */
  #filtered(): void {
    if (this.chart !== undefined) this.#after("chart", saveAfterMs, () => void this.#loadChart());
    this.#after("save", saveAfterMs, () => this.#save());
    if (window.scrollY > 0) window.scrollTo({ top: 0, behavior: "instant" });
  }

  #say(text: string): void {
    this.toast = text;
    this.#after("toast", toastMs, () => {
      this.toast = "";
    });
  }

  #setOpen(revision: number, open: boolean): void {
    const next = new Set(this.open);
    if (open) next.add(revision);
    else next.delete(revision);
    this.open = next;
  }

  async #write(card: Card | null): Promise<void> {
    const before = this.writing;
    this.writing = card?.revision ?? null;
    await this.updateComplete;
    if (card !== null) this.renderRoot.querySelector<HTMLElement>(`#note-${card.revision}`)?.focus();
    else this.renderRoot.querySelector<HTMLElement>(`#revision-${before}`)?.focus({ preventScroll: true });
  }

  #save(): void {
    if (this.#toRestore !== null) return;
    const { filter } = this.state;
    this.#transport.save({
      open: [...this.open],
      active: this.active,
      anchor: currentAnchor(this.renderRoot),
      ...(isFiltering(filter) ? { filter } : {}),
    } satisfies Remembered);
  }

  #onPageKey(event: KeyboardEvent): void {
    const search = this.renderRoot.querySelector<HTMLInputElement>("#search");
    const within = event.composedPath()[0];
    const typing = within instanceof HTMLElement && within.matches("input, textarea, select");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey || search === null)
      return;
    event.preventDefault();
    search.focus();
    search.select();
  }

  #onKey(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey || !(event.target instanceof HTMLElement)) return;
    const article = event.target.closest("article");
    // A long log is scrolled by the same keys.
    if (article === null || event.target.matches("pre")) return;
    const index = this.#cards.indexOf(this.active ?? Number(article.dataset.revision));
    const card = this.#cards.cardAt(index);
    if (event.key === "Enter" && event.target === article && card !== undefined) {
      event.preventDefault();
      this.#actions.toggle(card);
    } else if (event.key === "Escape" && event.target !== article) {
      article.focus();
    } else {
      const next = cardAfterKey(event.key, index, this.#cards.count);
      if (next === undefined) return;
      event.preventDefault();
      void this.#focusCard(next);
    }
  }

  /** The card may not be there yet: it is made for the focus, and then brought into view. */
  async #focusCard(index: number): Promise<void> {
    const revision = this.#cards.revisionAt(index);
    if (revision === undefined) return;
    this.active = revision;
    this.#hasFocus = true;
    await this.updateComplete;
    const article = this.renderRoot.querySelector<HTMLElement>(`#revision-${revision}`);
    article?.focus({ preventScroll: true });
    article?.scrollIntoView({ block: "nearest" });
  }

  #onFocus(event: FocusEvent): void {
    const article = event.target instanceof HTMLElement ? event.target.closest("article") : null;
    if (article === null) return;
    this.#hasFocus = true;
    this.active = Number(article.dataset.revision);
  }

  #onBlur({ relatedTarget }: FocusEvent): void {
    this.#hasFocus = relatedTarget instanceof HTMLElement && relatedTarget.closest("article") !== null;
  }

  protected override render(): TemplateResult {
    const { status, filter, matches } = this.state;
    if (status === null)
      return html`<main>${withoutSnapshot(this.state, this.#actions)}</main>${this.#toastView()}`;
    const isEmpty = this.state.revisions.length === 0 && this.#cards.count === 0;
    const services = status.services.map(({ service }) => service);
    const notice = notices(this.state, status, this.busy, this.#actions);
    // Wherever one reads: without an agent, what is there may be out of date.
    const stays = this.state.connection !== "online";
    return html`
      <main>
        <div class="top">
          ${header(this.state, status, this.busy, this.#actions)}
          ${stays ? notice : nothing}
        </div>
        ${stays ? nothing : notice}
        <p class="unseen" role="status">${this.state.news}</p>
        ${isEmpty ? nothing : filters({ filter, matches, services, chart: this.chart !== undefined }, this.#actions)}
        ${
          this.chart === undefined
            ? nothing
            : chartView(
                { chart: this.chart.data, why: this.chart.why, minute: this.#minute(), now: this.now },
                this.#actions,
              )
        }
        ${isEmpty ? withoutRevisions(status, this.#actions) : this.#feed()}
      </main>
      ${this.#toastView()}
    `;
  }

  #minute(): number {
    return Math.floor(this.now / (minuteMs / 2));
  }

  #feed(): TemplateResult {
    return feed(
      {
        state: this.state,
        cards: this.#cards,
        slots: this.#slots,
        open: this.open,
        active: this.active,
        writing: this.writing,
        cancelling: this.busy === "cancel",
        now: this.now,
        minute: this.#minute(),
        onKey: (event) => this.#onKey(event),
        onFocus: (event) => this.#onFocus(event),
        onBlur: (event) => this.#onBlur(event),
      },
      this.#actions,
    );
  }

  #toastView(): TemplateResult {
    return html`<div class="toast" role="status">${this.toast === "" ? nothing : html`<p>${this.toast}</p>`}</div>`;
  }
}

const isMissingDetail = ({ wantsDetail, detailError }: Card): boolean => wantsDetail && detailError === null;
