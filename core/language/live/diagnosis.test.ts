import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { contextOf } from "../../../test/support/marked.ts";
import { randomEnv, shell } from "../../../test/support/random-env.ts";
import { randomRuns } from "../../../test/support/random-runs.ts";
import { parseDotenv } from "../../dotenv/document.ts";
import type { Dialect } from "../../dotenv/pieces.ts";
import { type Code, codes } from "../codes.ts";
import { portsIn } from "../compose-ports.ts";
import type { LanguageContext } from "../context.ts";
import { diagnose } from "../diagnose.ts";
import { readExample } from "../example.ts";
import { Diagnosis } from "./diagnosis.ts";

const everyRule = Object.fromEntries(
  Object.entries(codes).map(([code, { level }]) => [code, level === "off" ? "info" : level]),
) as Readonly<Record<Code, "error" | "warning" | "info" | "hint">>;

const schema =
  "# @defaultRequired=true\n# ---\n# @type=number\nA=\n# @deprecated\nB=\n# @sensitive\nC=\n# @optional\nb=\n# @required=eq($A, 1)\nD=\n# @optional=not(isEmpty($b))\nE=\n";
const uses = (name: string): readonly string[] => (name === "A" || name === "_x1" ? ["api"] : []);
const contexts: Readonly<Record<string, LanguageContext>> = {
  "nothing around": contextOf(),
  "a shell, a schema and services": { ...contextOf({ schema, shell }), uses },
  "an example, and every rule on": {
    ...contextOf({ shell }),
    example: readExample("file:///p/.env.example", "A=1\nQ=2\nB=$A\n"),
    levels: everyRule,
    uses,
  },
  "ports that are published": {
    ...contextOf({ shell }),
    ports: portsIn(["services:\n  x: { ports: ['${A}:1', '1:1'] }\n  y: { ports: ['${B}:1', '$b:9'] }\n"]),
  },
  "a schema, and every rule on": { ...contextOf({ schema }), levels: everyRule },
};

/** What is told of one range has no order. */
const told = (diagnostics: readonly object[]): string[] =>
  diagnostics.map((diagnostic) => JSON.stringify(diagnostic)).sort();

const line = fc.constantFrom(
  "A=1\n",
  "B=$A\n",
  "A=${A}2\n",
  "C=${B:?say}\n",
  "b=${C}${D}\n",
  "D=\n",
  "_x1=$b\n",
  "A\n",
  "SHELL_A\n",
  "=1\n",
  "# hotenv-ignore duplicate-key\n",
  "# hotenv-ignore-file undefined-reference\n",
  "\n\n\n",
  '"',
  "'",
  "E",
  " ",
  "\t\r\n",
  "DB_PASSWORD=x#y\n",
);
const text = fc.oneof(
  randomEnv,
  fc.array(line, { maxLength: 12 }).map((lines) => lines.join("")),
);
const edits = fc.array(
  fc.record({
    from: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.oneof(fc.nat(3), fc.nat(40)),
    text: fc.oneof(line, fc.string({ maxLength: 4 }), fc.constant(""), randomEnv),
  }),
  { minLength: 1, maxLength: 8 },
);

describe("the diagnosis of a document that is typed in", () => {
  for (const [what, context] of Object.entries(contexts))
    it(`is what diagnosing it anew gives, with ${what}`, function () {
      this.timeout(60_000);
      fc.assert(
        fc.property(
          fc.constantFrom<Dialect>("compose", "compose", "dotenv", "raw"),
          text,
          edits,
          (dialect, start, changes) => {
            const diagnosis = new Diagnosis(parseDotenv(start, { dialect }), context);
            assert.deepEqual(told(diagnosis.diagnostics()), told(diagnose(diagnosis.document, context)));
            for (const { from, length, text: replacement } of changes) {
              const before = diagnosis.document.text;
              const at = Math.floor(from * before.length);
              const end = Math.min(at + length, before.length);
              diagnosis.edit({ start: at, end }, replacement);
              const now = before.slice(0, at) + replacement + before.slice(end);
              const fresh = parseDotenv(now, { dialect });
              assert.equal(diagnosis.document.text, now);
              assert.deepEqual(told(diagnosis.diagnostics()), told(diagnose(fresh, context)));
            }
          },
        ),
        { numRuns: randomRuns(150) },
      );
    });

  it("finds room for ever more lines at one place", () => {
    const diagnosis = new Diagnosis(parseDotenv("A=1\nB=$A\n"), contextOf());
    for (let count = 0; count < 200; count++) diagnosis.edit({ start: 4, end: 4 }, `K${count}=$A\n`);
    assert.deepEqual(diagnosis.diagnostics(), []);
    diagnosis.edit({ start: 0, end: 4 }, "");
    assert.equal(diagnosis.diagnostics().length, 201);
    assert.deepEqual(told(diagnosis.diagnostics()), told(diagnose(diagnosis.document, contextOf())));
  });

  it("tells every reference that lost its variable, and no more", () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => `KEY_${index}=\${BASE}/${index}\n`);
    const diagnosis = new Diagnosis(parseDotenv(`BASE=/\n${lines.join("")}`), contextOf());
    diagnosis.edit({ start: 6, end: 6 }, "x");
    assert.deepEqual(diagnosis.diagnostics(), []);
    diagnosis.edit({ start: 0, end: 1 }, "");
    assert.equal(diagnosis.diagnostics().length, 20_000);
  });
});
