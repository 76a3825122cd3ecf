import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "mocha";
import type { Role } from "../../core/protocol/words.ts";
import { compareSources, effectOf } from "./compared.ts";
import type { Snapshot } from "./snapshot.ts";

const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex");
const roleOf = (path: string): Role => (path.endsWith(".yaml") ? "compose" : "env");

function snapshot(files: Readonly<Record<string, string>>): Snapshot {
  return {
    id: hashOf(JSON.stringify(files)),
    files: Object.entries(files).map(([path, text]) => ({
      path,
      role: roleOf(path),
      hash: hashOf(text),
      bytes: Buffer.from(text),
    })),
  };
}

/** Whether going from one text of `api/raw.env` to another can have an effect. */
function hasEffect(compose: string, before: string, after: string): boolean {
  const of = (text: string) => effectOf(snapshot({ "compose.yaml": compose, "api/raw.env": text }));
  return of(before) !== of(after);
}

const service = (name: string, file: string): string => `  ${name}: { env_file: [${file}] }\n`;
const plain = `services:\n${service("a", "api/raw.env")}`;
const raw = `services:\n${service("a", "{ path: './${X}/../api/raw.env', format: raw }")}`;
const both = `${raw}${service("b", "api/raw.env")}`;

describe("what can have an effect", () => {
  it("are quotes and comments in an env_file of format raw, which are part of its values", () => {
    for (const [before, after] of [
      ["A='x'\n", 'A="x"\n'],
      ["A=x # one\n", "A=x # two\n"],
    ] as const) {
      assert.equal(hasEffect(plain, before, after), false);
      assert.equal(hasEffect(raw, before, after), true);
      assert.equal(hasEffect(both, before, after), true);
    }
  });

  it("is no line of its own that is a comment, there as elsewhere", () => {
    assert.equal(hasEffect(raw, "A=1\n", "# new\nA=1\n"), false);
  });

  it("is read as the service reads it", () => {
    const [, source] = compareSources(snapshot({ "compose.yaml": raw, "api/raw.env": "A='x' # y\n" }), {});
    assert.deepEqual([...(source?.variables ?? [])], [["A", "'x' # y"]]);
  });
});
