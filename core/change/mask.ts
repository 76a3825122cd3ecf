/** Keeps secrets out of what people and programs see. */

/** Always the same length: a mask must not tell how long the secret is. */
export const mask = "••••••";

/** A shorter value would mask ordinary words; a secret that short hides nothing. */
const minMaskedLength = 4;
/** A line of a longer secret, or an encoded piece of one, must be long enough to be no accident. */
const minPieceLength = 8;
/** What is longer is not looked for in its encodings: a whole file, of which each line is. */
const maxEncodedLength = 4096;
/** What settings are switched with: no secret, whatever the key is called. */
const ordinary = /^(?:true|false|null|none|undefined|enabled|disabled)$/i;

/**
 * Values to hide, longest first, so that a secret that contains another is hidden whole: as they are, line by line
 * where they have several, and as they stand in URLs, in quotes and in base64.
 */
export function secretsOf(
  variables: Iterable<readonly [key: string, value: string]>,
  isSensitive: (key: string) => boolean,
): string[] {
  const values = new Set<string>();
  for (const [key, value] of variables) {
    if (value.length < minMaskedLength || ordinary.test(value) || !isSensitive(key)) continue;
    values.add(value);
    if (value.includes("\n"))
      for (const line of value.split("\n")) if (line.trim().length >= minPieceLength) values.add(line.trim());
  }
  const forms = new Set([...values].flatMap((value) => [value, ...encodingsOf(value)]));
  return [...forms].sort((a, b) => b.length - a.length);
}

/** Of a value as it may stand inside of another text that is encoded as a whole. */
function encodingsOf(value: string): string[] {
  if (value.length > maxEncodedLength) return [];
  const whole = value.toWellFormed();
  const bytes = new TextEncoder().encode(whole);
  const base64 = [0, 1, 2].flatMap((lead) => {
    const all = base64Of(new Uint8Array([...new Uint8Array(lead), ...bytes]));
    // Characters that its neighbours have a part in are theirs.
    const own = all.slice(lead === 0 ? 0 : lead + 1, Math.floor((bytes.length + lead) / 3) * 4);
    return [own, own.replaceAll("+", "-").replaceAll("/", "_")].filter(
      ({ length }) => length >= minPieceLength,
    );
  });
  return [encodeURIComponent(whole), JSON.stringify(value).slice(1, -1), ...base64];
}

const base64Of = (bytes: Uint8Array): string =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));

export function maskText(text: string, secrets: readonly string[]): string {
  return secrets.reduce((masked, secret) => masked.replaceAll(secret, mask), text);
}

/** Passwords in URLs are secrets whatever the key is called. */
export function maskUrlPasswords(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:)[^\s/@]+(@)/gi, `$1${mask}$2`);
}
