/**
 * What `--json` prints: one JSON document, its shape below. Where a command fails, the document is
 * `cliErrorSchema`; the exit code says the rest. `agent --json` prints one event of messages.ts a line.
 */
import * as z from "zod/mini";
import { errorDataSchema } from "./errors.ts";
import { outcomeSchema, requests, revisionSummarySchema } from "./messages.ts";
import { changeSchema, impactSchema, planStepSchema, problemSchema, statusSchema } from "./words.ts";

export const cliErrorSchema = z.strictObject({
  error: z.extend(errorDataSchema, { message: z.string() }),
});
export type CliError = z.infer<typeof cliErrorSchema>;

/** `agent` is null where none runs: the status was worked out for this one answer. */
export const statusReportSchema = z.extend(statusSchema, { agent: z.nullable(statusSchema.shape.agent) });
export type StatusReport = z.infer<typeof statusReportSchema>;

export const checkReportSchema = z.array(z.strictObject(problemSchema.shape));

export const envReportSchema = z.strictObject({
  variables: z.record(z.string(), z.string()),
  problems: z.array(z.strictObject(problemSchema.shape)),
});
export type EnvReport = z.infer<typeof envReportSchema>;

export const impactReportSchema = z.strictObject({ services: z.array(z.strictObject(impactSchema.shape)) });
export type ImpactReport = z.infer<typeof impactReportSchema>;

export const planReportSchema = z.strictObject({
  change: changeSchema,
  phases: z.array(
    z.strictObject({
      steps: z.array(
        z.strictObject(z.pick(planStepSchema, { service: true, action: true, cause: true }).shape),
      ),
    }),
  ),
});
export type PlanReport = z.infer<typeof planReportSchema>;

/** Newest first. */
export const historyListReportSchema = z.array(
  z.strictObject(
    z.pick(revisionSummarySchema, {
      revision: true,
      time: true,
      author: true,
      reason: true,
      verdict: true,
      keys: true,
    }).shape,
  ),
);
export type HistoryListReport = z.infer<typeof historyListReportSchema>;

/** Oldest first within a service. */
export const logsReportSchema = z.array(z.strictObject({ service: z.string(), line: z.string() }));
export type LogsReport = z.infer<typeof logsReportSchema>;

export const stopReportSchema = z.strictObject({ stopped: z.literal(true) });

/** What was fixed, or would be; files without a fix are listed, too. Lines are 1-based. */
export const fixReportSchema = z.array(
  z.strictObject({
    file: z.string(),
    fixes: z.array(
      z.strictObject({ line: z.int().check(z.minimum(1)), code: z.string(), title: z.string() }),
    ),
  }),
);
export type FixReport = z.infer<typeof fixReportSchema>;

export const historyBackupReportSchema = z.strictObject({ file: z.string() });

/** `link` opens the page, `code` a WebSocket: each once, within a minute. */
export const openReportSchema = z.strictObject({
  url: z.string(),
  link: z.optional(z.string()),
  code: z.optional(z.string()),
});

/** Every command that prints one document, with its schema. */
export const cliReports = {
  status: statusReportSchema,
  check: checkReportSchema,
  env: envReportSchema,
  fix: fixReportSchema,
  impact: impactReportSchema,
  plan: planReportSchema,
  apply: outcomeSchema,
  confirm: outcomeSchema,
  rollback: outcomeSchema,
  "history list": historyListReportSchema,
  "history restore": requests["history/restore"].result,
  "history rekey": requests["history/rekey"].result,
  "history audit": requests["history/audit"].result,
  "history show": requests["history/show"].result,
  "history diff": requests["history/diff"].result,
  "history key": requests["history/key"].result,
  "history annotate": requests["history/annotate"].result,
  "history prune": requests["history/prune"].result,
  "history vacuum": requests["history/vacuum"].result,
  "history backup": historyBackupReportSchema,
  "history stats": requests["history/stats"].result,
  "history export": requests["history/export"].result,
  "history import": requests["history/import"].result,
  cancel: requests.cancel.result,
  pause: statusSchema,
  resume: statusSchema,
  logs: logsReportSchema,
  open: openReportSchema,
  stop: stopReportSchema,
} as const satisfies Record<string, z.ZodMiniType>;

export type CliReport<C extends keyof typeof cliReports> = z.infer<(typeof cliReports)[C]>;
