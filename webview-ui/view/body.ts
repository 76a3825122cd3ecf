/** What is behind an open card: changes, steps, log, note, and what can be done with the revision. */
import { html, nothing, type TemplateResult } from "lit";
import { t } from "../l10n.ts";
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
        : html`<section aria-label=${t("Changes")}>
            <h3>${t("Changed")}</h3>${changes(card.changes, keyContext(card, context, tab, actions))}
          </section>`
    }
    ${
      rollout !== null && hasSteps
        ? html`<section aria-label=${t("Rollout")}>
            <h3>${t("Rollout")}</h3>
            <div>${steps(waterfall(rollout, context.now), rollout.verdict !== undefined)}</div>
          </section>`
        : nothing
    }
    ${untouched ? html`<section><h3>${t("Rollout")}</h3><p class="muted">${t("No service uses what changed; nothing was restarted.")}</p></section>` : nothing}
    ${
      log.length === 0
        ? nothing
        : html`<section aria-label=${t("Log")}>
            <h3>${t("Log")}</h3>
            <details open>
              <summary tabindex=${tab}>${log.length === 1 ? t("The last line") : t("The last {0} lines", log.length)}</summary>
              <pre tabindex=${tab} role="region" aria-label=${t("Log of the failing service")}>${log.join("\n")}</pre>
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
      ? t("Roll back this key: {0} as it was before revision {1}", key, revision)
      : t("Roll back this key: {0} as it is in revision {1}", key, revision);
  return {
    tab,
    back:
      target === null || card.verdict !== "applied"
        ? null
        : { text: t("Roll back this key"), title, disabled: !canAct },
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
      : html`<section aria-label=${t("Note")}><h3>${t("Note")}</h3><p class="note">${card.note}</p></section>`;
  const id = `note-${revision}`;
  const written = (event: Event): void => {
    event.preventDefault();
    const { target } = event;
    if (!(target instanceof HTMLFormElement)) return;
    actions.annotate(card, String(new FormData(target).get("note") ?? "").trim());
  };
  return html`<section>
    <h3><label for=${id}>${t("Note")}</label></h3>
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
        <button class="small primary" tabindex=${tab} type="submit">${t("Save note")}</button>
        <button class="small" tabindex=${tab} type="button" @click=${() => actions.write(null)}>${t("Cancel")}</button>
      </span>
    </form>
  </section>`;
}

function more(card: Card, context: CardContext, tab: number, actions: Actions): TemplateResult {
  const { revision, pinned } = card;
  const button = (text: string, label: string, title: string, act: () => void): TemplateResult =>
    html`<button class="small" tabindex=${tab} aria-label=${label} title=${title} ?disabled=${!context.online} @click=${act}>${text}</button>`;
  return html`<div class="more buttons" role="group" aria-label=${t("More about revision {0}", revision)}>
    ${button(t("Annotate"), t("Annotate revision {0}", revision), t("Write a note on it"), () => actions.write(card))}
    ${button(
      pinned ? t("Unpin") : t("Pin"),
      pinned ? t("Unpin revision {0}", revision) : t("Pin revision {0}", revision),
      pinned ? t("Let it be pruned") : t("Keep it when old revisions are pruned"),
      () => actions.pin(card),
    )}
    ${button(t("Copy report"), t("Copy report of revision {0}", revision), t("As Markdown, secrets masked"), () => actions.copyReport(card))}
    ${button(t("Export…"), t("Export revision {0}", revision), t("As a JSON file, secrets masked"), () => actions.exportOne(card))}
  </div>`;
}

function unloaded(card: Card, tab: number, actions: Actions): TemplateResult | typeof nothing {
  if (card.detailError !== null)
    return html`<p class="unread">
      ${dot("bad")}<span>${t("The details could not be read. {0}", card.detailError)}</span>
      <button class="small" tabindex=${tab} @click=${() => actions.loadDetail(card.revision)}>${t("Try again")}</button>
    </p>`;
  return card.wantsDetail && card.changes === null
    ? html`<p class="muted">${t("Loading the details…")}</p>`
    : nothing;
}
