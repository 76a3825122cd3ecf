import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { secretFiles, writtenValues } from "./written-secrets.ts";

const text = `
secrets:
  cert: { file: ./secrets/cert.pem }
  other: { environment: OTHER }
services:
  a:
    environment:
      PLAIN_PASSWORD: hunter2 # really
      QUOTED_TOKEN: "a \\"b\\""
      SINGLE_TOKEN: 'it''s'
      REFERENCE_TOKEN: "\${TOKEN}"
      FALLBACK_TOKEN: "\${OTHER_TOKEN:-changeme}"
  b:
    environment: [LIST_SECRET=in-a-list, "LIST_TOKEN=quoted one"]
    build: { args: { ARG_TOKEN: in-braces, NEXT: 1 } }
`;

describe("Secrets written into a compose file", () => {
  it("are found by name, in blocks, lists and braces, quoted or not", () => {
    const found = new Map(writtenValues(text));
    const expected = {
      PLAIN_PASSWORD: "hunter2",
      QUOTED_TOKEN: 'a "b"',
      SINGLE_TOKEN: "it's",
      OTHER_TOKEN: "changeme",
      LIST_SECRET: "in-a-list",
      LIST_TOKEN: "quoted one",
      ARG_TOKEN: "in-braces",
    };
    for (const [key, value] of Object.entries(expected)) assert.equal(found.get(key), value, key);
    assert.equal(found.has("REFERENCE_TOKEN"), false);
  });

  it("are the files that `secrets:` mounts", () => {
    assert.deepEqual(secretFiles(text), ["./secrets/cert.pem"]);
    assert.deepEqual(secretFiles("services: {}\n"), []);
    assert.deepEqual(secretFiles("secrets:\n  - [broken"), []);
  });
});
