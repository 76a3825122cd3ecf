import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import * as core from "../core/l10n.ts";
import { chinese, unlikeChinese } from "../test/support/texts.ts";
import { speak } from "./l10n.ts";
import { loadApart } from "./load-apart.ts";

describe("what is loaded apart", () => {
  it("speaks VS Code's language, although its bundle begins in English", async () => {
    speak("zh-cn", chinese);
    try {
      // As in a bundle of its own, which nobody has told anything yet.
      core.speak(undefined);
      const { startService } = await loadApart();
      const { workspace } = startService({
        environment: {},
        pathOf: (uri) => uri,
        uriOf: (path) => path,
        read: () => undefined,
        exists: () => false,
        names: () => [],
      });
      const messages = workspace
        .open("/p/.env", 'A=1\nA=2\nB="', 1)
        ?.diagnostics.map(({ message }) => message);
      assert.equal(messages?.length, 2);
      for (const message of messages) assert.equal(unlikeChinese(String(message)), undefined);
    } finally {
      speak("en", {});
    }
  });

  it("is loaded in one place only, so that it is told the language wherever it is used", () => {
    const files = globSync("**/*.ts", { cwd: import.meta.dirname }).filter(
      (file) => !file.endsWith(".test.ts") && file !== "load-apart.ts",
    );
    assert.deepEqual(
      files.filter((file) =>
        /import\([^)]*\/apart\.ts/.test(readFileSync(join(import.meta.dirname, file), "utf8")),
      ),
      [],
    );
  });
});
