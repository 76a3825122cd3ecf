/** Takes over the texts that the host has for the page. */
import * as z from "zod/mini";
import type { Spoken } from "./l10n.ts";

const schema = z.optional(
  z.object({ language: z.string(), texts: z.record(z.string(), z.string()) }),
) satisfies z.ZodMiniType<Spoken | undefined>;

/** A webview has them in its HTML; a browser's page fetches them first. @returns undefined: English */
export async function hostTexts(): Promise<Spoken | undefined> {
  const { hotenvTexts } = window as { readonly hotenvTexts?: Promise<unknown> };
  if (hotenvTexts !== undefined) return schema.parse(await hotenvTexts);
  const written = document.getElementById("hotenv-texts")?.textContent;
  return schema.parse(written ? JSON.parse(written) : undefined);
}
