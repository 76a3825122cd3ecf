import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { parseDotenv } from "../dotenv/document.ts";
import { isSensitiveName } from "../schema/sensitive.ts";
import { masked, secretRanges } from "./masked.ts";

const text = [
  "DB_PASSWORD='two words' # why",
  "HOST=db",
  "# API_TOKEN=old",
  "#export OLD_SECRET = older",
  "# A password is needed: ask.",
  "JWT=",
  'KEY_PASS="one',
  'two"',
  "",
].join("\n");

describe("secrets in a file", () => {
  it("are the values of sensitive keys, commented-out ones and those of several lines too", () => {
    const document = parseDotenv(text);
    assert.deepEqual(
      secretRanges(document, isSensitiveName).map(({ start, end }) => text.slice(start, end)),
      ["two words", "old", "older", "one\ntwo"],
    );
  });

  it("are not in what is shown, and all else is", () => {
    assert.equal(
      masked(parseDotenv(text), isSensitiveName),
      text
        .replace("two words", "••••••")
        .replace("=old", "=••••••")
        .replace("= older", "= ••••••")
        .replace("one\ntwo", "••••••"),
    );
  });
});
