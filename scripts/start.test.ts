import assert from "node:assert/strict";
import path from "node:path";
import { describe, it } from "mocha";
import { agentArguments } from "./start.ts";

const quickstart = path.join(import.meta.dirname, "../examples/quickstart");

describe("npm start", () => {
  it("runs the quickstart without an argument", () => {
    assert.deepEqual(agentArguments([], "/anywhere"), ["--project", quickstart, "agent"]);
  });
  it("takes a folder from where npm was called, not from where the package is", () => {
    assert.deepEqual(agentArguments(["my/app"], path.resolve("/home/me")), [
      "--project",
      path.resolve("/home/me/my/app"),
      "agent",
    ]);
  });
  it("hands further options to the agent, with a folder and without", () => {
    assert.deepEqual(agentArguments([".", "--http", "8080"], path.resolve("/srv/app")), [
      "--project",
      path.resolve("/srv/app"),
      "agent",
      "--http",
      "8080",
    ]);
    assert.deepEqual(agentArguments(["--http", "8080"], "/x"), [
      "--project",
      quickstart,
      "agent",
      "--http",
      "8080",
    ]);
  });
});
