/** A preview in the shape that an agent gives a plan, with what an agent knows beside the files. */
import { t } from "../l10n.ts";
import type { Plan, PlanStep } from "../protocol/words.ts";
import type { Expectation } from "./lens-text.ts";
import type { Preview } from "./preview.ts";

export interface Known {
  readonly expected?: Expectation;
  /** Services that are known not to run: they stay so. */
  readonly isDown?: (service: string) => boolean;
}

export function planOfPreview(
  { change, phases, lines, later, hide }: Preview,
  { expected = () => undefined, isDown = () => false }: Known = {},
): Plan {
  const all = phases.flat();
  const unreached = lines.filter(({ reaches }) => !reaches).map(({ entry }) => entry.key ?? entry.source);
  return {
    change,
    phases: phases
      .map((phase) => ({
        steps: phase
          .filter(({ service }) => !isDown(service))
          .map(({ service, action, cause, evidence }): PlanStep => {
            const about = expected(service, action);
            return {
              service,
              action,
              cause,
              ...(about === undefined ? {} : { expectedMs: about.ms, expectedFrom: about.count }),
              evidence: evidence.map((line) => ({ ...line, text: hide(line.text) })),
            };
          }),
      }))
      .filter(({ steps }) => steps.length > 0),
    notes: [
      ...all
        .filter(({ service }) => isDown(service))
        .map(({ service }) => t("{0} is not running and stays so.", service)),
      ...later.map((service) =>
        t("{0} keeps its former values until it is next made anew: a minor change only reloads.", service),
      ),
      ...unreached.map((key) => t("{0} reaches no service.", key)),
    ],
  };
}
