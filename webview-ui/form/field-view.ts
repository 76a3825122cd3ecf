/** One variable: its name, its control by its type, what the schema says of it, and what is wrong. */
import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import type { FormField } from "../../core/protocol/form.ts";
import type { Texts } from "./texts.ts";

export interface FieldEvents {
  /** A key was pressed; the file follows after a pause. */
  readonly type: (key: string, value: string) => void;
  /** The field was left. */
  readonly settle: (key: string) => void;
  /** At once; null takes the key out. */
  readonly set: (key: string, value: string | null) => void;
  readonly reveal: (key: string, shown: boolean) => void;
  readonly openText: (key: string) => void;
}

/** @param typed what stands in the field and is not yet in the file */
export function fieldView(
  field: FormField,
  typed: string | undefined,
  isRevealed: boolean,
  texts: Texts,
  events: FieldEvents,
): TemplateResult {
  const { key, problems, description, hint, docs, deprecated } = field;
  const id = idOf(key);
  const about = [
    description === "" ? undefined : `${id}-about`,
    hint === "" ? undefined : `${id}-hint`,
    problems.length === 0 ? undefined : `${id}-bad`,
  ].filter((name) => name !== undefined);
  return html`
    <section class="field ${problems.length === 0 ? "" : "wrong"} ${field.isSet ? "" : "unset"}">
      <div class="name">
        <label class="mono" for=${id}>${key}</label>
        ${field.required ? html`<span class="tag">${texts.required}</span>` : nothing}
        ${field.secret ? html`<span class="tag">${texts.secret}</span>` : nothing}
        ${deprecated === undefined ? nothing : html`<span class="tag">${texts.deprecated}</span>`}
        ${field.isSet ? nothing : html`<span class="tag quiet">${texts.notSet}</span>`}
      </div>
      <div class="control">
        ${control(field, id, typed, isRevealed, about.join(" "), texts, events)}
        ${
          field.isSet
            ? html`<button class="small" aria-label="${texts.remove} ${key}" @click=${() => events.set(key, null)}>${texts.remove}</button>`
            : nothing
        }
      </div>
      ${problems.length === 0 ? nothing : html`<p class="bad" id="${id}-bad" role="status">${problems.join(" ")}</p>`}
      ${description === "" ? nothing : html`<p class="about" id="${id}-about">${description}</p>`}
      ${deprecated ? html`<p class="about">${deprecated}</p>` : nothing}
      ${
        hint === "" && docs.length === 0
          ? nothing
          : html`<p class="muted hint">
            ${hint === "" ? nothing : html`<span id="${id}-hint">${hint}</span>`}
            ${docs.map(({ title, url }) => html`<a href=${url}>${title}</a>`)}
          </p>`
      }
    </section>
  `;
}

/** Keys hold letters, digits, `_`, `.`, `-` and brackets; an id must not hold spaces. */
const idOf = (key: string): string => `key-${key}`;

function control(
  field: FormField,
  id: string,
  typed: string | undefined,
  isRevealed: boolean,
  about: string,
  texts: Texts,
  events: FieldEvents,
): TemplateResult {
  const { key, kind, options, problems } = field;
  const value = typed ?? field.value ?? "";
  const invalid = problems.length > 0 ? "true" : "false";
  switch (kind) {
    case "reference":
      return html`
        <input id=${id} class="mono" type="text" readonly .value=${value} aria-describedby=${about} aria-invalid=${invalid}>
        <button class="small" aria-label="${texts.editAsText}: ${key}" @click=${() => events.openText(key)}>${texts.editAsText}</button>
      `;
    case "boolean": {
      const [on = "true", off = "false"] = options;
      const isOn = value.toLowerCase() === on;
      return html`
        <span class="switch">
          <input id=${id} type="checkbox" role="switch" .checked=${live(isOn)} aria-describedby=${about} aria-invalid=${invalid}
            @change=${(event: Event) => events.set(key, (event.target as HTMLInputElement).checked ? on : off)}>
          <span class="mono">${value === "" ? nothing : value}</span>
        </span>
      `;
    }
    case "enum":
      return html`
        <select id=${id} class="mono" aria-describedby=${about} aria-invalid=${invalid}
          .value=${live(value)}
          @change=${(event: Event) => events.set(key, (event.target as HTMLSelectElement).value)}>
          ${options.includes(value) ? nothing : html`<option value=${value} selected>${value === "" ? texts.choose : value}</option>`}
          ${options.map((option) => html`<option value=${option} ?selected=${option === value}>${option}</option>`)}
        </select>
      `;
    default: {
      const isHidden = field.secret && !isRevealed;
      return html`
        <input id=${id} class="mono" type=${isHidden ? "password" : kind === "number" ? "number" : "text"}
          .value=${live(value)} aria-describedby=${about} aria-invalid=${invalid}
          min=${field.min ?? nothing} max=${field.max ?? nothing} step=${kind === "number" ? "any" : nothing}
          placeholder=${isHidden && field.isSet ? texts.hiddenValue : (field.example ?? "")}
          spellcheck="false" autocomplete="off"
          @input=${(event: Event) => events.type(key, (event.target as HTMLInputElement).value)}
          @change=${() => events.settle(key)}>
        ${
          field.secret && field.isSet
            ? html`<button class="small" aria-pressed=${isRevealed ? "true" : "false"}
                aria-label="${isRevealed ? texts.hide : texts.reveal} ${key}"
                @click=${() => events.reveal(key, !isRevealed)}>${isRevealed ? texts.hide : texts.reveal}</button>`
            : nothing
        }
      `;
    }
  }
}
