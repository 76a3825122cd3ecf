import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, it } from "mocha";
import { createSealer } from "./seal.ts";

describe("sealed records", () => {
  const key = randomBytes(32);
  const sealer = createSealer(key);
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.string({ maxLength: 2000 }).map((s) => Buffer.from(s.repeat(3))),
  );

  it("open to what went in, with the same key and at the same place only", () => {
    const other = createSealer(randomBytes(32));
    fc.assert(
      fc.property(content, fc.string(), fc.string(), (bytes, place, elsewhere) => {
        const sealed = sealer.seal(bytes, place);
        assert.ok(createSealer(key).open(sealed, place).equals(bytes));
        assert.throws(() => other.open(sealed, place));
        if (place !== elsewhere) assert.throws(() => sealer.open(sealed, elsewhere));
      }),
    );
  });

  it("do not open when any bit of them was changed, or when they are cut", () => {
    fc.assert(
      fc.property(content, fc.nat(), fc.nat(7), (bytes, at, bit) => {
        const sealed = sealer.seal(bytes, "p");
        assert.throws(() => sealer.open(sealed.subarray(0, at % sealed.length), "p"));
        const index = at % sealed.length;
        sealed[index] = (sealed[index] ?? 0) ^ (1 << bit);
        assert.throws(() => sealer.open(sealed, "p"));
      }),
    );
  });

  it("never look the same twice, and are smaller than what compresses", () => {
    const text = "KEY=value\n".repeat(1000);
    assert.notDeepEqual(sealer.seal(text, "p"), sealer.seal(text, "p"));
    assert.ok(sealer.seal(text, "p").length < text.length / 10);
    assert.ok(sealer.seal(randomBytes(1000), "p").length <= 1000 + 30);
  });

  it("have addresses that depend on content, kind and key, and on nothing else", () => {
    const address = sealer.address("file", "x");
    assert.match(address, /^[0-9a-f]{64}$/);
    assert.equal(createSealer(key).address("file", Buffer.from("x")), address);
    assert.notEqual(sealer.address("model", "x"), address);
    assert.notEqual(sealer.address("file", "y"), address);
    assert.notEqual(createSealer(randomBytes(32)).address("file", "x"), address);
  });
});
