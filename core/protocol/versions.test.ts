import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { isNewer } from "./versions.ts";

describe("versions", () => {
  /** semver.org 2.0.0, 11: its own example, and the plain numbers. */
  const ordered = [
    "0.9.10",
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.beta",
    "1.0.0-beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc.1",
    "1.0.0",
    "1.0.1",
    "1.10.0",
    "2.0.0+build.7",
  ];
  it("are ordered as semver orders them", () => {
    for (const [left, one] of ordered.entries())
      for (const [right, other] of ordered.entries())
        assert.equal(isNewer(one, other), left > right, `${one} > ${other}`);
  });

  it("that are none are never newer", () => {
    assert.equal(isNewer("latest", "1.0.0"), false);
    assert.equal(isNewer("2.0.0", ""), false);
  });
});
