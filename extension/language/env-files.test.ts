import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { envFileKind } from "./env-files.ts";

describe("a .env file's kind", () => {
  for (const [path, kind] of [
    ["/shop/.env", "values"],
    ["/shop/.env.local", "part"],
    ["/shop/.env.production", "part"],
    ["/shop/db.env", "part"],
    ["/shop/.env.schema", "schema"],
    ["/shop/.env.example", "sample"],
    ["/shop/.env.ts", undefined],
    ["/shop/.env.d.ts", undefined],
    ["/shop/environment", undefined],
    ["/shop/.envrc", undefined],
    ["/shop.env/compose.yaml", undefined],
  ] as const)
    it(`of ${path} is ${kind}`, () => {
      assert.equal(envFileKind(path), kind);
    });
});
