import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { readSchema, type SchemaReader, schemaFiles } from "./imports.ts";

const readerOf = (files: Readonly<Record<string, string>>): SchemaReader => ({
  read: (path) => files[path],
  resolve: (from, relative) => new URL(relative, `file://${from}`).pathname,
});

describe("a schema that imports others", () => {
  const files = {
    "/p/api/.env.schema":
      "# @import(../shared/) @import(./.env.db, DB_HOST, DB_PASS)\n# @import(./gone, allowMissing=true)\n# ---\n# @type=number\nPORT=1\n",
    "/p/shared/.env.schema": "# @import(../api/)\n# ---\nPORT=a\n# @sensitive\nKEYWORD=\n",
    "/p/api/.env.db": "# ---\nDB_HOST=\nDB_PASS=\nDB_NAME=\n",
  };

  it("knows their keys, those that are picked, and says its own word last", () => {
    const schema = readSchema("/p/api/.env.schema", readerOf(files));
    assert.ok(schema);
    assert.deepEqual([...schema.entries.keys()].sort(), ["DB_HOST", "DB_PASS", "KEYWORD", "PORT"]);
    assert.equal(schema.entries.get("PORT")?.type.name, "number");
    assert.equal(schema.entries.get("KEYWORD")?.sensitive, true);
    assert.equal(schema.entries.get("DB_HOST")?.importedFrom, "/p/api/.env.db");
    assert.deepEqual(schema.problems, []);
  });

  it("goes on in a circle only once", () => {
    assert.deepEqual(schemaFiles("/p/api/.env.schema", readerOf(files)), [
      "/p/api/.env.schema",
      "/p/shared/.env.schema",
      "/p/api/.env.db",
      "/p/api/gone",
    ]);
  });

  it("says which file is not there, at the import", () => {
    const text = "# @import(./none.env)\n# ---\nA=\n";
    const [problem, ...more] =
      readSchema("/p/.env.schema", readerOf({ "/p/.env.schema": text }))?.problems ?? [];
    assert.deepEqual(more, []);
    assert.equal(text.slice(problem?.range.start, problem?.range.end), "@import(./none.env)");
    assert.match(problem?.message ?? "", /`\.\/none\.env` is imported, and does not exist/);
  });
});
