import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "mocha";
import { describedPaths } from "../core/settings/describe.ts";
import { settingsJsonSchema, settingsSchemaFile } from "./settings-schema.ts";

describe("schemas/hotenv.schema.json", () => {
  it("is what core/settings says (else run: node scripts/settings-schema.ts)", () => {
    assert.equal(readFileSync(settingsSchemaFile, "utf8"), settingsJsonSchema());
  });

  it("explains every setting of the first two levels, and a service's own", () => {
    const schema = JSON.parse(settingsJsonSchema()) as Node;
    const at = (path: string): Node | undefined =>
      path
        .split(".")
        .reduce<Node | undefined>(
          (node, step) => (step === "*" ? node?.additionalProperties : node?.properties?.[step]),
          schema,
        );
    for (const path of describedPaths) assert(at(path)?.description, `${path} is not explained.`);
    const explained = new Set<string>(describedPaths);
    const unexplained: string[] = [];
    for (const parent of ["severity", "policy", "services.*"])
      for (const name of Object.keys(at(parent)?.properties ?? {}))
        if (!explained.has(`${parent}.${name}`)) unexplained.push(`${parent}.${name}`);
    for (const name of Object.keys(schema.properties ?? {})) if (!explained.has(name)) unexplained.push(name);
    assert.deepEqual(unexplained, []);
  });
});

interface Node {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: Node;
}
