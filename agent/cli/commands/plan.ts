import { changeReport } from "../../../core/plan/report.ts";
import type { PlanReport } from "../../../core/protocol/cli.ts";
import type { Plan, Severity } from "../../../core/protocol/words.ts";
import { readTexts } from "../../project/reading.ts";
import { reach } from "../access.ts";
import type { Context } from "../context.ts";
import { answer } from "../context.ts";
import { findProject } from "../find-project.ts";
import { never } from "../interrupt.ts";
import { renderPlan } from "../render/plan.ts";

function planReport({ change, phases }: Plan): PlanReport {
  return {
    change,
    phases: phases.map(({ steps }) => ({
      steps: steps.map(({ service, action, cause }) => ({ service, action, cause })),
    })),
  };
}

/** @param options `report`: Markdown, for a ticket or a pull request; with `--json` it is left out */
export async function plan(
  context: Context,
  options: { readonly report?: boolean | undefined } = {},
): Promise<number> {
  await using access = await reach(context);
  const plan = await access.api.plan({}, never);
  if (options.report === true && !context.options.json) {
    const { project } = await access.api.status({}, never);
    context.terminal.out(changeReport(plan, { project: project.name, confirm: await confirmed(context) }));
    return 0;
  }
  answer(context, "plan", planReport(plan), (view) => renderPlan(plan, view));
  return 0;
}

/** Whose changes wait for a yes, by hotenv.yaml; one with errors has been complained about already. */
async function confirmed({ terminal, options }: Context): Promise<readonly Severity[]> {
  const { settings } = await readTexts(findProject(terminal.cwd, options.project), process.env, []);
  return settings.policy.confirm;
}
