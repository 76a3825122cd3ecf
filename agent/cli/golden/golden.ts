/** Rendered text beside the text that a person has looked at; UPDATE_GOLDEN=1 takes what is rendered now. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import type { View } from "../render/view.ts";

/** A pipe in London, so that no machine's clock or window shows in the files. */
export const plain: View = {
  color: false,
  width: Number.POSITIVE_INFINITY,
  now: new Date("2026-11-21T14:05:00.000Z"),
  timeZone: "UTC",
};

export const narrow: View = { ...plain, width: 48 };
export const colored: View = { ...plain, color: true };

/** @param name of the file, without `.txt` */
export function assertGolden(name: string, text: string): void {
  const file = new URL(`${name}.txt`, import.meta.url);
  // Escape codes as visible characters: a golden file is for reading.
  const shown = text.replaceAll("\u001b", "␛");
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(file, shown);
  assert.equal(shown, readFileSync(file, "utf8"));
}
