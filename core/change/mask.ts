/** Keeps secrets out of what people and programs see. */

/** Always the same length: a mask must not tell how long the secret is. */
export const mask = "••••••";

/** A shorter value would mask ordinary words; a secret that short hides nothing. */
const minMaskedLength = 4;

/** Values to hide, longest first, so that a secret that contains another is hidden whole. */
export function secretsOf(
  variables: Iterable<readonly [key: string, value: string]>,
  isSensitive: (key: string) => boolean,
): string[] {
  const values = new Set<string>();
  for (const [key, value] of variables)
    if (value.length >= minMaskedLength && isSensitive(key)) values.add(value);
  return [...values].sort((a, b) => b.length - a.length);
}

export function maskText(text: string, secrets: readonly string[]): string {
  return secrets.reduce((masked, secret) => masked.replaceAll(secret, mask), text);
}

/** Passwords in URLs are secrets whatever the key is called. */
export function maskUrlPasswords(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:)[^\s/@]+(@)/gi, `$1${mask}$2`);
}
