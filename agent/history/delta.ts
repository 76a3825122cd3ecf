/**
 * A content as what differs from an older one: the lengths of what both begin and end with, and what is
 * new between them, compressed with what stood there before as its dictionary.
 */
import { deflateRawSync, inflateRawSync } from "node:zlib";

/** Deflate looks back no farther (RFC 1951). */
const dictionaryBytes = 32_768;
const forms = { plain: 0, deflated: 1 } as const;
const headerBytes = 9;

const commonPrefix = (a: Uint8Array, b: Uint8Array): number => {
  const most = Math.min(a.length, b.length);
  let at = 0;
  while (at < most && a[at] === b[at]) at += 1;
  return at;
};

const commonSuffix = (a: Uint8Array, b: Uint8Array, most: number): number => {
  let count = 0;
  while (count < most && a[a.length - 1 - count] === b[b.length - 1 - count]) count += 1;
  return count;
};

/** What stood between the common parts; zlib wants a dictionary that is not empty. */
const dictionaryOf = (base: Buffer, start: number, end: number): Buffer =>
  end > start ? base.subarray(Math.max(start, end - dictionaryBytes), end) : Buffer.of(0);

export function encodeDelta(base: Buffer, content: Buffer): Buffer {
  const start = commonPrefix(base, content);
  const end = commonSuffix(base, content, Math.min(base.length, content.length) - start);
  const middle = content.subarray(start, content.length - end);
  const dictionary = dictionaryOf(base, start, base.length - end);
  const deflated = deflateRawSync(middle, { dictionary, level: 9 });
  const plain = middle.length <= deflated.length;
  const header = Buffer.alloc(headerBytes);
  header.writeUInt8(plain ? forms.plain : forms.deflated, 0);
  header.writeUInt32LE(start, 1);
  header.writeUInt32LE(end, 5);
  return Buffer.concat([header, plain ? middle : deflated]);
}

/** @throws an Error where the delta was not made from this base */
export function applyDelta(base: Buffer, delta: Buffer): Buffer {
  if (delta.length < headerBytes) throw new Error("a difference is cut short");
  const form = delta.readUInt8(0);
  const start = delta.readUInt32LE(1);
  const end = delta.readUInt32LE(5);
  if (start + end > base.length) throw new Error("a difference belongs to another content");
  const body = delta.subarray(headerBytes);
  const middle =
    form === forms.plain
      ? body
      : inflateRawSync(body, { dictionary: dictionaryOf(base, start, base.length - end) });
  return Buffer.concat([base.subarray(0, start), middle, base.subarray(base.length - end)]);
}
