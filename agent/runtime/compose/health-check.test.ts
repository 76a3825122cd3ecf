import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { checkCommand } from "./health-check.ts";

describe("A health check that we run ourselves", () => {
  const cases: readonly (readonly [test: readonly string[], shell: readonly string[] | null, run: string])[] =
    [
      [["CMD", "curl", "-f", "x"], null, "curl -f x"],
      [["CMD-SHELL", "curl -f x"], null, "/bin/sh -c curl -f x"],
      [["CMD-SHELL", "curl -f x"], ["/bin/bash", "-ec"], "/bin/bash -ec curl -f x"],
      [["CMD", "curl"], ["/bin/bash", "-ec"], "curl"],
      [["NONE"], null, "nothing"],
      [[], null, "nothing"],
    ];
  for (const [test, shell, run] of cases)
    it(`is ${run} for ${JSON.stringify(test)}${shell === null ? "" : ` in an image with ${shell.join(" ")}`}`, () => {
      const Config = {
        Labels: {},
        Tty: false,
        Healthcheck: { Test: [...test] },
        Shell: shell === null ? null : [...shell],
      };
      assert.equal(checkCommand({ Config })?.join(" ") ?? "nothing", run);
    });
});
