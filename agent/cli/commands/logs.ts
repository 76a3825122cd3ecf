import type { LogsReport } from "../../../core/protocol/cli.ts";
import { reach } from "../access.ts";
import type { Context } from "../context.ts";
import { answer } from "../context.ts";
import { never } from "../interrupt.ts";
import { renderLogs } from "../render/logs.ts";

/** @param service default: all of them */
export async function logs(
  context: Context,
  service: string | undefined,
  options: { readonly tail?: number | undefined },
): Promise<number> {
  await using access = await reach(context);
  const { api } = access;
  const services =
    service === undefined ? (await api.status({}, never)).services.map((known) => known.service) : [service];
  const report: LogsReport = [];
  for (const name of new Set(services))
    for (const line of await api.logs({ service: name, tail: options.tail }, never))
      report.push({ service: name, line });
  answer(context, "logs", report, (view) => renderLogs(report, service === undefined, view));
  return 0;
}
