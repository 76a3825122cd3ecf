/** How long rollouts took and how they ended: the newest as bars, all of them counted by service. */
import { html, nothing, type TemplateResult } from "lit";
import { guard } from "lit/directives/guard.js";
import { verdictWord } from "../../core/protocol/word-texts.ts";
import { chartOf } from "../chart.ts";
import { t } from "../l10n.ts";
import type { Chart } from "../loader.ts";
import { exactly, took } from "../time.ts";
import type { Actions } from "./actions.ts";
import { verdictTones } from "./tones.ts";

export interface ChartContext {
  /** null: not loaded yet. */
  readonly chart: Chart | null;
  /** Why it could not be loaded; empty: it could. */
  readonly why: string;
  readonly minute: number;
  readonly now: number;
}

export function chartView({ chart, why, minute, now }: ChartContext, actions: Actions): TemplateResult {
  return html`<section class="chart" aria-label=${t("Rollouts")}>
    ${
      why !== ""
        ? html`<p class="muted">${t("The chart could not be drawn. {0}", why)}</p>`
        : chart === null
          ? html`<p class="muted">${t("Loading…")}</p>`
          : guard([chart, minute], () => loaded(chart, now, actions))
    }
  </section>`;
}

function loaded(chart: Chart, now: number, actions: Actions): TemplateResult {
  const { bars, topMs, summary, from, to } = chartOf(chart.runs, now);
  return html`
    ${
      bars.length === 0
        ? html`<p class="muted">${t("No rollout to draw yet.")}</p>`
        : html`<figure>
            <div class="plot" role="img" aria-label=${summary}>
              <span class="top muted">${took(topMs)}</span>
              <div class="bars" .style=${`--count: ${bars.length}`}>
                ${bars.map(
                  ({ revision, share, verdict, time, ms }) => html`<span
                    class="run tone-${verdictTones[verdict]} ${verdict === "applied" ? "" : "bad-end"}"
                    title=${`${t("Revision {0}: {1}, {2}", revision, verdictWord(verdict), took(ms))}\n${exactly(Date.parse(time))}`}
                    @click=${() => actions.show(revision)}
                  ><span .style=${`height: ${(share * 100).toFixed(2)}%`}></span></span>`,
                )}
              </div>
            </div>
            <figcaption class="muted"><span>${from}</span><span>${summary}</span><span>${to}</span></figcaption>
          </figure>`
    }
    ${byService(chart, actions)}
  `;
}

function byService({ statistics }: Chart, actions: Actions): TemplateResult | typeof nothing {
  if (statistics.services.length === 0) return nothing;
  return html`<table>
    <thead>
      <tr>${[t("Service"), t("Rollouts"), t("Success"), t("Median"), t("95 % within")].map((name) => html`<th scope="col">${name}</th>`)}</tr>
    </thead>
    <tbody>
      ${statistics.services.map(
        ({ service, rollouts, successRate, medianMs, p95Ms }) => html`<tr>
          <th scope="row"><button class="link" title=${t("Only revisions of {0}", service)} @click=${() => actions.filter({ service })}>${service}</button></th>
          <td>${rollouts}</td>
          <td><span class="rate" aria-hidden="true"><span .style=${`width: ${(successRate * 100).toFixed(1)}%`}></span></span><span class="percent">${Math.round(successRate * 100)} %</span></td>
          <td>${medianMs === null ? "–" : took(medianMs)}</td>
          <td>${p95Ms === null ? "–" : took(p95Ms)}</td>
        </tr>`,
      )}
    </tbody>
  </table>
  ${failingKeys(statistics.failingKeys, actions)}`;
}

function failingKeys(
  keys: Chart["statistics"]["failingKeys"],
  actions: Actions,
): TemplateResult | typeof nothing {
  if (keys.length === 0) return nothing;
  return html`<p class="failing"><span class="muted">${t("Fail most often:")}</span> ${keys.map(
    ({ key, failures }) =>
      html`<span><button class="link mono" title=${t("Only revisions that changed {0}", key)} @click=${() => actions.filter({ key })}>${key}</button> <span class="muted">${t("{0} ×", failures)}</span></span> `,
  )}</p>`;
}
