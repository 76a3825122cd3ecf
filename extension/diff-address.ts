/** Which text a `hotenv:` document shows, written into its query. */
import * as z from "zod/mini";

const diffAddressSchema = z.object({
  /** The project's. */
  directory: z.string(),
  from: z.int(),
  /** null: the files on disk. */
  to: z.nullable(z.int()),
  side: z.enum(["before", "after"]),
  /** Of the file, in the snapshot. */
  path: z.string(),
});
export type DiffAddress = z.infer<typeof diffAddressSchema>;
export type DiffSide = DiffAddress["side"];

export function diffAddress(address: DiffAddress): string {
  return JSON.stringify(address);
}

/** undefined for a query that somebody else made up. */
export function parseDiffAddress(query: string): DiffAddress | undefined {
  try {
    return diffAddressSchema.safeParse(JSON.parse(query)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
