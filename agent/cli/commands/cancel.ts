/** Stops the rollout that runs: only the agent that runs it can. */
import { reachAgent } from "../access.ts";
import { answer, type Context } from "../context.ts";

export async function cancel(context: Context): Promise<number> {
  const agent = await reachAgent(context, "there is nothing to cancel");
  try {
    const report = await agent.call("cancel", {});
    const said =
      report.revision === null
        ? "No rollout runs."
        : `The rollout of revision ${report.revision} is cancelled: what it did is being undone.`;
    answer(context, "cancel", report, () => said);
    return 0;
  } finally {
    agent.close();
  }
}
