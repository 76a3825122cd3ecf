import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { ServiceModel } from "../compose/model.ts";
import { analyseProject } from "../compose/static.ts";
import { lookupIn } from "../interpolate/fill.ts";
import { type ChangedSource, explainChange } from "./evidence.ts";

const analyse = (env: string) =>
  analyseProject({
    directory: "/work/shop",
    shell: () => undefined,
    read: lookupIn({
      ".env": env,
      "api.env": "MODE=${A}\n",
      "compose.yaml":
        "services:\n  api:\n    image: x:$TAG\n    environment: { A: $A, B: $B }\n    env_file: ${FILE:-api}.env\n",
    }),
  });

/** As Compose resolves it. */
const api = (config: ServiceModel["config"]): ServiceModel => ({
  name: "api",
  runtime: "compose",
  config,
  dependsOn: [],
  files: [],
});

const keys = (...names: string[]): ChangedSource[] =>
  names.map((key) => ({ source: ".env", role: "env", key }));
const cause = "given";

describe("why a service changes", () => {
  const projects = [analyse("A=2\nB=2\nTAG=2\n"), analyse("A=1\nB=1\nTAG=1\n")];
  const before = api({ image: "x:1", environment: { A: "1", B: "1", MODE: "1" } });

  it("names the keys, what they change, and the lines", () => {
    const after = api({ image: "x:1", environment: { A: "2", B: "1", MODE: "2" } });
    assert.deepEqual(explainChange(projects, keys("A"), { service: "api", cause, before, after }), {
      cause: "A changes environment.A and environment.MODE",
      evidence: [
        { file: "compose.yaml", line: 4, text: "environment: { A: $A, B: $B }" },
        { file: "api.env", line: 1, text: "MODE=…${A}" },
      ],
    });
  });

  it("leaves out keys that changed and made no difference", () => {
    const after = api({ image: "x:2", environment: { A: "1", B: "1", MODE: "1" } });
    const explained = explainChange(projects, keys("A", "TAG", "NOWHERE"), {
      service: "api",
      cause,
      before,
      after,
    });
    assert.equal(explained.cause, "TAG changes image");
  });

  it("names two and counts the rest", () => {
    const after = api({ image: "x:2", environment: { A: "2", B: "2", MODE: "1" } });
    const explained = explainChange(projects, keys("TAG", "A", "B"), {
      service: "api",
      cause,
      before,
      after,
    });
    assert.equal(explained.cause, "TAG changes image, A changes environment.A, and 1 more");
    assert.equal(explained.evidence.length, 3);
  });

  it("knows that another env_file is another environment", () => {
    const after = api({ image: "x:1", environment: { A: "1", B: "1", MODE: "9" } });
    const explained = explainChange(projects, keys("FILE"), { service: "api", cause, before, after });
    assert.equal(explained.cause, "FILE changes env_file");
  });

  it("asks the files before the change where a reference has gone", () => {
    const bare = analyseProject({ directory: "/work/shop", shell: () => undefined, read: () => undefined });
    const after = api({ image: "x:", environment: { A: "1", B: "1", MODE: "1" } });
    const explained = explainChange([bare, ...projects], keys("TAG"), {
      service: "api",
      cause,
      before,
      after,
    });
    assert.equal(explained.cause, "TAG changes image");
  });

  it("keeps what is known already where no key explains it", () => {
    const after = api({ image: "x:1", environment: { A: "1", B: "1", MODE: "1" }, command: ["new"] });
    const explained = explainChange(projects, keys("A"), { service: "api", cause, before, after });
    assert.deepEqual(explained, { cause, evidence: [] });
    const added = explainChange(projects, keys("A"), { service: "api", cause, before: undefined, after });
    assert.deepEqual(added, { cause, evidence: [] });
  });
});
