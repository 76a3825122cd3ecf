/** What of the page outlives it: where the reader was. */
import * as z from "zod/mini";
import { verdictSchema } from "../core/protocol/words.ts";

const schema = z.object({
  /** Revisions whose cards are open. */
  open: z.array(z.int()),
  /** The card that has, or had, the focus. */
  active: z.nullable(z.int()),
  /** The card at the top of the view, and how far above the view it begins, in CSS pixels; null: the very top. */
  anchor: z.nullable(z.object({ revision: z.int(), above: z.number() })),
  filter: z.optional(
    z.object({
      text: z.optional(z.string()),
      key: z.optional(z.string()),
      service: z.optional(z.string()),
      verdict: z.optional(verdictSchema),
    }),
  ),
});
export type Remembered = z.infer<typeof schema>;

/** @param saved whatever was saved, perhaps by another version; what cannot be read is forgotten */
export function parseRemembered(saved: unknown): Remembered | null {
  const parsed = schema.safeParse(saved);
  return parsed.success ? parsed.data : null;
}
