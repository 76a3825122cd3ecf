/** Snapshots as comparisons and people see them: variables read, secrets hidden. */
import type { ComparedSource } from "../../core/change/diff.ts";
import { mask, maskText, maskUrlPasswords, secretsOf } from "../../core/change/mask.ts";
import { secretFiles, writtenValues } from "../../core/compose/written-secrets.ts";
import { entriesOf, parseDotenv, placed } from "../../core/dotenv/document.ts";
import { evaluate } from "../../core/dotenv/evaluate.ts";
import { lookupIn } from "../../core/interpolate/fill.ts";
import { type EnvReader, envReadersIn, isMeant } from "./env-readers.ts";
import type { Snapshot, SnapshotFile } from "./snapshot.ts";
import type { Environment } from "./sources.ts";

export const textOfFile = (file: SnapshotFile): string | null =>
  file.bytes === null ? null : Buffer.from(file.bytes).toString();

/** The variables of an env file as its services read it, on its own. */
function variablesOf(file: SnapshotFile, reader: EnvReader, environment: Environment): Map<string, string> {
  const dialect = reader === "raw" ? "raw" : "compose";
  const { variables } = evaluate(parseDotenv(textOfFile(file) ?? "", { dialect }), lookupIn(environment));
  return new Map([...variables].map(([key, { value }]) => [key, value]));
}

export function compareSources(snapshot: Snapshot, environment: Environment): ComparedSource[] {
  const readerOf = envReadersIn(snapshot);
  return snapshot.files.map((file) => ({
    path: file.path,
    role: file.role,
    hash: file.hash,
    ...(file.role === "env" ? { variables: variablesOf(file, readerOf(file.path), environment) } : {}),
  }));
}

/**
 * What of a snapshot can have an effect: of an env file its assignments, not its comments and blank lines.
 * Two snapshots with the same text here mean the same to every reader.
 */
export function effectOf(snapshot: Snapshot): string {
  const known = effects.get(snapshot) ?? workOutEffect(snapshot);
  effects.set(snapshot, known);
  return known;
}

const effects = new WeakMap<Snapshot, string>();

function workOutEffect(snapshot: Snapshot): string {
  const readerOf = envReadersIn(snapshot);
  return JSON.stringify(
    snapshot.files
      .filter((file) => file.role !== "schema")
      .map((file) => [
        file.path,
        file.role,
        file.role === "env" ? assignmentsOf(file, readerOf(file.path)) : file.hash,
      ]),
  );
}

function assignmentsOf(file: SnapshotFile, reader: EnvReader): unknown {
  const text = textOfFile(file);
  if (text === null) return null;
  // What two readers understand differently may have an effect wherever a byte has changed.
  if (reader === "both") return file.hash;
  const document = parseDotenv(text, { dialect: reader });
  // What Compose refuses must never look like what it accepts.
  if (
    document.pieces.some(
      (piece) => piece.kind === "skipped" || (piece.kind === "entry" && piece.problems.length > 0),
    )
  )
    return file.hash;
  return [...entriesOf(document)].map(({ entry }) => [
    entry.key.name,
    entry.bareAtEnd,
    entry.value === null ? null : [entry.value.cooked, entry.value.template === null],
  ]);
}

export type Hide = (text: string) => string;

/** Hides every secret that any of these snapshots holds, wherever it stands in a text. */
export function hiderOf(
  snapshots: readonly Snapshot[],
  environment: Environment,
  isSensitive: (key: string) => boolean,
): Hide {
  return hiderOfSecrets(snapshots.flatMap((snapshot) => secretsIn(snapshot, environment, isSensitive)));
}

/** @param secrets longest first */
export function hiderOfSecrets(secrets: readonly string[]): Hide {
  const all = [...new Set(secrets)].sort((a, b) => b.length - a.length);
  return (text) => maskUrlPasswords(maskText(text, all));
}

/** Values of sensitive variables, those written into Compose files, and what `secrets:` mounts. */
export function secretsIn(
  snapshot: Snapshot,
  environment: Environment,
  isSensitive: (key: string) => boolean,
): string[] {
  const readerOf = envReadersIn(snapshot);
  const mounted = secretFilesIn(snapshot);
  const variables = snapshot.files.flatMap((file): (readonly [string, string])[] => {
    if (file.role === "env") return [...variablesOf(file, readerOf(file.path), environment)];
    const text = textOfFile(file) ?? "";
    if (file.role === "compose" || file.role === "settings") return writtenValues(text);
    return [];
  });
  const files = snapshot.files.filter(({ path }) => mounted.has(path));
  return [...secretsOf(variables, isSensitive), ...secretsOfFiles(files)];
}

/** The whole of each is one secret, and each of its lines. */
export function secretsOfFiles(files: readonly SnapshotFile[]): string[] {
  const texts = files.map((file): [string, string] => [file.path, (textOfFile(file) ?? "").trim()]);
  return secretsOf(texts, () => true);
}

/** The paths of the files that Compose mounts as secrets: nothing in them is for anybody to see. */
export function secretFilesIn({ files }: Snapshot): ReadonlySet<string> {
  const written = files
    .filter(({ role }) => role === "compose")
    .flatMap((file) => secretFiles(textOfFile(file) ?? ""));
  const isMounted = ({ role, path }: SnapshotFile) =>
    role === "file" && written.some((one) => isMeant(one, path));
  return new Set(files.filter(isMounted).map(({ path }) => path));
}

/**
 * An env file's text with the values of sensitive keys masked in place; everything else stays as it is.
 * @param changed keys whose masked values differ on the two sides of a comparison: a mask alone would hide that
 */
export function maskEnvText(
  text: string,
  isSensitive: (key: string) => boolean,
  hide: Hide,
  changed: ReadonlySet<string>,
): string {
  let result = "";
  let at = 0;
  for (const source of entriesOf(parseDotenv(text))) {
    const { value, key } = source.entry;
    if (value === null || !isSensitive(key.name)) continue;
    const range = placed(source, value.range);
    result += text.slice(at, range.start) + mask + (changed.has(key.name) ? " (changed)" : "");
    at = range.end;
  }
  return hide(result + text.slice(at));
}
