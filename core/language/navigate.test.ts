import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { applyChanges } from "../dotenv/edits.ts";
import { LineIndex } from "../dotenv/text.ts";
import type { ProjectFile } from "./names.ts";
import { definitions, nameUseAt, references, rename } from "./navigate.ts";

const files: readonly ProjectFile[] = [
  { uri: ".env", kind: "env", text: "TAG=1\nIMAGE=app:${TAG}\nTAGS='$TAG'\n" },
  { uri: ".env.example", kind: "env", text: "# TAG\nTAG=\n" },
  { uri: ".env.schema", kind: "schema", text: "# @required\nTAG=\nOTHER=ref(TAG)\n" },
  {
    uri: "compose.yaml",
    kind: "compose",
    text: [
      "services:",
      "  a:",
      '    image: "x:\\u0031${TAG:-${TAG}}"',
      "    environment: [TAG, IMAGE=x]",
      "  b:",
      "    command: >-",
      "      echo",
      "      $TAG $$TAG",
      "    environment:",
      "      TAG:",
      "      IMAGE: x",
      "    labels: { TAG: TAG }",
      "secrets:",
      "  s: { environment: TAG }",
      "",
    ].join("\n"),
  },
  {
    uri: "hotenv.yaml",
    kind: "settings",
    text: "severity:\n  critical: [TAG, 'TAG*']\nservices:\n  w:\n    command: run ${TAG}\n",
  },
];

/** Each place as the file and its line, counted from 1. */
const places = (found: readonly { uri: string; range: { start: { line: number } } }[]): string[] =>
  found.map(({ uri, range }) => `${uri}:${range.start.line + 1}`);

describe("a name", () => {
  it("is found at the cursor, in every kind of file", () => {
    for (const file of files) {
      const offset = file.uri === ".env.example" ? file.text.indexOf("TAG=") : file.text.indexOf("TAG");
      assert.equal(nameUseAt(file, offset + 1)?.name, "TAG", file.uri);
    }
    const [env] = files;
    assert.ok(env);
    assert.equal(nameUseAt(env, env.text.indexOf("=") + 1), undefined);
    assert.equal(nameUseAt(env, env.text.indexOf("'$TAG") + 3), undefined);
  });

  it("is defined where it is set, else where the schema declares it", () => {
    assert.deepEqual(places(definitions(files, "TAG")), [".env:1", ".env.example:2"]);
    assert.deepEqual(places(definitions(files, "OTHER")), [".env.schema:3"]);
    assert.deepEqual(definitions(files, "NOPE"), []);
  });

  it("is referred to from every file", () => {
    assert.deepEqual(places(references(files, "TAG", false)), [
      ".env:2",
      ".env.schema:3",
      "compose.yaml:3",
      "compose.yaml:3",
      "compose.yaml:4",
      "compose.yaml:8",
      "compose.yaml:10",
      "compose.yaml:14",
      "hotenv.yaml:2",
      "hotenv.yaml:5",
    ]);
    assert.equal(references(files, "TAG", true).length, 13);
  });

  it("is renamed everywhere at once, and nothing else is", () => {
    const renaming = rename(files, "TAG", "VERSION");
    assert.ok(renaming.ok);
    const after = Object.fromEntries(
      files.map(({ uri, text }) => {
        const lines = new LineIndex(text);
        const changes = (renaming.edit.changes?.[uri] ?? []).map(({ range, newText }) => ({
          range: { start: lines.offsetAt(range.start), end: lines.offsetAt(range.end) },
          text: newText,
        }));
        return [uri, applyChanges(text, changes)];
      }),
    );
    assert.equal(after[".env"], "VERSION=1\nIMAGE=app:${VERSION}\nTAGS='$TAG'\n");
    assert.equal(after[".env.example"], "# TAG\nVERSION=\n");
    assert.equal(after[".env.schema"], "# @required\nVERSION=\nOTHER=ref(VERSION)\n");
    assert.equal(
      after["compose.yaml"],
      files[3]?.text
        .replace("${TAG:-${TAG}}", "${VERSION:-${VERSION}}")
        .replace("[TAG,", "[VERSION,")
        .replace("      $TAG", "      $VERSION")
        .replace("      TAG:", "      VERSION:")
        .replace("environment: TAG", "environment: VERSION"),
    );
    assert.equal(
      after["hotenv.yaml"],
      "severity:\n  critical: [VERSION, 'TAG*']\nservices:\n  w:\n    command: run ${VERSION}\n",
    );
  });

  it("is not renamed to what exists, or to what is no name", () => {
    assert.deepEqual(rename(files, "TAG", "IMAGE"), { ok: false, reason: "`IMAGE` exists already." });
    assert.equal(rename(files, "TAG", "1X").ok, false);
  });
});
