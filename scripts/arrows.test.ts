import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { checkArrows, importsOf, objection } from "./arrows.ts";

describe("the arrows of the house", () => {
  const refused: readonly [file: string, specifier: string][] = [
    ["core/plan/impact.ts", "node:fs"],
    ["core/plan/impact.ts", "vscode"],
    ["core/plan/impact.test.ts", "vscode"],
    ["core/plan/impact.ts", "../language/hover.ts"],
    ["core/language/hover.ts", "../plan/impact.ts"],
    ["core/dotenv/document.ts", "../language/hover.ts"],
    ["core/protocol/words.ts", "../dotenv/document.ts"],
    ["core/plan/impact.ts", "../../agent/main.ts"],
    ["core/plan/impact.ts", "../../client/location.ts"],
    ["client/connect.ts", "../agent/main.ts"],
    ["client/connect.ts", "vscode"],
    ["agent/main.ts", "../extension/main.ts"],
    ["agent/main.ts", "vscode"],
    ["agent/runtime/runtime.ts", "dockerode"],
    ["agent/main.ts", "dockerode/lib/util.js"],
    ["extension/main.ts", "../agent/main.ts"],
    ["extension/main.test.ts", "../agent/main.ts"],
    ["webview-ui/main.ts", "../core/dotenv/document.ts"],
    ["webview-ui/main.ts", "../client/location.ts"],
    ["webview-ui/main.ts", "node:path"],
    ["agent/main.ts", "../test/support/docker.ts"],
    ["core/l10n.ts", "./protocol/words.ts"],
    ["core/l10n.ts", "node:fs"],
    ["core/l10n.test.ts", "./language/hover.ts"],
    ["core/other.ts", "./l10n.ts"],
    ["attic/old.ts", "../core/protocol/words.ts"],
  ];
  for (const [file, specifier] of refused) {
    it(`refuses ${specifier} in ${file}`, () => assert.notEqual(objection(file, specifier), undefined));
  }

  const allowed: readonly [file: string, specifier: string][] = [
    ["core/plan/impact.ts", "../compose/model.ts"],
    ["core/plan/impact.ts", "./phases.ts"],
    ["core/plan/impact.ts", "../l10n.ts"],
    ["core/protocol/errors.ts", "../l10n.ts"],
    ["core/l10n.test.ts", "./l10n.ts"],
    ["core/l10n.test.ts", "../test/support/texts.ts"],
    ["core/language/hover.ts", "../dotenv/document.ts"],
    ["core/plan/impact.test.ts", "node:assert/strict"],
    ["core/protocol/words.ts", "zod"],
    ["client/connect.ts", "../core/protocol/messages.ts"],
    ["client/connect.ts", "node:net"],
    ["agent/main.ts", "../client/location.ts"],
    ["agent/runtime/compose/containers.ts", "dockerode"],
    ["agent/runtime/compose/containers.ts", "../runtime.ts"],
    ["agent/main.ts", "./runtime/compose/containers.ts"],
    ["agent/main.ts", "../package.json"],
    ["agent/main.test.ts", "../test/support/docker.ts"],
    ["extension/main.ts", "vscode"],
    ["extension/main.ts", "../client/location.ts"],
    ["webview-ui/main.ts", "../core/protocol/messages.ts"],
    ["test/docker/agent.test.ts", "../../agent/main.ts"],
  ];
  for (const [file, specifier] of allowed) {
    it(`lets ${file} import ${specifier}`, () => assert.equal(objection(file, specifier), undefined));
  }

  it("sees every way to import, type-only ones included", () => {
    const text = [
      `import a from "a";`,
      `import type { B } from "b";`,
      `import { type C } from "c";`,
      `export { d } from "d";`,
      `export type * from "e";`,
      `import "f";`,
      `const g = await import("g");`,
      `type H = import("h").H;`,
      `// import "not";`,
      `const text = 'import "neither"';`,
    ].join("\n");
    assert.deepEqual(
      importsOf("x.ts", text).map(({ specifier, line }) => [specifier, line]),
      ["a", "b", "c", "d", "e", "f", "g", "h"].map((name, index) => [name, index + 1]),
    );
  });

  describe("over a folder", () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(path.join(tmpdir(), "hotenv-arrows-"));
    });
    afterEach(() => rmSync(folder, { recursive: true }));
    const write = (file: string, text: string): void => {
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      writeFileSync(path.join(folder, file), text);
    };

    it("names the file and line of a type-only import that goes against an arrow", () => {
      write(
        "core/plan/plan.ts",
        `// why\nimport type { Agent } from "../../agent/agent.ts";\nexport type A = Agent;\n`,
      );
      write("agent/agent.ts", `import type { A } from "../core/plan/plan.ts";\nexport type Agent = A;\n`);
      assert.deepEqual(checkArrows(folder), [
        `core/plan/plan.ts:2: core/plan may not import agent ("../../agent/agent.ts")`,
      ]);
    });

    it("has nothing to say about a house in order", () => {
      write("agent/agent.ts", `import type { A } from "../core/plan/plan.ts";\nexport type Agent = A;\n`);
      assert.deepEqual(checkArrows(folder), []);
    });
  });
});
