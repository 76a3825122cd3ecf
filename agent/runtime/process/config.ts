/** What a local service is: the `config` of its model, as it stands in revisions and in the journal. */
import { createHash } from "node:crypto";
import * as z from "zod";
import { canonical } from "../../../core/compose/compare.ts";
import type { ServiceModel } from "../../../core/compose/model.ts";

export const healthcheckSchema = z.object({
  /** `CMD` and the words of a command, or `CMD-SHELL` and one line. */
  test: z.array(z.string()).min(2),
  /** All times in ms. */
  interval: z.number(),
  timeout: z.number(),
  retries: z.number(),
  start_period: z.number(),
});
export type ProcessHealthcheck = z.infer<typeof healthcheckSchema>;

export const processConfigSchema = z.object({
  /** The words: nothing is left to expand. */
  command: z.array(z.string()).min(1),
  /** Only what hotenv.yaml and its env files set; everything else comes from the agent's surroundings. */
  environment: z.record(z.string(), z.string()),
  /** Relative to the project's directory. */
  working_dir: z.string(),
  healthcheck: healthcheckSchema.nullable(),
  stop_signal: z.string(),
  /** ms */
  stop_grace_period: z.number(),
  /** Others wait for it to end well (`service_completed_successfully`), so it need not stay up. */
  completes: z.boolean(),
});
export type ProcessConfig = Readonly<z.infer<typeof processConfigSchema>>;

export const configOf = (model: ServiceModel): ProcessConfig => processConfigSchema.parse(model.config);

/** Two equal ones need no restart. */
export function hashOf(config: ProcessConfig): string {
  return createHash("sha256").update(canonical(config)).digest("hex");
}
