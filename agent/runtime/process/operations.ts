/** What this runtime writes into the journal: enough to do it, and to undo it, after a crash. */
import * as z from "zod";
import { processConfigSchema } from "./config.ts";

const common = { service: z.string(), rollout: z.string() };

const operationSchema = z.discriminatedUnion("kind", [
  /** `before`: what comes back when it is reverted; null: nothing. */
  z.object({ kind: z.literal("process-stop"), ...common, before: processConfigSchema.nullable() }),
  z.object({ kind: z.literal("process-start"), ...common, config: processConfigSchema }),
  /** `before`: what is started when it is reverted and the signal has ended it. */
  z.object({
    kind: z.literal("process-signal"),
    ...common,
    signal: z.string(),
    before: processConfigSchema.nullable().default(null),
  }),
]);
export type ProcessOperation = z.infer<typeof operationSchema>;

/** @throws z.ZodError where it is not one of this runtime's */
export const parseOperation = (operation: unknown): ProcessOperation => operationSchema.parse(operation);
