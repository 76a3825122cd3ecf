/** The project: its name and state, its services and their health, and what can be done with all of it. */
import { html, nothing, type TemplateResult } from "lit";
import type { ServiceStatus, State, Status } from "../../core/protocol/words.ts";
import { t } from "../l10n.ts";
import type { PageState } from "../state.ts";
import { exactly } from "../time.ts";
import { stateWord } from "../words.ts";
import type { Actions, Busy } from "./actions.ts";
import { dot } from "./icons.ts";
import { serviceView, stateTones } from "./tones.ts";

export function header(state: PageState, status: Status, busy: Busy, actions: Actions): TemplateResult {
  const offline = state.connection !== "online";
  const shown: State = offline ? "offline" : status.state;
  const word = stateWord(state.connection === "connecting" ? "connecting" : shown);
  // Sentences about what is wrong stand in a notice of their own, below.
  const isBelow = shown === "error" || shown === "invalid" || status.waiting?.for === "confirm";
  const detail = offline || isBelow ? "" : status.detail;
  const still = offline || busy !== null;
  return html`
    <header>
      <div class="bar">
        <h1 title=${status.project.directory}>${status.project.name}</h1>
        <span class="state">${dot(stateTones[shown])}${word}</span>
        <span class="detail" title=${detail}>${detail}</span>
        <span class="buttons">
          ${
            isDown(status) && !status.paused
              ? html`<button class="primary" ?disabled=${still} @click=${() => actions.apply(true)}>${t("Start services")}</button>`
              : html`<button
                  ?disabled=${still || status.paused || shown === "restarting"}
                  title=${t("Apply the files on disk now")}
                  @click=${() => actions.apply(false)}
                >${busy === "apply" ? t("Applying…") : t("Apply")}</button>`
          }
          ${
            status.paused
              ? html`<button class="primary" ?disabled=${still} title=${t("Apply changes again")} @click=${actions.resume}>${t("Resume")}</button>`
              : html`<button ?disabled=${still} title=${t("Apply no changes until resumed")} @click=${actions.pause}>${t("Pause")}</button>`
          }
        </span>
      </div>
      ${
        status.services.length === 0
          ? nothing
          : html`<ul class="services ${offline ? "stale" : ""}" aria-label=${t("Services")}>
              ${status.services.map(service)}
            </ul>`
      }
    </header>
  `;
}

/** There are services, and none of them runs or is about to. */
function isDown({ services }: Status): boolean {
  return services.length > 0 && services.every(({ state }) => state === "stopped" || state === "missing");
}

function service(status: ServiceStatus): TemplateResult {
  const { word, tone } = serviceView(status);
  const title = [
    status.runtime === "compose"
      ? t("Compose service {0}: {1}", status.service, word)
      : t("Local process {0}: {1}", status.service, word),
    status.since === undefined ? "" : t("Since {0}", exactly(Date.parse(status.since))),
    status.instances.join(", "),
  ];
  return html`<li title=${title.filter((line) => line !== "").join("\n")}>
    ${dot(tone)}<span class="name">${status.service}</span> <span class="muted">${word}</span>
  </li>`;
}
