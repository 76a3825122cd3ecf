/**
 * How values lie in the database: compressed, then encrypted with AES-256-GCM, and bound to their
 * place, so that a record that was moved, swapped or altered does not open.
 *
 *     1 byte format | 12 bytes nonce | 16 bytes tag | encrypted (1 byte codec | content)
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  randomBytes,
} from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";

const format = 1;
const nonceBytes = 12;
const tagBytes = 16;
const headerBytes = 1 + nonceBytes + tagBytes;
const codecs = { plain: 0, deflate: 1, words: 2 } as const;
/** Below this, compression costs more bytes than it saves. */
const minDeflatedBytes = 24;
/** Above this, a content has told its own words often enough. */
const maxWordsBytes = 16_384;
/**
 * An event is sealed whenever something happens: zlib's own tables for a long text would take 300 KB each time. What
 * was written with small ones is read with any.
 */
const smallBytes = 2048;
const smallTables = { windowBits: 12, memLevel: 5, chunkSize: smallBytes };

/** What the records of a history are full of, the commonest last. Part of the format: it must never change. */
const words = Buffer.from(
  [
    '"superseded","inconclusive","rejected","failed","rolled-back","rolling-back","exec","http","signal","rebuild","restart",',
    '"removed","added","critical","minor","file","compose","schema","settings","log":["detail":"","hash":null,"content":null',
    '"git":{"head":"","branch":"main"},"reason":"Saved.","reason":"Changed while no agent ran.",',
    '"operation":{"kind":"create"},"operation":{"kind":"rename","shows":"stopping","cleanup":false}',
    '{"id":"","files":[{"path":".env","role":"env","hash":"","content":},{"path":"compose.yaml","role":"compose","hash":"","content":}]}',
    '{"reason":"Saved.","change":{"entries":[{"kind":"modified","source":".env","role":"env","key":"","severity":"moderate",',
    '"sensitive":true,"before":"••••••","after":"••••••"},"sensitive":false,"before":"","after":""}],"severity":"moderate"},"services":[""]}',
    '{"id":"","revision":,"startedAt":"2026-01-01T00:00:00.000Z","endedAt":"2026-01-01T00:00:00.000Z","phases":[{"steps":[{"service":"",',
    '"action":"recreate","cause":" changes environment.","expectedMs":,"state":"healthy","startedAt":"2026-01-01T00:00:00.000Z",',
    '"durationMs":}]}],"verdict":"applied"}',
  ].join(""),
);

export interface Sealer {
  /** @param place where the record belongs; the same must be said to open it */
  seal(content: string | Uint8Array, place: string): Uint8Array;
  /** @throws an Error that says why it does not open */
  open(sealed: Uint8Array, place: string): Buffer;
  /**
   * A name for the content, 64 hexadecimal digits. Keyed: a plain hash would let whoever has the
   * database, but not the key, try short secrets until one fits.
   */
  address(kind: string, content: string | Uint8Array): string;
}

function pack(content: Buffer): Buffer {
  if (content.length >= minDeflatedBytes) {
    const known = content.length <= maxWordsBytes;
    const tables = content.length <= smallBytes ? smallTables : {};
    const deflated = deflateRawSync(content, known ? { dictionary: words, ...tables } : {});
    if (deflated.length < content.length)
      return Buffer.concat([Buffer.of(known ? codecs.words : codecs.deflate), deflated]);
  }
  return Buffer.concat([Buffer.of(codecs.plain), content]);
}

function unpack(packed: Buffer): Buffer {
  const content = packed.subarray(1);
  if (packed[0] === codecs.plain) return content;
  if (packed[0] === codecs.deflate) return inflateRawSync(content);
  if (packed[0] === codecs.words) return inflateRawSync(content, { dictionary: words });
  throw new Error(`its codec ${packed[0]} is not known`);
}

/** @param key 32 bytes; what is used is derived from it, one key a purpose */
export function createSealer(key: Uint8Array): Sealer {
  const derive = (purpose: string) =>
    createSecretKey(Buffer.from(hkdfSync("sha256", key, "", `hotenv history ${purpose} 1`, 32)));
  const sealKey = derive("seal");
  const addressKey = derive("address");
  return {
    seal(content, place) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv("aes-256-gcm", sealKey, nonce);
      cipher.setAAD(Buffer.from(place));
      const body = cipher.update(pack(Buffer.from(content)));
      const end = cipher.final();
      return Buffer.concat([Buffer.of(format), nonce, cipher.getAuthTag(), body, end]);
    },
    open(sealed, place) {
      if (sealed.length < headerBytes) throw new Error("a record is cut short");
      if (sealed[0] !== format) throw new Error(`a record has the unknown format ${sealed[0]}`);
      const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
      const decipher = createDecipheriv("aes-256-gcm", sealKey, bytes.subarray(1, 1 + nonceBytes), {
        authTagLength: tagBytes,
      });
      decipher.setAAD(Buffer.from(place));
      decipher.setAuthTag(bytes.subarray(1 + nonceBytes, headerBytes));
      const body = decipher.update(bytes.subarray(headerBytes));
      try {
        return unpack(Buffer.concat([body, decipher.final()]));
      } catch (cause) {
        throw new Error("a record was altered, or written with another key", { cause });
      }
    },
    address: (kind, content) =>
      createHmac("sha256", addressKey).update(`${kind}\0`).update(content).digest("hex"),
  };
}
