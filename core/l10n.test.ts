import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { chinese, type Exemption, keptIn, textsIn } from "../test/support/texts.ts";
import { clausesOf, listOf, speak, t } from "./l10n.ts";

const everything = /^/;

const exempt: readonly Exemption[] = [
  // Of hotenv.yaml the agent speaks, and the JSON schema that editors read.
  ["core/settings/schema.ts", everything],
  ["core/settings/settings.ts", everything],
  ["core/settings/describe.ts", everything],
  // What the command line prints for people and for programs.
  ["core/language/codes.ts", everything],
  ["core/language/report.ts", everything],
  ["core/protocol/cli.ts", everything],
  // The first line of a file that is made.
  ["core/schema/create.ts", /^# What the values/],
  // Defects of ours.
  ["core/language/live/order.ts", everything],
  ["client/json-rpc.ts", everything],
  ["client/frames.ts", everything],
  ["client/spawn.ts", /^stdio asks/],
  // For tests alone.
  ["core/dotenv/oracle-cases.ts", everything],
  ["client/test-agent.ts", everything],
  // Texts for machines.
  ["client/connect.ts", /^Bearer /],
  ["client/http-door.ts", /^hotenv one-time code/],
  ["client/location.ts", /^(?:Local|Library|Application Support)$/],
  ["core/change/revision-report.ts", /^git /],
];

describe("the texts of core and client", () => {
  const { keys, bare, early } = textsIn(["core", "client"], exempt);

  it("go through t, all of them", () => {
    assert(keys.length > 200);
    assert.deepEqual(bare, []);
  });

  it("are asked for when they are said, not as a module loads", () => {
    assert.deepEqual(early, []);
  });

  it("are all there in Chinese, with a place for each value", () => {
    assert.deepEqual(
      [...new Set(keys)].filter((key) => chinese[key] === undefined),
      [],
    );
    for (const key of keys) assert.deepEqual(keptIn(chinese[key] ?? ""), keptIn(key), key);
  });
});

describe("a text", () => {
  it("is English until somebody tells another language, and again when that is taken back", () => {
    assert.equal(t("One of {0}", 2), "One of 2");
    speak({ "One of {0}": "{0} 之一", ", ": "、", "{0}, {1}": "{0}，{1}" });
    try {
      assert.equal(t("One of {0}", 2), "2 之一");
      assert.equal(t("Nobody translated {0}", 1), "Nobody translated 1");
      assert.equal(listOf(["a", "b"]), "a、b");
      assert.equal(clausesOf(["a", "b", "c"]), "a，b，c");
    } finally {
      speak(undefined);
    }
    assert.equal(t("One of {0}", 2), "One of 2");
    assert.equal(listOf(["a", "b"]), "a, b");
    assert.deepEqual([[], ["a"], ["a", "b", "c"]].map(clausesOf), ["", "a", "a, b, c"]);
  });

  for (const [text, args, said] of [
    ["Write `${{0}:-}` or `{` for {0}, {1}", ["A", true], "Write `${A:-}` or `{` for A, true"],
    ["{0} and {1}", ["{1}", "{0}"], "{1} and {0}"],
    ["{0} of {1}", ["one"], "one of {1}"],
    ["{x} { } {}", ["one"], "{x} { } {}"],
    ["$& {0}", ["$&"], "$& $&"],
    ["{0}{0}", [""], ""],
    ["{0}", [], "{0}"],
  ] as const)
    it(`has its places filled once: ${text}`, () => {
      assert.equal(t(text, ...args), said);
    });
});
