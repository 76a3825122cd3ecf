/** The page: owns the state, the conversation with the host, and where the reader is. */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { guard } from "lit/directives/guard.js";
import { repeat } from "lit/directives/repeat.js";
import type { HostMessage } from "../core/protocol/page.ts";
import { cardAfterKey } from "./keyboard.ts";
import { currentAnchor, returnTo } from "./place.ts";
import { parseRemembered, type Remembered } from "./remembered.ts";
import { openRequests, type Requests } from "./requests.ts";
import { initialState, type PageFact, type PageState, reduce } from "./state.ts";
import { styles } from "./style/styles.ts";
import { type Card, timeline } from "./timeline.ts";
import type { PageTransport } from "./transport.ts";
import type { Actions, Busy } from "./view/actions.ts";
import { cardView } from "./view/card.ts";
import { header } from "./view/header.ts";
import { notices, withoutRevisions, withoutSnapshot } from "./view/notices.ts";

const pageSize = 50;
/** The agent lists no more at once. */
const maxPageSize = 1000;
/** Cards around the one to come back to. */
const marginOfReturn = 20;
const liveTickMs = 100;
const calmTickMs = 1_000;
const minuteMs = 60_000;
const saveAfterMs = 200;
const toastMs = 8_000;

export class TimelinePage extends LitElement {
  static override styles = styles;
  static override properties = {
    state: { state: true },
    open: { state: true },
    active: { state: true },
    busy: { state: true },
    toast: { state: true },
    now: { state: true },
  };

  declare private state: PageState;
  declare private open: ReadonlySet<number>;
  declare private active: number | null;
  declare private busy: Busy;
  declare private toast: string;
  declare private now: number;

  readonly #transport: PageTransport;
  readonly #requests: Requests;
  readonly #actions: Actions;
  /** Details that were asked for and have not come. */
  readonly #asked = new Set<number>();
  #cards: readonly Card[] = [];
  /** What an earlier life of the page left behind, until it is restored. */
  #toRestore: Remembered | null;
  #ended = new AbortController();
  #tick: number | undefined;
  #saving: number | undefined;
  #toasting: number | undefined;
  #seen: IntersectionObserver | undefined;

  constructor(transport: PageTransport) {
    super();
    this.#transport = transport;
    this.#requests = openRequests((request) => transport.post(request));
    this.#toRestore = parseRemembered(transport.load());
    this.state = initialState;
    this.open = new Set(this.#toRestore?.open);
    this.active = this.#toRestore?.active ?? null;
    this.busy = null;
    this.toast = "";
    this.now = Date.now();
    this.#actions = this.#makeActions();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#ended = new AbortController();
    const { signal } = this.#ended;
    const unlisten = this.#transport.listen(
      (message) => this.#receive(message),
      (what) => this.#say(what),
    );
    signal.addEventListener("abort", unlisten);
    window.addEventListener("scroll", () => this.#saveSoon(), { passive: true, signal });
    document.addEventListener("visibilitychange", () => this.#keepTime(), { signal });
    this.#seen = new IntersectionObserver((entries) => this.#cameIntoView(entries), { rootMargin: "400px" });
    this.#transport.post({ type: "ready" });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#ended.abort();
    this.#seen?.disconnect();
    for (const timer of [this.#tick, this.#saving, this.#toasting]) window.clearTimeout(timer);
    this.#requests.abandon("The page was closed.");
  }

  #receive(message: HostMessage): void {
    if (message.type === "response") this.#requests.settle(message);
    else this.#learn(message);
  }

  #learn(fact: PageFact): void {
    if (fact.type === "connection" && fact.state !== "online")
      this.#requests.abandon("The agent is not reachable.");
    const before = this.state;
    this.state = reduce(before, fact);
    if (this.state === before) return;
    if (fact.type === "snapshot") this.#beginWith(before.status === null);
    if (fact.type === "event" && fact.event.type === "restart_progress" && fact.event.data.step === undefined)
      this.#setOpen(fact.event.data.revision, true);
  }

  /** After a snapshot: what was open is opened again; in a first life, the newest is. */
  #beginWith(first: boolean): void {
    this.#asked.clear();
    const newest = timeline(this.state)[0]?.revision;
    if (first && this.#toRestore === null && newest !== undefined) this.#setOpen(newest, true);
    const { anchor } = this.#toRestore ?? {};
    const oldest = this.state.revisions.at(-1)?.revision;
    if (anchor && oldest !== undefined && anchor.revision < oldest)
      void this.#loadOlder(Math.min(oldest - anchor.revision + marginOfReturn, maxPageSize));
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has("state")) return;
    this.#cards = timeline(this.state);
    if (this.active === null || !this.#cards.some(({ revision }) => revision === this.active))
      this.active = this.#cards[0]?.revision ?? this.active;
  }

  protected override updated(changed: PropertyValues): void {
    this.#keepTime();
    if (!changed.has("state")) return;
    for (const watched of this.renderRoot.querySelectorAll("article, .older")) this.#seen?.observe(watched);
    for (const card of this.#cards)
      if (this.open.has(card.revision) && isMissingDetail(card)) void this.#loadDetail(card.revision);
    this.#restorePlace();
  }

  #restorePlace(): void {
    if (this.#toRestore === null || this.#cards.length === 0) return;
    const { anchor } = this.#toRestore;
    if (anchor === null || returnTo(this.renderRoot, anchor) || this.state.older.state !== "loading")
      this.#toRestore = null;
  }

  /** While a rollout runs its bars grow; otherwise only "2 min. ago" gets older. */
  #keepTime(): void {
    window.clearTimeout(this.#tick);
    if (document.hidden) return;
    const live = this.state.connection === "online" && this.#cards.some(({ running }) => running);
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#tick = window.setTimeout(
      () => {
        this.now = Date.now();
      },
      live ? (calm ? calmTickMs : liveTickMs) : minuteMs / 2,
    );
  }

  #cameIntoView(entries: readonly IntersectionObserverEntry[]): void {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting || !(target instanceof HTMLElement)) continue;
      if (target.classList.contains("older")) {
        if (this.state.older.state === "unknown") void this.#loadOlder(pageSize);
      } else {
        const card = this.#cards.find(({ revision }) => String(revision) === target.dataset.revision);
        if (card !== undefined && isMissingDetail(card)) void this.#loadDetail(card.revision);
      }
    }
  }

  async #loadDetail(revision: number): Promise<void> {
    if (this.#asked.has(revision) || this.state.connection !== "online") return;
    this.#asked.add(revision);
    try {
      const detail = await this.#requests.ask("history/show", { revision });
      this.#learn({ type: "detail", revision: detail });
    } catch (error) {
      this.#learn({ type: "detail-failed", revision, why: sentence(error) });
    } finally {
      this.#asked.delete(revision);
    }
  }

  async #loadOlder(limit: number): Promise<void> {
    const before = this.state.revisions.at(-1)?.revision;
    if (before === undefined || this.state.older.state === "loading" || this.state.connection !== "online")
      return;
    this.#learn({ type: "older-asked" });
    try {
      const revisions = await this.#requests.ask("history/list", { before, limit });
      this.#learn({ type: "older", revisions, limit });
    } catch (error) {
      this.#learn({ type: "older-failed", why: sentence(error) });
    }
    // What is still in view must be noticed once more: an observer tells of changes only.
    await this.updateComplete;
    const end = this.renderRoot.querySelector(".older");
    if (end === null) return;
    this.#seen?.unobserve(end);
    this.#seen?.observe(end);
  }

  #makeActions(): Actions {
    return {
      apply: (up) =>
        void this.#run(
          "apply",
          async () =>
            (
              await this.#requests.ask("apply", {
                origin: "editor",
                reason: "Applied from the timeline.",
                ...(up ? { up } : {}),
              })
            ).message,
        ),
      pause: () => void this.#run("pause", async () => this.#requests.ask("pause", {}).then(() => "")),
      resume: () => void this.#run("resume", async () => this.#requests.ask("resume", {}).then(() => "")),
      diff: (card) => void this.#diff(card),
      rollBack: ({ revision }) => this.#transport.post({ type: "rollback", revision }),
      open: ({ file, line, column }) => this.#transport.post({ type: "open", file, line, column }),
      command: (command) => this.#transport.post({ type: "command", command }),
      toggle: ({ revision }) => {
        this.active = revision;
        this.#setOpen(revision, !this.open.has(revision));
      },
      loadOlder: () => void this.#loadOlder(pageSize),
      loadDetail: (revision) => void this.#loadDetail(revision),
    };
  }

  /** One at a time; what comes of it is said. */
  async #run(busy: NonNullable<Busy>, work: () => Promise<string>): Promise<void> {
    this.busy = busy;
    this.#say("");
    try {
      this.#say(await work());
    } catch (error) {
      this.#say(sentence(error));
    } finally {
      this.busy = null;
    }
  }

  async #diff(card: Card): Promise<void> {
    // Which revision it changed is one of its details.
    if (card.wantsDetail) await this.#loadDetail(card.revision);
    const detail = this.state.details.get(card.revision);
    if (detail === undefined) this.#say(`The details of revision ${card.revision} could not be read.`);
    else if (detail.parent === null)
      this.#say(`Revision ${card.revision} is the first: there is nothing to compare it with.`);
    else this.#transport.post({ type: "diff", from: detail.parent, to: card.revision });
  }

  #say(text: string): void {
    this.toast = text;
    window.clearTimeout(this.#toasting);
    if (text === "") return;
    this.#toasting = window.setTimeout(() => {
      this.toast = "";
    }, toastMs);
  }

  #setOpen(revision: number, open: boolean): void {
    const next = new Set(this.open);
    if (open) next.add(revision);
    else next.delete(revision);
    this.open = next;
    const card = this.#cards.find((each) => each.revision === revision);
    if (open && card !== undefined && isMissingDetail(card)) void this.#loadDetail(revision);
    this.#saveSoon();
  }

  #saveSoon(): void {
    window.clearTimeout(this.#saving);
    this.#saving = window.setTimeout(() => {
      if (this.#toRestore !== null) return;
      this.#transport.save({
        open: [...this.open],
        active: this.active,
        anchor: currentAnchor(this.renderRoot),
      } satisfies Remembered);
    }, saveAfterMs);
  }

  #onKey(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey || !(event.target instanceof HTMLElement)) return;
    const article = event.target.closest("article");
    // A long log is scrolled by the same keys.
    if (article === null || event.target.matches("pre")) return;
    const index = this.#cards.findIndex(({ revision }) => String(revision) === article.dataset.revision);
    const card = this.#cards[index];
    if (event.key === "Enter" && event.target === article && card !== undefined) {
      event.preventDefault();
      this.#actions.toggle(card);
    } else if (event.key === "Escape" && event.target !== article) {
      article.focus();
    } else {
      const next = cardAfterKey(event.key, index, this.#cards.length);
      if (next === undefined) return;
      event.preventDefault();
      this.#focusCard(next);
    }
  }

  #focusCard(index: number): void {
    const article = this.renderRoot.querySelectorAll<HTMLElement>("article")[index];
    article?.focus({ preventScroll: true });
    article?.scrollIntoView({ block: "nearest" });
  }

  #onFocus(event: FocusEvent): void {
    const article = event.target instanceof HTMLElement ? event.target.closest("article") : null;
    if (article === null) return;
    this.active = Number(article.dataset.revision);
    this.#saveSoon();
  }

  protected override render(): TemplateResult {
    const { status } = this.state;
    if (status === null)
      return html`<main>${withoutSnapshot(this.state, this.#actions)}</main>${this.#toastView()}`;
    return html`
      <main>
        ${header(this.state, status, this.busy, this.#actions)}
        ${notices(this.state, status, this.#actions)}
        <p class="unseen" role="status">${this.state.news}</p>
        ${this.#cards.length === 0 ? withoutRevisions(status, this.#actions) : this.#feed()}
      </main>
      ${this.#toastView()}
    `;
  }

  #feed(): TemplateResult {
    const { older, connection, status } = this.state;
    const canAct = connection === "online" && status?.state !== "restarting";
    const minute = Math.floor(this.now / (minuteMs / 2));
    const count = older.state === "end" ? this.#cards.length : -1;
    return html`
      <div
        role="feed"
        aria-label="Revisions, newest first"
        aria-busy=${older.state === "loading"}
        @keydown=${this.#onKey}
        @focusin=${this.#onFocus}
      >
        ${repeat(
          this.#cards,
          ({ revision }) => revision,
          (card, index) => {
            const open = this.open.has(card.revision);
            const active = this.active === card.revision;
            const time = card.running ? this.now : minute;
            return guard([...Object.values(card), index, count, open, active, canAct, time], () =>
              cardView(card, { index, count, open, active, canAct, now: this.now }, this.#actions),
            );
          },
        )}
      </div>
      ${this.#olderView()}
    `;
  }

  #olderView(): TemplateResult | typeof nothing {
    const { older } = this.state;
    if (older.state === "end") return nothing;
    return html`<div class="older">
      ${older.state === "failed" ? html`<p>Older revisions could not be loaded. ${older.why}</p>` : nothing}
      <button class="small" ?disabled=${older.state === "loading"} @click=${this.#actions.loadOlder}>
        ${older.state === "loading" ? "Loading…" : older.state === "failed" ? "Try again" : "Load older"}
      </button>
    </div>`;
  }

  #toastView(): TemplateResult {
    return html`<div class="toast" role="status">${this.toast === "" ? nothing : html`<p>${this.toast}</p>`}</div>`;
  }
}

const isMissingDetail = ({ wantsDetail, detailError }: Card): boolean => wantsDetail && detailError === null;

/** A request fails with a sentence for the person. */
const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error));
