/** What the language service says where it was told to speak Chinese: docs/diagnostics.md's examples hold its problems. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import { contextOf, marked } from "../../test/support/marked.ts";
import { chinese, unlikeChinese } from "../../test/support/texts.ts";
import { parseDotenv } from "../dotenv/document.ts";
import { speak } from "../l10n.ts";
import { codeActions } from "./actions.ts";
import { complete } from "./completion.ts";
import { diagnose } from "./diagnose.ts";
import { hover } from "./hover.ts";
import { rename } from "./navigate.ts";
import { documentSymbols } from "./outline.ts";
import { startService } from "./service.ts";

const files: Readonly<Record<string, string>> = {
  "/p/compose.yaml":
    "services:\n  api:\n    image: api:$TAG\n    environment:\n      - MODE=${MODE:-dev}\n      - OTHER=$OTHER\n",
  "/p/.env": "TAG=1\n",
};

function serviceOfProject() {
  const service = startService({
    environment: { TAG: "2" },
    pathOf: (uri) => uri,
    uriOf: (path) => path,
    read: (path) => files[path],
    exists: (path) => path in files,
    names: () => [".env", "compose.yaml"],
  });
  service.workspace.open("/p/compose.yaml", files["/p/compose.yaml"] ?? "", 1);
  return service.services;
}

describe("in Chinese", () => {
  beforeEach(() => speak(chinese));
  afterEach(() => speak(undefined));

  it("every problem of a broken file is told", () => {
    const broken = 'A="open\nB C=1\nD/E=2\n=3\nF=${G\nH=$H\nI=a # b\nI=\tx\t#y\nJ';
    const messages = diagnose(parseDotenv(broken), contextOf()).map(({ message }) => String(message));
    assert(messages.length > 5);
    assert.deepEqual(
      messages.flatMap((message) => unlikeChinese(message) ?? []),
      [],
    );
  });

  it("a hover tells value, origin and schema", () => {
    const schema = '# @required @type=enum(dev, prod) @deprecated="use STAGE" @example=dev\nMODE=dev';
    const { document, position } = marked('A=1\nMO‸DE="$A${NOPE}"\nMODE=$A\n');
    assert.deepEqual(
      hover(document, position, { ...contextOf({ schema }), uses: () => ["api", "web"] })?.contents,
      {
        kind: "markdown",
        value: [
          "**MODE** 的值是 `1`",
          "`A` 来自第 1 行。",
          "在此文件中设置了 2 次：以第 3 行为准。",
          "枚举：`dev`、`prod`，必填，默认值 `dev`",
          "已弃用：use STAGE",
          "示例：`dev`",
          "使用它的服务：`api`、`web`。",
        ].join("\n\n"),
      },
    );
  });

  it("completions tell where a name comes from", () => {
    const { document, position } = marked("A=1\nB=$‸\n");
    assert.deepEqual(
      complete(document, position, contextOf({ shell: { HOME: "/root" } })).map(({ detail }) => detail),
      ["1，此文件", "/root，环境"],
    );
  });

  it("fixes have titles, which say when they change a value", () => {
    const titles = (text: string): string[] => {
      const { document } = marked(text);
      const whole = { start: { line: 0, character: 0 }, end: document.lines.positionAt(text.length) };
      return codeActions(document, whole, contextOf({ schema: "# @required\nX=\n# @required\nY=" })).map(
        ({ title }) => title,
      );
    };
    assert.deepEqual(titles("X=1\nY=pa$word\n"), [
      "用单引号括起此值（会改变值）",
      "用 `$$` 转义（会改变值）",
      "标明有意为空",
    ]);
    assert.deepEqual(titles("A=1\n"), [
      "添加 `X`（会改变值）",
      "添加 `Y`（会改变值）",
      "从架构添加缺少的 2 个键",
    ]);
  });

  it("an outline and a refused rename are told", () => {
    assert.equal(documentSymbols(parseDotenv("A=1\nA=2\n"))[0]?.detail, "在下文再次设置");
    const refused = rename([{ uri: "/p/.env", kind: "env", text: "A=1\nB=2\n" }], "A", "B");
    assert.deepEqual(refused, { ok: false, reason: "`B` 已存在。" });
  });

  it("a Compose file has its hovers and fixes", () => {
    const services = serviceOfProject();
    const shown = (line: number, character: number): unknown =>
      services.hover("/p/compose.yaml", { line, character })?.contents;
    assert.deepEqual(shown(2, 16), {
      kind: "markdown",
      value: "**TAG** 的值是 `2`\n\n来自环境，优先于 `.env` 第 1 行。\n\n使用它的服务：`api`。",
    });
    assert.deepEqual(shown(4, 17), {
      kind: "markdown",
      value: "**MODE** 未设置。\n\n使用其默认值：`dev`\n\n使用它的服务：`api`。",
    });
    const line = { start: { line: 5, character: 0 }, end: { line: 5, character: 20 } };
    assert.deepEqual(
      services.codeActions("/p/compose.yaml", line, undefined).map(({ title }) => title),
      ["将 `OTHER` 添加到 .env", "标明有意为空"],
    );
  });
});
