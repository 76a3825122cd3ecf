/** Which hooks a service declares, as Compose prints them. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Json, ServiceModel } from "../../../core/compose/model.ts";
import { hooksOf, refusePreStart } from "./hooks.ts";

const model = (config: Readonly<Record<string, Json>>): ServiceModel => ({
  name: "api",
  runtime: "compose",
  config,
  dependsOn: [],
  files: [],
});

describe("The hooks of a service", () => {
  it("are those of the moment that is asked for, in order", () => {
    const api = model({
      post_start: [
        { command: ["chown", "1000", "/data"], user: "root", privileged: true },
        { command: ["warm"], working_dir: "/srv", environment: { A: "1", NONE: null } },
      ],
      pre_stop: [{ command: ["bye"] }],
    });
    assert.deepEqual(hooksOf(api, "post_start"), [
      { command: ["chown", "1000", "/data"], user: "root", privileged: true },
      { command: ["warm"], workingDir: "/srv", environment: ["A=1", "NONE"] },
    ]);
    assert.deepEqual(hooksOf(api, "pre_stop"), [{ command: ["bye"] }]);
  });

  it("are none where it has none, or is new", () => {
    assert.deepEqual(hooksOf(model({}), "post_start"), []);
    assert.deepEqual(hooksOf(undefined, "pre_stop"), []);
  });

  it("are refused where only Compose can run them, with what to do", () => {
    refusePreStart(model({ pre_start: [] }));
    assert.throws(() => refusePreStart(model({ pre_start: [{ command: ["migrate"] }] })), {
      message: "api has pre_start hooks, which only Compose can run.",
      todo: "Bring this change in with `docker compose up -d api`.",
    });
  });
});
