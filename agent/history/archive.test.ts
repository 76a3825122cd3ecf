import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { describe, it } from "mocha";
import { HotenvError } from "../../core/protocol/errors.ts";
import { type ArchivedRevision, fingerprintOf, readArchive, writeArchive } from "./archive.ts";
import { createSigner } from "./signer.ts";

const signer = createSigner(Buffer.alloc(32, 1));
const stranger = createSigner(Buffer.alloc(32, 2));
const own = fingerprintOf(signer.publicKey);
const file = "history.hotenv";

const records = Array.from(
  { length: 5 },
  (_, i): ArchivedRevision => ({
    revision: {
      revision: i + 1,
      parent: i === 0 ? null : i,
      time: "2030-01-01T00:00:00.000Z",
      author: { name: "Ada" },
      origin: "editor",
      reason: "Übermut",
      severity: "minor",
      verdict: "applied",
      change: { entries: [], severity: "minor" },
      services: [],
    },
    files: [
      // Together more than one frame.
      { path: ".env", role: "env", text: `A=${i}\n${"x".repeat(1_400_000)}` },
      { path: "logo", role: "file", base64: "AAEC" },
      { path: "gone", role: "file" },
    ],
    model: `{"n":${i}}`,
  }),
);

function archiveOf(of: readonly ArchivedRevision[], passphrase?: string, by = signer): Buffer {
  const pieces: string[] = [];
  const archive = writeArchive((piece) => pieces.push(piece), by, {
    masked: passphrase === undefined,
    passphrase,
    created: new Date(0),
  });
  for (const record of of) archive.add(record);
  archive.end();
  return Buffer.from(pieces.join(""));
}
const read = (bytes: Buffer, passphrase?: string, trusted = [own]) => [
  ...readArchive(file, bytes, trusted, passphrase).records(),
];
const refusal = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof HotenvError && error.code === "archive-refused", String(error));
    return error.message;
  }
  assert.fail("it was accepted");
};

describe("an archive", () => {
  it("gives back what was put in, in order, plain and encrypted", () => {
    assert.deepEqual(read(archiveOf(records)), records);
    assert.deepEqual(read(archiveOf(records, "correct horse"), "correct horse"), records);
    assert.deepEqual(read(archiveOf([])), []);
    assert.equal(readArchive(file, archiveOf([]), [own], undefined).masked, true);
  });

  it("is refused after any one bit of it was flipped", () => {
    const whole = archiveOf(records.slice(0, 1), "p");
    const header = whole.indexOf("\n");
    const places = [
      ...Array.from({ length: header }, (_, i) => i),
      ...Array.from({ length: 100 }, (_, i) => whole.length - 1 - i),
      ...Array.from({ length: 100 }, () => randomInt(whole.length)),
    ];
    for (const at of places) {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << randomInt(8));
      refusal(() => read(bytes, "p"));
    }
  });

  it("is refused when it was cut, lengthened, or is none", () => {
    const whole = archiveOf(records);
    const lines = whole.toString().split("\n");
    for (const end of [0, 10, whole.indexOf("\n") + 1, whole.length >> 1, whole.length - 1])
      refusal(() => read(whole.subarray(0, end)));
    refusal(() => read(Buffer.concat([whole, Buffer.from("x")])));
    refusal(() => read(Buffer.concat([whole, whole])));
    // A frame taken out, two frames swapped.
    refusal(() => read(Buffer.from(lines.toSpliced(1, 1).join("\n"))));
    refusal(() => read(Buffer.from([lines[0], lines[2], lines[1], ...lines.slice(3)].join("\n"))));
    assert.match(
      refusal(() => read(Buffer.from("A=1\n"))),
      /not an archive of Hotenv/,
    );
  });

  it("is accepted from another user only where their key is named", () => {
    const bytes = archiveOf(records, undefined, stranger);
    const other = fingerprintOf(stranger.publicKey);
    assert.match(
      refusal(() => read(bytes)),
      new RegExp(`another user's key, ${other}`),
    );
    assert.equal(read(bytes, undefined, [other]).length, 5);
    // Whoever alters one and signs it again signs it as somebody else.
    assert.match(
      refusal(() => read(bytes, undefined, [own])),
      /another user's key/,
    );
  });

  it("needs the passphrase that it was encrypted with, and shows nothing without", () => {
    const bytes = archiveOf(records.slice(0, 1), "correct horse");
    assert.match(
      refusal(() => read(bytes)),
      /it is encrypted/,
    );
    assert.match(
      refusal(() => read(bytes, "wrong horse")),
      /passphrase does not open it/,
    );
    assert.throws(() => gunzipSync(Buffer.from(bytes.toString().split("\n")[1] ?? "", "base64")));
  });
});
