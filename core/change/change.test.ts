import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type ComparedSource, diffSources } from "./diff.ts";
import { mask, maskText, maskUrlPasswords, secretsOf } from "./mask.ts";

const rules = {
  severityOf: (key: string) => (key.startsWith("SECRET") ? "critical" : "minor") as "critical" | "minor",
  isSensitive: (key: string) => key.startsWith("SECRET"),
  hide: maskUrlPasswords,
};
const env = (hash: string, values: Record<string, string>): ComparedSource => ({
  path: ".env",
  role: "env",
  hash,
  variables: new Map(Object.entries(values)),
});

describe("The difference between two snapshots", () => {
  it("is by key for env files, secrets masked", () => {
    const { entries, severity } = diffSources(
      [env("1", { A: "1", GONE: "x", SECRET_KEY: "old-secret", SAME: "s" })],
      [env("2", { A: "2", NEW: "n", SECRET_KEY: "new-secret", SAME: "s" })],
      rules,
    );
    assert.deepEqual(
      entries.map(({ kind, key, before, after }) => [kind, key, before, after]),
      [
        ["modified", "A", "1", "2"],
        ["removed", "GONE", "x", undefined],
        ["added", "NEW", undefined, "n"],
        ["modified", "SECRET_KEY", mask, mask],
      ],
    );
    assert.equal(severity, "critical");
    assert.doesNotMatch(JSON.stringify(entries), /-secret/);
  });

  it("is nothing where only the text differs", () => {
    assert.deepEqual(diffSources([env("1", { A: "1" })], [env("2", { A: "1" })], rules).entries, []);
  });

  it("is by file otherwise", () => {
    const file = (hash: string | null): ComparedSource => ({ path: "rules/a.txt", role: "file", hash });
    const kinds = (
      [
        ["1", "2"],
        ["1", null],
        [null, "2"],
      ] as const
    ).map(([before, after]) => diffSources([file(before)], [file(after)], rules).entries[0]?.kind);
    assert.deepEqual(kinds, ["modified", "removed", "added"]);
  });
});

describe("Masking", () => {
  it("hides a secret wherever it stands, the longest first, and leaves short values alone", () => {
    const secrets = secretsOf(
      Object.entries({
        SECRET_A: "hunter22",
        SECRET_B: "hunter22-more",
        SECRET_C: "on",
        PLAIN: "plain-text",
      }),
      rules.isSensitive,
    );
    assert.equal(maskText("use hunter22-more or hunter22, on", secrets), `use ${mask} or ${mask}, on`);
  });

  it("hides a secret in URLs, in quotes, in base64 of a text around it, and line by line", () => {
    const password = 'p&ss "word"/é';
    const key = "-----BEGIN-----\nMIIEvQIBADANBg\n-----END-----";
    const secrets = secretsOf(
      [
        ["PASSWORD", password],
        ["KEY", key],
        ["USE_TOKEN", "true"],
      ],
      () => true,
    );
    const base64 = (text: string) => Buffer.from(text).toString("base64");
    assert.equal(maskText(encodeURIComponent(password), secrets), mask);
    assert.equal(maskText(JSON.stringify({ password }), secrets), `{"password":"${mask}"}`);
    assert.equal(maskText("2: MIIEvQIBADANBg", secrets), `2: ${mask}`);
    assert.equal(maskText("true", secrets), "true");
    for (const around of ["", "u:", "me:", "Ada:"]) {
      const shown = maskText(base64(`${around}${password}`), secrets);
      assert.ok(shown.includes(mask) && shown.length < around.length + 16, shown);
    }
  });

  it("hides passwords in URLs whatever the key is called", () => {
    assert.equal(maskUrlPasswords("postgres://app:s3cret@db:5432/x"), `postgres://app:${mask}@db:5432/x`);
    assert.equal(maskUrlPasswords("redis://:s3cret@cache"), `redis://:${mask}@cache`);
    assert.equal(maskUrlPasswords("http://host:80/a@b"), "http://host:80/a@b");
  });
});
