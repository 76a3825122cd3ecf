/** What is behind an open card: changes, steps, log, note, and what can be done with the revision. */
import { html, nothing, type TemplateResult } from "lit";
import type { Card } from "../timeline.ts";
import { waterfall } from "../waterfall.ts";
import type { Actions } from "./actions.ts";
import type { CardContext } from "./card.ts";
import { changes, type KeyContext } from "./changes.ts";
import { dot } from "./icons.ts";
import { steps } from "./steps.ts";

export function body(card: Card, context: CardContext, tab: number, actions: Actions): TemplateResult {
  const { rollout } = card;
  const log = rollout?.log ?? [];
  const hasSteps = rollout?.phases.some((phase) => phase.steps.length > 0) ?? false;
  const untouched =
    card.verdict === "applied" && !hasSteps && !card.wantsDetail && (card.changes?.length ?? 0) > 0;
  return html`
    ${
      card.changes === null || card.changes.length === 0
        ? nothing
        : html`<section aria-label="Changes">
            <h3>Changed</h3>${changes(card.changes, keyContext(card, context, tab, actions))}
          </section>`
    }
    ${
      rollout !== null && hasSteps
        ? html`<section aria-label="Rollout">
            <h3>Rollout</h3>
            <div>${steps(waterfall(rollout, context.now), rollout.verdict !== undefined)}</div>
          </section>`
        : nothing
    }
    ${untouched ? html`<section><h3>Rollout</h3><p class="muted">No service uses what changed; nothing was restarted.</p></section>` : nothing}
    ${
      log.length === 0
        ? nothing
        : html`<section aria-label="Log">
            <h3>Log</h3>
            <details open>
              <summary tabindex=${tab}>${log.length === 1 ? "The last line" : `The last ${log.length} lines`}</summary>
              <pre tabindex=${tab} role="region" aria-label="Log of the failing service">${log.join("\n")}</pre>
            </details>
          </section>`
    }
    ${unloaded(card, tab, actions)}
    ${note(card, context, tab, actions)}
    ${card.running ? nothing : more(card, context, tab, actions)}
  `;
}

/** From the revision that runs a key goes to what it was before; from an older one, to what it was there. */
function keyContext(card: Card, { canAct }: CardContext, tab: number, actions: Actions): KeyContext {
  const { revision, parent, isCurrent } = card;
  const target = isCurrent ? parent : revision;
  const title = (key: string): string =>
    isCurrent
      ? `Roll back this key: ${key} as it was before revision ${revision}`
      : `Roll back this key: ${key} as it is in revision ${revision}`;
  return {
    tab,
    back:
      target === null || card.verdict !== "applied"
        ? null
        : { text: "Roll back this key", title, disabled: !canAct },
    rollBack: (key) => target !== null && actions.rollBackKey(target, key),
    narrow: (key) => actions.filter({ key }),
  };
}

function note(
  card: Card,
  { writing }: CardContext,
  tab: number,
  actions: Actions,
): TemplateResult | typeof nothing {
  const { revision } = card;
  if (!writing)
    return card.note === ""
      ? nothing
      : html`<section aria-label="Note"><h3>Note</h3><p class="note">${card.note}</p></section>`;
  const id = `note-${revision}`;
  const written = (event: Event): void => {
    event.preventDefault();
    const { target } = event;
    if (!(target instanceof HTMLFormElement)) return;
    actions.annotate(card, String(new FormData(target).get("note") ?? "").trim());
  };
  return html`<section>
    <h3><label for=${id}>Note</label></h3>
    <form
      class="writing"
      @submit=${written}
      @keydown=${(event: KeyboardEvent) => {
        const { key, ctrlKey, metaKey, currentTarget } = event;
        // Arrows and Home move within the text, not from card to card.
        event.stopPropagation();
        if (key === "Escape") actions.write(null);
        if (key === "Enter" && (ctrlKey || metaKey) && currentTarget instanceof HTMLFormElement)
          currentTarget.requestSubmit();
      }}
    >
      <textarea id=${id} name="note" rows="2" maxlength="10000" tabindex=${tab} .value=${card.note}></textarea>
      <span class="buttons">
        <button class="small primary" tabindex=${tab} type="submit">Save note</button>
        <button class="small" tabindex=${tab} type="button" @click=${() => actions.write(null)}>Cancel</button>
      </span>
    </form>
  </section>`;
}

function more(card: Card, context: CardContext, tab: number, actions: Actions): TemplateResult {
  const { revision, pinned } = card;
  const button = (text: string, label: string, title: string, act: () => void): TemplateResult =>
    html`<button class="small" tabindex=${tab} aria-label=${label} title=${title} ?disabled=${!context.online} @click=${act}>${text}</button>`;
  return html`<div class="more buttons" role="group" aria-label="More about revision ${revision}">
    ${button("Annotate", `Annotate revision ${revision}`, "Write a note on it", () => actions.write(card))}
    ${button(
      pinned ? "Unpin" : "Pin",
      `${pinned ? "Unpin" : "Pin"} revision ${revision}`,
      pinned ? "Let it be pruned" : "Keep it when old revisions are pruned",
      () => actions.pin(card),
    )}
    ${button("Copy report", `Copy report of revision ${revision}`, "As Markdown, secrets masked", () => actions.copyReport(card))}
    ${button("Export…", `Export revision ${revision}`, "As a JSON file, secrets masked", () => actions.exportOne(card))}
  </div>`;
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
