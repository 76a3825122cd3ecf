import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { textsOf } from "../test/support/bare-texts.ts";
import { chinese, type Exemption, keptIn, textsIn, translationsIn } from "../test/support/texts.ts";
import { speak, t } from "./l10n.ts";
import { ago } from "./time.ts";

const root = join(import.meta.dirname, "..");
const sorted = (names: Iterable<string>): string[] => [...names].sort();
/** Texts for machines, and names that are the same in every language. */
const exempt: readonly Exemption[] = [
  [".ts", /^Hotenv$/],
  ["create-files.ts", /^# How Hotenv treats/],
  [
    "extension/timeline-page.ts",
    /^(?:<!DOCTYPE|(?:default|script|style|img|font|connect)-src|\s*<(?:link|script))/,
  ],
  ["extension/form/form-page.ts", /^<!DOCTYPE/],
  ["browser/dialog.ts", /^\ndialog\.hotenv \{/],
  ["view/feed.ts", /^height: \{\}px$/],
  ["style/theme.ts", /^\n:root \{/],
];

describe("texts for people", () => {
  const rooms = ["extension", "webview-ui"].map((room) => ({ room, ...textsIn([room], exempt) }));

  it("go through l10n, all of them, in VS Code and on the pages", () => {
    for (const { room, keys, bare } of rooms) {
      assert(keys.length > 100, room);
      assert.deepEqual(bare, []);
    }
  });

  it("are asked for when they are said, not as a module loads", () => {
    assert.deepEqual(
      rooms.flatMap(({ early }) => early),
      [],
    );
  });

  it("are found in templates: between tags, and in the attributes that are read out", () => {
    const bareIn = (source: string): readonly string[] =>
      textsOf("page.ts", source).bare.map(({ text }) => text);
    const cases: readonly (readonly [source: string, ...texts: string[]])[] = [
      ["html`<p>empty</p>`", "empty"],
      ["html`<button title='Close' @click=${() => a > b}>×</button>`", "'Close'"],
      ['html`<p aria-label="Diff of ${n}" class="muted open"></p>`', '"Diff of {}"'],
      ['html`${n} found <b>${t("more")}</b>`', "{} found"],
      ['html`<p>${open ? html`<i>runs now</i>` : "Not yet"}</p>`', "runs now", "Not yet"],
      ['html`<option value="" ?selected=${a}>All</option><!-- not this -->`', "All"],
      ["svg`<title>Applied</title>`", "Applied"],
      ["html`<input placeholder=Search>`", "Search"],
      ["button.textContent = `Revision ${n} runs`", "Revision {} runs"],
      ['say("Cancelling…")', "Cancelling…"],
      ['html`<p title=${t("Close")} role="status" id="of-this">${t("Done")} &nbsp; → ${n}</p>`'],
      ["css`.muted { color: red; }`"],
      ['if (key === "Escape") at.querySelector("a, button")'],
    ];
    for (const [source, ...texts] of cases) assert.deepEqual(bareIn(source), texts, source);
    assert.deepEqual(textsOf("page.ts", "t(`a ${b}`)").bare.length, 1);
  });

  for (const file of globSync("l10n/bundle.l10n.*.json", { cwd: root }))
    it(`are all translated in ${file}, and nothing else is`, () => {
      const texts = translationsIn(file);
      // What is below the extension speaks through the same bundle (core/l10n.test.ts).
      const keys = [...rooms, textsIn(["core", "client"])].flatMap((each) => each.keys);
      assert.deepEqual(sorted(Object.keys(texts)), sorted(new Set(keys)));
      for (const [key, text] of Object.entries(texts)) assert.deepEqual(keptIn(text), keptIn(key), key);
    });

  for (const file of globSync("package.nls.*.json", { cwd: root }))
    it(`of the manifest are all translated in ${file}, and nothing else is`, () => {
      const english = translationsIn("package.nls.json");
      const texts = translationsIn(file);
      assert.deepEqual(sorted(Object.keys(texts)), sorted(Object.keys(english)));
      for (const [key, text] of Object.entries(texts))
        assert.deepEqual(keptIn(text), keptIn(english[key] ?? ""), key);
    });

  it("are spoken in VS Code's language, times included, and in English without a translation", () => {
    const now = Date.parse("2026-01-01T12:00:00.000Z");
    speak("zh-cn", chinese);
    try {
      assert.equal(t("Revision {0} runs.", 7), "正在运行修订 7。");
      assert.equal(ago(now - 120_000, now), "2分钟前");
    } finally {
      speak("en", {});
    }
    assert.equal(t("Revision {0} runs.", 7), "Revision 7 runs.");
    speak("de", undefined);
    assert.equal(ago(now - 120_000, now), "2 minutes ago");
  });

  it("are there in Simplified Chinese", () => {
    assert.equal(globSync("{l10n/bundle.l10n,package.nls}.zh-cn.json", { cwd: root }).length, 2);
  });
});
