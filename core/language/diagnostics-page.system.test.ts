import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { composeReads } from "../../test/support/compose-reads.ts";
import { sections } from "../../test/support/diagnostics-page.ts";
import { parseDotenv } from "../dotenv/document.ts";
import { findingsIn } from "./diagnose.ts";

describe("docs/diagnostics.md", () => {
  it("calls a file refused exactly where Compose refuses it", async () => {
    const texts = sections.flatMap(({ examples }) =>
      examples
        .filter(
          ({ language, flags }) =>
            language === "dotenv" && !flags.includes("dotenv") && !flags.includes("raw"),
        )
        .map(({ text }) => text),
    );
    const isRefused = (text: string): boolean =>
      findingsIn(parseDotenv(text), { uri: "" }).some(({ refused }) => refused === true);
    const readings = await composeReads(texts, isRefused, {});
    assert.deepEqual(
      texts.map((text, index) => [text, readings[index]?.refused]),
      texts.map((text) => [text, isRefused(text)]),
    );
  });
});
