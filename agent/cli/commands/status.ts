import { reach } from "../access.ts";
import type { Context } from "../context.ts";
import { answer } from "../context.ts";
import { never } from "../interrupt.ts";
import { renderStatus } from "../render/status.ts";

export async function status(context: Context): Promise<number> {
  await using access = await reach(context);
  const status = await access.api.status({}, never);
  const report = access.agentRuns ? status : { ...status, agent: null };
  answer(context, "status", report, (view) => renderStatus(report, view));
  return 0;
}
