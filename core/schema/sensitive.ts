/**
 * Which keys hold a secret, judged by name alone: the fallback where no schema says so. A name is read
 * as words (`dbPassword`, `DB_PASSWORD` and `db.password` are all DB, PASSWORD), so that KEYBOARD is no
 * KEY and PASSENGERS no PASS. In doubt a name is sensitive, unless its last word says that the value
 * only measures, names or switches something: TOKEN_EXPIRY_SECONDS, SECRET_NAME, PASSWORD_MIN_LENGTH.
 */

/** Words that make a name sensitive wherever they stand. */
const secretWords = new Set([
  "PASSWORD",
  "PASSWORDS",
  "PASSWD",
  "PASSPHRASE",
  "PASSCODE",
  "PASS",
  "PWD",
  "PW",
  "SECRET",
  "SECRETS",
  "TOKEN",
  "TOKENS",
  "CREDENTIAL",
  "CREDENTIALS",
  "CREDS",
  "DSN",
  "APIKEY",
  "APIKEYS",
  "PRIVATEKEY",
  "SECRETKEY",
  "ACCESSKEY",
  "AUTHKEY",
  "AUTHTOKEN",
  "PAT",
  "JWT",
  "SALT",
  "PEPPER",
  "MNEMONIC",
  "HTPASSWD",
  "PFX",
  "KEYFILE",
]);

/** Before KEY or KEYS these make a secret; a bare KEY is one, too (APP_KEY, DEPLOY_KEY), a PUBLIC_KEY is none. */
const harmlessKeys = new Set([
  "PUBLIC",
  "PUB",
  "PUBLISHABLE",
  "PRIMARY",
  "FOREIGN",
  "SORT",
  "PARTITION",
  "CACHE",
  "INDEX",
  "HOT",
  "SITE",
  "REGISTRY",
  "ROUTING",
  "OBJECT",
]);

/** Whole names whose words mislead: the working directories. */
const harmlessNames = new Set(["PWD", "OLDPWD"]);

/** As the last word: the value is about the secret, and is not the secret. */
const measures = new Set([
  "ALG",
  "ALGO",
  "ALGORITHM",
  "AUDIENCE",
  "AGE",
  "BITS",
  "BYTES",
  "CHARS",
  "CLASS",
  "COST",
  "COUNT",
  "DAYS",
  "DISABLED",
  "DURATION",
  "ENABLED",
  "ENDPOINT",
  "EXPIRATION",
  "EXPIRES",
  "EXPIRY",
  "FORMAT",
  "HEADER",
  "HOURS",
  "INTERVAL",
  "ISSUER",
  "LENGTH",
  "LIFETIME",
  "LIMIT",
  "MAX",
  "MIN",
  "MINUTES",
  "MODE",
  "MS",
  "NAME",
  "PATTERN",
  "PERIOD",
  "POLICY",
  "PREFIX",
  "PROVIDER",
  "REGEX",
  "REQUIRED",
  "ROTATION",
  "ROUNDS",
  "SECONDS",
  "SIZE",
  "TIMEOUT",
  "TTL",
  "TYPE",
  "VERSION",
]);

/** The value names a place where the secret lies: the place may be shown (`POSTGRES_PASSWORD_FILE`). */
const places = new Set(["FILE", "PATH", "DIR", "DIRECTORY"]);

function words(key: string): readonly string[] {
  return (
    key
      .replace(/([\p{Ll}\d])(\p{Lu})/gu, "$1_$2")
      .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1_$2")
      .toUpperCase()
      .split(/[^\p{L}\p{N}]+/u)
      // TOKEN2 is a second TOKEN.
      .map((word) => word.replace(/\d+$/, ""))
      .filter((word) => word !== "")
  );
}

function holdsSecret(all: readonly string[]): boolean {
  return all.some((word, index) => {
    if (secretWords.has(word) || /(?:PASSWORD|PASSWD|SECRET|TOKEN|APIKEY)$/.test(word)) return true;
    if (word !== "KEY" && word !== "KEYS") return false;
    const before = all[index - 1];
    // A lone KEY is as often an id as a secret; with a word before it, it opens something.
    return before !== undefined && !harmlessKeys.has(before);
  });
}

/** Whether the value of this key should be masked, as far as its name tells. Any string is welcome. */
export function isSensitiveName(key: string): boolean {
  if (harmlessNames.has(key)) return false;
  const all = words(key);
  const last = all.at(-1);
  if (last === undefined) return false;
  if (all.length > 1 && (measures.has(last) || places.has(last))) return false;
  if (last === "ID" || last === "IDS") return false;
  // MAX_TOKENS, NUM_TOKENS: a count of language-model tokens.
  if (last === "TOKENS" && /^(?:MAX|MIN|NUM|N|TOTAL|INPUT|OUTPUT)$/.test(all.at(-2) ?? "")) return false;
  return holdsSecret(all);
}
