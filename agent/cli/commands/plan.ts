import type { PlanReport } from "../../../core/protocol/cli.ts";
import type { Plan } from "../../../core/protocol/words.ts";
import { reach } from "../access.ts";
import type { Context } from "../context.ts";
import { answer } from "../context.ts";
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

export async function plan(context: Context): Promise<number> {
  await using access = await reach(context);
  const plan = await access.api.plan({}, never);
  answer(context, "plan", planReport(plan), (view) => renderPlan(plan, view));
  return 0;
}
