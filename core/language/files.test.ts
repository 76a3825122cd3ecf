import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { fileKind } from "./files.ts";

describe("a file's kind", () => {
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
    ["/shop.env/compose.yaml", "compose"],
    ["/shop/docker-compose.prod.yml", "compose"],
    ["/shop/shop-compose.yaml", "compose"],
    ["/shop/decompose.yaml", undefined],
    ["/shop/.env.yaml", undefined],
    ["C:\\shop\\hotenv.yml", "settings"],
  ] as const)
    it(`of ${path} is ${kind}`, () => {
      assert.equal(fileKind(path), kind);
    });
});
