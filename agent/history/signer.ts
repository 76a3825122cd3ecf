/** The key pair that signs what leaves the machine: always the same for the same user's key. */
import { createPrivateKey, createPublicKey, hkdfSync } from "node:crypto";
import type { Signer } from "./archive.ts";

/** DER of an Ed25519 private key before its 32 bytes (RFC 8410). */
const privatePrefix = Buffer.from("302e020100300506032b657004220420", "hex");
const publicKeyBytes = 32;

export function createSigner(userKey: Uint8Array): Signer {
  const seed = Buffer.from(hkdfSync("sha256", userKey, "", "hotenv archive sign 1", 32));
  const key = createPrivateKey({ key: Buffer.concat([privatePrefix, seed]), format: "der", type: "pkcs8" });
  const spki = createPublicKey(key).export({ format: "der", type: "spki" });
  return { key, publicKey: new Uint8Array(spki.subarray(-publicKeyBytes)) };
}
