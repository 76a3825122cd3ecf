/** What a plan says where it was told to speak Chinese. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import { chinese, unlikeChinese } from "../../test/support/texts.ts";
import { revisionReport } from "../change/revision-report.ts";
import { lookupIn } from "../interpolate/fill.ts";
import { speak } from "../l10n.ts";
import { describeError, toHotenvError } from "../protocol/errors.ts";
import { actionsText } from "./lens-text.ts";
import { planOfPreview } from "./preview-plan.ts";
import { PreviewService } from "./preview-service.ts";
import { changeReport } from "./report.ts";

const files: Readonly<Record<string, string>> = {
  "/p/compose.yaml": `services:
  db: { image: 'db:\${TAG}' }
  api:
    image: api
    depends_on: { db: { condition: service_started, restart: true } }
  web:
    image: web
    volumes: ['./web.conf:/etc/web.conf:ro']
`,
  "/p/.env": "TAG=1\n",
  "/p/web.conf": "a\n",
};

describe("in Chinese", () => {
  beforeEach(() => speak(chinese));
  afterEach(() => speak(undefined));

  const previewed = () =>
    new PreviewService({ environment: {}, read: lookupIn(files) }).preview(
      "/p",
      new Map([
        ["/p/.env", "TAG=2\nNOTE=x\n"],
        ["/p/web.conf", "b\n"],
      ]),
    );

  it("an edit's effect is told in a line, with its times, and with what stays down", () => {
    const impacts = previewed().phases.flat();
    const expected = () => ({ ms: 1_800, count: 4 });
    assert.equal(
      actionsText(impacts, { expected, isDown: (service) => service === "web" }),
      "重新创建 db（约 1.8 秒） · 重启 api（约 1.8 秒） · web 未运行",
    );
  });

  it("causes are told, and a file's is found by its text as in English", () => {
    const causes = previewed()
      .phases.flat()
      .map(({ service, cause }) => `${service}: ${cause}`);
    assert.deepEqual(causes.sort(), [
      "api: 依赖于将被替换的 db",
      "db: TAG 改变 image",
      "web: web.conf 已更改",
    ]);
  });

  it("the change report is one that a person reads", () => {
    const report = changeReport(planOfPreview(previewed(), { isDown: (service) => service === "web" }), {
      project: "shop",
      confirm: ["minor", "moderate", "critical"],
    });
    for (const line of report
      .split("\n")
      .filter((text) => /[a-z]{3}/.test(text) && !text.includes("compose.yaml")))
      assert.equal(unlikeChinese(line), undefined);
    assert.match(report, /^3 项更改，.+确认后才会应用。$/m);
    assert.match(report, /^- NOTE 不影响任何服务。$/m);
    assert.match(report, /^- web 未运行，并保持不变。$/m);
  });

  it("a revision's report has the words of the house", () => {
    const report = revisionReport("shop", {
      revision: 7,
      parent: 6,
      time: "2026-01-01T00:00:00.000Z",
      author: { name: "Ada" },
      origin: "editor",
      reason: "原因",
      severity: "critical",
      verdict: "rolled-back",
      change: { entries: [], severity: "minor" },
      services: [],
    });
    assert.equal(report, "## shop：修订 7，已回滚\n\n2026-01-01T00:00:00.000Z，Ada，编辑器，严重\n\n原因\n");
  });

  it("a defect of ours is told as one", () => {
    assert.equal(
      describeError(toHotenvError(new Error("no such thing"))),
      "Hotenv 遇到了自身的缺陷：no such thing",
    );
  });
});
