/** Takes a service out of rollouts, and in again: a running agent's affair. */
import { reachAgent } from "../access.ts";
import type { Context } from "../context.ts";
import { answer } from "../context.ts";
import { renderStatus } from "../render/status.ts";

async function turn(context: Context, what: "enable" | "disable", service: string): Promise<number> {
  const agent = await reachAgent(context, `there is nothing to ${what}`);
  try {
    const status = await agent.call(`service/${what}`, { service });
    answer(context, "status", status, (view) => renderStatus(status, view));
    return 0;
  } finally {
    agent.close();
  }
}

export const enable = (context: Context, service: string): Promise<number> =>
  turn(context, "enable", service);
export const disable = (context: Context, service: string): Promise<number> =>
  turn(context, "disable", service);
