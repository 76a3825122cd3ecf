/** What Hotenv says in another language, by its English text. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

const root = join(import.meta.dirname, "../..");

/** @param file from the root */
export const textsIn = (file: string): Readonly<Record<string, string>> =>
  z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(join(root, file), "utf8")));

export const translations = (language: "zh-cn"): Readonly<Record<string, string>> =>
  textsIn(`l10n/bundle.l10n.${language}.json`);
