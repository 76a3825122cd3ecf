import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { readTrees } from "../compose/yaml-tree.ts";
import { lookupIn } from "../interpolate/fill.ts";
import { portProblems } from "./compose-ports.ts";

const told = (a: string, b: string, variables: Readonly<Record<string, string>> = {}): string[] =>
  portProblems(
    readTrees(`services:\n  a: { ports: [${a}] }\n  b: { ports: [${b}] }\n`),
    lookupIn(variables),
  ).map(({ code }) => code);

describe("published ports", () => {
  const clashes: readonly (readonly [string, string])[] = [
    ['"80:1"', '"80:2"'],
    ['"80:1"', '"0.0.0.0:80:2/tcp"'],
    ['"127.0.0.1:80:1"', '"80:2"'],
    ['"8000-8010:1000-1010"', '"8005:1"'],
    ['"[::]:80:1"', "{ target: 1, published: 80 }"],
    ["{ target: 1, published: '80' }", "{ target: 2, published: '80', host_ip: 127.0.0.1 }"],
    ['"${P}:1"', '"$Q:1"'],
  ];
  for (const [a, b] of clashes)
    it(`clash in ${a} and ${b}`, () => assert.deepEqual(told(a, b, { P: "90", Q: "90" }), ["port-clash"]));

  const others: readonly (readonly [string, string])[] = [
    ['"80:1"', '"81:1"'],
    ['"80"', '"80"'],
    ['"80:1/udp"', '"80:1"'],
    ['"127.0.0.1:80:1"', '"127.0.0.2:80:1"'],
    // Compose takes any one of these.
    ['"8000-8010:80"', '"8005:1"'],
    ['"${P}:1"', '"$Q:1"'],
  ];
  for (const [a, b] of others) it(`do not clash in ${a} and ${b}`, () => assert.deepEqual(told(a, b), []));

  it("of services with profiles may be the same", () => {
    const text =
      "services:\n  a: { ports: ['80:1'], profiles: [x] }\n  b: { ports: ['80:1'], profiles: [y] }\n";
    assert.deepEqual(
      portProblems(readTrees(text), () => undefined),
      [],
    );
  });

  it("are no higher than 65535", () => {
    assert.deepEqual(told('"65536:1"', '"65535:1"'), ["port-out-of-range"]);
    assert.deepEqual(told("{ target: 1, published: 70000 }", '"1:1"'), ["port-out-of-range"]);
  });
});
