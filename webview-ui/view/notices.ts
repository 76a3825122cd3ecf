/** What is wrong, between header and timeline: each notice says what to do. */
import { html, nothing, type TemplateResult } from "lit";
import { planText } from "../../core/protocol/word-texts.ts";
import type { Problem, Status, Waiting } from "../../core/protocol/words.ts";
import { t } from "../l10n.ts";
import type { PageState } from "../state.ts";
import type { Actions, Busy } from "./actions.ts";
import { dot } from "./icons.ts";

export function notices(
  state: PageState,
  status: Status,
  busy: Busy,
  actions: Actions,
): TemplateResult | typeof nothing {
  if (state.connection !== "online") return unreachable(state, actions);
  switch (status.state) {
    case "invalid":
      return invalid(status, actions);
    case "error":
      return html`<section class="notice bad" aria-label=${t("Error")}>
        ${dot("bad")}
        <p>${status.detail}</p>
        <span class="buttons"><button @click=${() => actions.command("show-log")}>${t("Show log")}</button></span>
      </section>`;
    default:
      return status.waiting?.for === "confirm"
        ? question(status.detail, status.waiting, busy !== null, actions)
        : nothing;
  }
}

function question(
  detail: string,
  { id, plan }: Waiting,
  disabled: boolean,
  actions: Actions,
): TemplateResult {
  const does = plan === undefined ? "" : planText(plan);
  return html`<section class="notice warn" aria-label=${t("A change waits")}>
    ${dot("warn")}
    <p>${detail}${does === "" ? nothing : html` <span class="muted">${t("A yes will {0}.", does)}</span>`}</p>
    <span class="buttons">
      <button class="primary" ?disabled=${disabled} @click=${() => actions.confirm(id, true)}>${t("Apply it")}</button>
      <button
        ?disabled=${disabled}
        title=${t("What runs is left as it is; the file keeps the change")}
        @click=${() => actions.confirm(id, false)}
      >${t("Dismiss")}</button>
    </span>
  </section>`;
}

function unreachable({ connection, connectionDetail }: PageState, actions: Actions): TemplateResult {
  if (connection === "connecting")
    return html`<section class="notice quiet" aria-label=${t("Connection")}>
      ${dot("busy")}
      <p>${t("Connecting to the agent. What you see may be out of date.")}</p>
    </section>`;
  return html`<section class="notice warn" aria-label=${t("Connection")}>
    ${dot("warn")}
    <p>${t("{0} What you see may be out of date; saved changes are not applied.", connectionDetail || t("The agent is not reachable."))}</p>
    <span class="buttons">${whileOffline(actions)}</span>
  </section>`;
}

const whileOffline = (actions: Actions): TemplateResult => html`
  <button class="primary" @click=${() => actions.command("restart-agent")}>${t("Restart agent")}</button>
  <button @click=${() => actions.command("show-log")}>${t("Show log")}</button>
`;

function whatIsWrong({ length }: readonly Problem[]): string {
  if (length === 0) return t("The files cannot be applied");
  return length === 1
    ? t("1 problem to solve before the files can be applied")
    : t("{0} problems to solve before the files can be applied", length);
}

function invalid({ detail, problems }: Status, actions: Actions): TemplateResult {
  const errors = problems.filter(({ severity }) => severity === "error");
  const listed = errors.length > 0 ? errors : problems;
  return html`<section class="notice bad" aria-labelledby="problems">
    ${dot("bad")}
    <div>
      <h2 id="problems">${whatIsWrong(listed)}</h2>
      ${
        listed.length === 0
          ? html`<p>${detail}</p>`
          : html`<ul class="problems">
              ${listed.map(
                (problem) => html`<li>
                  <button class="link mono" @click=${() => actions.open(problem)}>
                    ${problem.file}:${problem.line}:${problem.column}
                  </button>
                  <span>${problem.message}</span>
                </li>`,
              )}
            </ul>`
      }
      <p class="muted">${t("What runs is left alone.")}</p>
    </div>
  </section>`;
}

/** Instead of the timeline, where nothing is known yet. */
export function withoutSnapshot(
  { connection, connectionDetail }: PageState,
  actions: Actions,
): TemplateResult {
  if (connection === "offline")
    return html`<section class="blank" aria-labelledby="blank">
      <h1 id="blank">${t("The agent is not reachable")}</h1>
      <p>${connectionDetail || t("It may have ended, or it may not have been started for this project.")}</p>
      <p class="muted">${t("Services that run go on running; saved changes are not applied until it is back.")}</p>
      <div class="buttons">${whileOffline(actions)}</div>
    </section>`;
  return html`<section class="loading" aria-busy="true" aria-label=${t("Loading the timeline")}>
    <div class="bone wide"></div>
    ${[0, 1, 2, 3].map(() => html`<div class="bones"><div class="bone round"></div><div class="bone"></div></div>`)}
  </section>`;
}

/** Instead of the list, where the filter lets nothing through. */
export function withoutMatches(actions: Actions): TemplateResult {
  return html`<section class="blank none" aria-labelledby="blank">
    <h2 id="blank">${t("No revision matches")}</h2>
    <p class="muted">${t("The whole history was searched.")}</p>
    <div class="buttons"><button @click=${actions.clearFilter}>${t("Clear the filter")}</button></div>
  </section>`;
}

/** Instead of the timeline, where nothing has happened yet. */
export function withoutRevisions({ sources }: Status, actions: Actions): TemplateResult {
  const watched = sources.filter(({ role }) => role === "env" || role === "compose" || role === "settings");
  return html`<section class="blank" aria-labelledby="blank">
    <h2 id="blank">${t("No revisions yet")}</h2>
    <p>${t("Change a value and save the file: Hotenv applies it to the services that use it, and it appears here.")}</p>
    ${
      watched.length === 0
        ? nothing
        : html`<p class="watched">
            <span class="muted">${t("Watched:")}</span>
            ${watched.map(
              ({ path }) =>
                html`<button class="link mono" @click=${() => actions.open({ file: path, line: 1, column: 1 })}>
                  ${path}
                </button>`,
            )}
          </p>`
    }
  </section>`;
}
