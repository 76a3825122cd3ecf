import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "mocha";
import * as z from "zod";

const root = path.join(import.meta.dirname, "..");
const biome = path.join(root, "node_modules/@biomejs/biome/bin/biome");

const reportSchema = z.object({
  diagnostics: z.array(z.object({ category: z.string(), severity: z.string() })),
});

describe("the house's lint", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "hotenv-biome-"));
    mkdirSync(path.join(folder, "scripts"));
    for (const file of ["biome.json", ".gitignore", "scripts/no-empty-catch.grit"]) {
      cpSync(path.join(root, file), path.join(folder, file));
    }
    writeFileSync(
      path.join(folder, "save.ts"),
      "export async function save(): Promise<void> {\n  await 0;\n}\n",
    );
  });
  after(() => rmSync(folder, { recursive: true }));

  /** The rules that are errors in this text. */
  const errors = (text: string): string[] => {
    writeFileSync(path.join(folder, "a.ts"), text);
    const { stdout } = spawnSync(process.execPath, [biome, "lint", "--reporter=json", "a.ts"], {
      cwd: folder,
      encoding: "utf8",
    });
    const { diagnostics } = reportSchema.parse(JSON.parse(stdout));
    return diagnostics.filter(({ severity }) => severity === "error").map(({ category }) => category);
  };

  const cases: readonly [what: string, text: string, rule: string][] = [
    [
      "a floating promise of another module",
      `import { save } from "./save.ts";\nexport function go(): void {\n  save();\n}\n`,
      "lint/nursery/noFloatingPromises",
    ],
    [
      "a promise as a condition",
      `import { save } from "./save.ts";\nexport const go = (): number => {\n  if (save()) return 1;\n  return 2;\n};\n`,
      "lint/nursery/noMisusedPromises",
    ],
    ["any", "export const x: any = 1;\n", "lint/suspicious/noExplicitAny"],
    ["a non-null assertion", "export const x = [1][0]!;\n", "lint/style/noNonNullAssertion"],
    ["an empty catch", "export function go(): void {\n  try {\n    go();\n  } catch {}\n}\n", "plugin"],
    [
      "a module of Node's without node:",
      `export { join } from "path";\n`,
      "lint/style/useNodejsImportProtocol",
    ],
    ["@ts-ignore", "// @ts-ignore\nexport const x = 1;\n", "lint/suspicious/noTsIgnore"],
  ];
  for (const [what, text, rule] of cases) {
    it(`refuses ${what}`, () => assert.deepEqual(errors(text), [rule]));
  }

  it("lets an awaited promise and a catch with a reason pass", () => {
    const text = [
      `import { save } from "./save.ts";`,
      "export async function go(): Promise<void> {",
      "  try {",
      "    await save();",
      "  } catch {",
      "    // It will be tried again.",
      "  }",
      "}",
      "",
    ];
    assert.deepEqual(errors(text.join("\n")), []);
  });
});
