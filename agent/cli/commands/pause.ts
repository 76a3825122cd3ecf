/** The emergency stop, and its end: they are an agent's, so one must run. */
import { reachAgent } from "../access.ts";
import type { Context } from "../context.ts";
import { answer } from "../context.ts";
import { renderStatus } from "../render/status.ts";

async function ask(context: Context, method: "pause" | "resume"): Promise<number> {
  const agent = await reachAgent(context, `there is nothing to ${method}`);
  try {
    const status = await agent.call(method, {});
    answer(context, method, status, (view) => renderStatus(status, view));
    return 0;
  } finally {
    agent.close();
  }
}

export const pause = (context: Context): Promise<number> => ask(context, "pause");
export const resume = (context: Context): Promise<number> => ask(context, "resume");
