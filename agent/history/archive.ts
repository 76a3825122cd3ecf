/**
 * A history as one file that can leave the machine; docs/history.md describes it. Signed as a whole, so that
 * nothing of it is believed before all of it has been found to be what its signer wrote.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPublicKey,
  type KeyObject,
  randomBytes,
  scryptSync,
  sign,
  verify,
} from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import * as z from "zod";
import { HotenvError } from "../../core/protocol/errors.ts";
import { revisionSchema, roleSchema } from "../../core/protocol/words.ts";

const format = "hotenv-history";
const version = 1;
/** Of JSON, before it is compressed. */
const frameBytes = 4 << 20;
const kdf = { n: 1 << 15, r: 8, p: 1 } as const;
const tagBytes = 16;

const headerSchema = z.strictObject({
  format: z.literal(format),
  version: z.literal(version),
  created: z.iso.datetime(),
  /** Secrets were replaced before it was written. */
  masked: z.boolean(),
  /** The signer's Ed25519 key, base64. */
  signer: z.base64(),
  /** Of the passphrase's key (scrypt with N 32768, r 8, p 1), base64; null: not encrypted. */
  salt: z.base64().nullable(),
});

/** The content of a file is text where it is UTF-8, else base64. Null: there was no such file, or it was left out. */
const fileSchema = z.object({
  path: z.string(),
  role: roleSchema,
  text: z.string().exactOptional(),
  base64: z.base64().exactOptional(),
});
export const archivedRevisionSchema = z.object({
  revision: revisionSchema,
  files: z.array(fileSchema),
  model: z.string(),
});
export type ArchivedRevision = z.infer<typeof archivedRevisionSchema>;
export type ArchivedFile = z.infer<typeof fileSchema>;

export interface Signer {
  readonly key: KeyObject;
  /** Raw, 32 bytes. */
  readonly publicKey: Uint8Array;
}

/** What people compare: 32 hexadecimal digits. */
export function fingerprintOf(publicKey: Uint8Array): string {
  return createHash("sha256").update(publicKey).digest("hex").slice(0, 32);
}

/** DER of an Ed25519 public key before its 32 bytes (RFC 8410). */
const publicPrefix = Buffer.from("302a300506032b6570032100", "hex");

const refused = (file: string, why: string, todo?: string): HotenvError =>
  new HotenvError("archive-refused", `The archive ${file} was refused: ${why}.`, {
    location: { file },
    todo: todo ?? "Nothing of it was imported. Ask for it again where it came from.",
  });

function frameKey(passphrase: string, salt: Buffer): Buffer {
  return scryptSync(passphrase.normalize("NFC"), salt, 32, { N: kdf.n, r: kdf.r, p: kdf.p, maxmem: 1 << 27 });
}

/** Each archive has a key of its own, so counting is enough. */
function nonceOf(frame: number): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(frame, 8);
  return nonce;
}

export interface ArchiveWriter {
  add(record: ArchivedRevision): void;
  end(): void;
}

/** @param write gets the file, piece after piece */
export function writeArchive(
  write: (piece: string) => void,
  signer: Signer,
  options: { readonly masked: boolean; readonly passphrase: string | undefined; readonly created: Date },
): ArchiveWriter {
  const digest = createHash("sha512");
  const put = (line: string): void => {
    digest.update(`${line}\n`);
    write(`${line}\n`);
  };
  const salt = options.passphrase === undefined ? null : randomBytes(16);
  const key = salt && frameKey(options.passphrase ?? "", salt);
  const header = JSON.stringify({
    format,
    version,
    created: options.created.toISOString(),
    masked: options.masked,
    signer: Buffer.from(signer.publicKey).toString("base64"),
    salt: salt?.toString("base64") ?? null,
  } satisfies z.infer<typeof headerSchema>);
  put(header);
  let frame = 0;
  let lines: string[] = [];
  let bytes = 0;
  const flush = (): void => {
    if (lines.length === 0) return;
    const packed = gzipSync(lines.join("\n"));
    put((key ? encrypt(packed, key, frame, header) : packed).toString("base64"));
    frame += 1;
    lines = [];
    bytes = 0;
  };
  return {
    add(record) {
      const line = JSON.stringify(record);
      lines.push(line);
      bytes += line.length;
      if (bytes >= frameBytes) flush();
    },
    end() {
      flush();
      write(`signature ${sign(null, digest.digest(), signer.key).toString("base64")}\n`);
    },
  };
}

function encrypt(packed: Buffer, key: Buffer, frame: number, header: string): Buffer {
  const cipher = createCipheriv("aes-256-gcm", key, nonceOf(frame));
  cipher.setAAD(Buffer.from(header));
  return Buffer.concat([cipher.update(packed), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(sealed: Buffer, key: Buffer, frame: number, header: string): Buffer {
  const cipher = createDecipheriv("aes-256-gcm", key, nonceOf(frame), { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(header));
  cipher.setAuthTag(sealed.subarray(-tagBytes));
  return Buffer.concat([cipher.update(sealed.subarray(0, -tagBytes)), cipher.final()]);
}

export interface Archive {
  readonly masked: boolean;
  /** The signer's fingerprint. */
  readonly signer: string;
  /** SHA-512 of all that is signed, hexadecimal: which archive it is. */
  readonly digest: string;
  /** Oldest first. */
  records(): Iterable<ArchivedRevision>;
}

/**
 * @param bytes the whole file
 * @param trusted fingerprints of the keys whose archives are accepted
 * @throws HotenvError archive-refused
 */
export function readArchive(
  file: string,
  bytes: Buffer,
  trusted: readonly string[],
  passphrase: string | undefined,
): Archive {
  const signed = bytes.lastIndexOf("\n", bytes.length - 2) + 1;
  const last = /^signature ([A-Za-z0-9+/]{86}==)\n$/.exec(bytes.subarray(signed).toString("latin1"));
  const headerEnd = bytes.indexOf("\n");
  const headerText = bytes.subarray(0, Math.max(0, headerEnd)).toString();
  if (!headerText.startsWith(`{"format":"${format}"`)) throw refused(file, "it is not an archive of Hotenv");
  const header = headerSchema.safeParse(parsed(headerText));
  if (!header.success) throw refused(file, "its heading is damaged, or of a version that is not known");
  const { masked, salt } = header.data;
  const publicKey = Buffer.from(header.data.signer, "base64");
  if (publicKey.length !== 32) throw refused(file, "its heading names no key");
  const digest = createHash("sha512").update(bytes.subarray(0, signed)).digest();
  const key = createPublicKey({ key: Buffer.concat([publicPrefix, publicKey]), format: "der", type: "spki" });
  const signature = Buffer.from(last?.[1] ?? "", "base64");
  // The last digit of base64 has bits to spare: only one way of writing it is right.
  if (signature.toString("base64") !== last?.[1] || !verify(null, digest, key, signature))
    throw refused(file, "it was altered, or is not complete");
  const signer = fingerprintOf(publicKey);
  if (!trusted.includes(signer))
    throw refused(
      file,
      `it was signed with another user's key, ${signer}`,
      "Where the one who exported it was told the same number, name it with --signer.",
    );
  if (salt !== null && passphrase === undefined)
    throw refused(file, "it is encrypted", "Give the passphrase that it was exported with.");
  const opening = salt === null ? undefined : frameKey(passphrase ?? "", Buffer.from(salt, "base64"));
  return {
    masked,
    signer,
    digest: digest.toString("hex"),
    *records() {
      let frame = 0;
      for (let at = headerEnd + 1; at < signed; frame += 1) {
        const end = bytes.indexOf("\n", at);
        const packed = Buffer.from(bytes.subarray(at, end).toString("latin1"), "base64");
        at = end + 1;
        for (const line of linesOf(file, packed, opening, frame, headerText))
          yield archivedRevisionSchema.parse(JSON.parse(line));
      }
    },
  };
}

function linesOf(
  file: string,
  packed: Buffer,
  key: Buffer | undefined,
  frame: number,
  header: string,
): string[] {
  try {
    return gunzipSync(key ? decrypt(packed, key, frame, header) : packed)
      .toString()
      .split("\n");
  } catch {
    // Its signer wrote it so: what does not fit is the passphrase.
    throw refused(file, "the passphrase does not open it", "Give the passphrase that it was exported with.");
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No JSON is no heading.
    return undefined;
  }
}
