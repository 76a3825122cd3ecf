/** A .env file as a form: its fields, what is wrong with them, and what saving would do. */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import type { FormField, FormHostMessage, FormImpact, FormPageMessage } from "../../core/protocol/form.ts";
import { base } from "../style/base.ts";
import { type FieldEvents, fieldView } from "./field-view.ts";
import { formStyle } from "./form-style.ts";
import { filled, type Texts } from "./texts.ts";

type State = Extract<FormHostMessage, { type: "state" }>;

/** A pause in typing: the file follows, so that what is said about a value is never late for long. */
const settleMs = 200;

export class FormPage extends LitElement {
  static override styles = [base, formStyle];
  static override properties = {
    state: { state: true },
    texts: { state: true },
    impact: { state: true },
    filter: { state: true },
    reason: { state: true },
  };
  declare private state: State | undefined;
  declare private texts: Texts | undefined;
  declare private impact: readonly FormImpact[] | null | undefined;
  declare private filter: string;
  declare private reason: string;

  readonly #post: (message: FormPageMessage) => void;
  /** Edits are counted, so that an answer to an older one does not take away what was typed since. */
  #edits = 0;
  readonly #typed = new Map<string, { readonly value: string; readonly edit: number | undefined }>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #revealed = new Set<string>();

  constructor(post: (message: FormPageMessage) => void) {
    super();
    this.#post = post;
    this.filter = "";
    this.reason = "";
  }

  receive(message: FormHostMessage): void {
    switch (message.type) {
      case "texts":
        this.texts = message.texts;
        return;
      case "state":
        for (const [key, { edit }] of this.#typed)
          if (edit !== undefined && edit <= message.edit) this.#typed.delete(key);
        this.state = message;
        return;
      case "impact":
        this.impact = message.services;
    }
  }

  readonly #events: FieldEvents = {
    type: (key, value) => {
      this.#typed.set(key, { value, edit: undefined });
      clearTimeout(this.#timers.get(key));
      this.#timers.set(
        key,
        setTimeout(() => this.#settle(key), settleMs),
      );
      this.requestUpdate();
    },
    settle: (key) => this.#settle(key),
    set: (key, value) => {
      clearTimeout(this.#timers.get(key));
      this.#edits += 1;
      if (value === null) this.#typed.delete(key);
      else this.#typed.set(key, { value, edit: this.#edits });
      this.#post({ type: "edit", edit: this.#edits, key, value });
      this.requestUpdate();
    },
    reveal: (key, shown) => {
      if (shown) this.#revealed.add(key);
      else this.#revealed.delete(key);
      this.#post({ type: "reveal", key, shown });
    },
    openText: (key) => this.#post({ type: "open", what: "text", key }),
  };

  #settle(key: string): void {
    clearTimeout(this.#timers.get(key));
    const typed = this.#typed.get(key);
    if (typed?.edit === undefined && typed !== undefined) this.#events.set(key, typed.value);
  }

  readonly #save = (event?: Event): void => {
    event?.preventDefault();
    for (const key of this.#timers.keys()) this.#settle(key);
    this.#post({ type: "save", reason: this.reason });
    this.reason = "";
  };

  override render(): TemplateResult {
    const { state, texts } = this;
    if (texts === undefined) return html`<main></main>`;
    if (state === undefined) return html`<main><p class="muted" role="status">${texts.loading}</p></main>`;
    const shown = state.fields.filter((field) => matches(field, this.filter));
    return html`
      <main>
        ${this.#header(state, texts)}
        ${state.hasSchema ? nothing : html`<p class="note">${texts.noSchema}</p>`}
        ${state.problems.map((problem) => html`<p class="note bad" role="alert">${problem}</p>`)}
        ${state.fields.length === 0 ? html`<p class="note">${texts.empty}</p>` : nothing}
        ${state.fields.length > 0 && shown.length === 0 ? html`<p class="note" role="status">${texts.noMatch}</p>` : nothing}
        <div class="fields">
          ${shown.map((field) =>
            fieldView(
              field,
              this.#typed.get(field.key)?.value,
              this.#revealed.has(field.key),
              texts,
              this.#events,
            ),
          )}
        </div>
        ${this.#adder(texts)}
      </main>
    `;
  }

  #header({ file, dirty, fields, hasSchema }: State, texts: Texts): TemplateResult {
    const problems = fields.reduce((sum, field) => sum + field.problems.length, 0);
    return html`
      <header>
        <div class="title">
          <h1>${file}</h1>
          <span class="count" role="status">
            ${problems === 0 ? nothing : problems === 1 ? texts.oneProblem : filled(texts.problems, problems)}
          </span>
          <span class="space"></span>
          ${hasSchema ? html`<button class="link" @click=${() => this.#post({ type: "open", what: "schema" })}>${texts.openSchema}</button>` : nothing}
          <button class="link" @click=${() => this.#post({ type: "open", what: "text" })}>${texts.editAsText}</button>
        </div>
        <form class="save" @submit=${this.#save}>
          <label class="unseen" for="reason">${texts.reason}</label>
          <input id="reason" type="text" .value=${this.reason} placeholder=${texts.reasonHint} ?disabled=${!dirty}
            @input=${(event: InputEvent) => {
              this.reason = textOf(event);
            }}>
          <button class="primary" type="submit" ?disabled=${!dirty}>${dirty ? texts.save : texts.saved}</button>
        </form>
        <div class="impact" role="status" aria-live="polite">${this.#impactView(dirty, texts)}</div>
        <label class="unseen" for="filter">${texts.filter}</label>
        <input id="filter" type="search" placeholder=${texts.filterHint} .value=${this.filter}
          @input=${(event: InputEvent) => {
            this.filter = textOf(event);
          }}>
      </header>
    `;
  }

  #impactView(dirty: boolean, texts: Texts): TemplateResult {
    const { impact } = this;
    if (!dirty) return html`<span class="muted">${texts.nothingChanged}</span>`;
    if (impact === undefined || impact === null)
      return html`<span class="muted">${texts.unknownImpact}</span>`;
    if (impact.length === 0) return html`<span>${texts.noImpact}</span>`;
    return html`
      <span>${texts.impact}</span>
      <ul>
        ${impact.map(
          ({ service, action, cause }) =>
            html`<li><strong>${filled(texts[action], service)}</strong> <span class="muted">${cause}</span></li>`,
        )}
      </ul>
    `;
  }

  #adder(texts: Texts): TemplateResult {
    const add = (event: SubmitEvent): void => {
      event.preventDefault();
      const form = event.currentTarget as HTMLFormElement;
      const data = new FormData(form);
      const key = String(data.get("key") ?? "").trim();
      if (key === "") return;
      this.#events.set(key, String(data.get("value") ?? ""));
      form.reset();
    };
    return html`
      <form class="adder" @submit=${add}>
        <label class="unseen" for="new-key">${texts.addKey}</label>
        <input id="new-key" name="key" type="text" class="mono" placeholder=${texts.addKey} spellcheck="false" autocomplete="off">
        <label class="unseen" for="new-value">${texts.addValue}</label>
        <input id="new-value" name="value" type="text" class="mono" placeholder=${texts.addValue} spellcheck="false" autocomplete="off">
        <button type="submit">${texts.add}</button>
      </form>
    `;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("keydown", this.#keys, { capture: true });
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("keydown", this.#keys, { capture: true });
  }
  /** VS Code saves by itself on Ctrl+S; what is still being typed must be in the file by then. */
  readonly #keys = (event: KeyboardEvent): void => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s")
      for (const key of this.#timers.keys()) this.#settle(key);
  };
}

function matches({ key, value, description }: FormField, filter: string): boolean {
  const wanted = filter.trim().toLowerCase();
  return wanted === "" || `${key}\n${value ?? ""}\n${description}`.toLowerCase().includes(wanted);
}

const textOf = ({ target }: Event): string => (target instanceof HTMLInputElement ? target.value : "");
