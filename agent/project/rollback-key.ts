/** Puts one key back to what it was in a revision; what was edited around it since stays. */
import { createHash } from "node:crypto";
import { type DotenvDocument, entriesOf, parseDotenv } from "../../core/dotenv/document.ts";
import {
  addEntry,
  applyChanges,
  effectiveEntry,
  removeEntry,
  type TextChange,
} from "../../core/dotenv/edits.ts";
import type { Dialect } from "../../core/dotenv/pieces.ts";
import { writeValue } from "../../core/dotenv/write.ts";
import { impactOfVariables } from "../../core/plan/static-impact.ts";
import { HotenvError } from "../../core/protocol/errors.ts";
import type { Outcome } from "../../core/protocol/messages.ts";
import { analyseDisk } from "./analyse.ts";
import { textOfFile } from "./compared.ts";
import { envReadersIn } from "./env-readers.ts";
import { readTexts } from "./reading.ts";
import { aloneFiles, knownFiles, type RollbackRequest, refuseMasked, writeAndReconcile } from "./rollback.ts";
import type { Snapshot, SnapshotFile } from "./snapshot.ts";
import { revisionContent, type Workshop } from "./workshop.ts";
import type { FileWrite } from "./write-file.ts";

export interface KeyRollbackRequest extends RollbackRequest {
  readonly key: string;
}

/** `KEY` alone has no value: null. A file without the key: undefined. */
function writtenValue(document: DotenvDocument, key: string): string | null | undefined {
  const source = effectiveEntry(document, key);
  if (source === undefined) return undefined;
  const { entry } = source;
  return entry.value && entry.text.slice(entry.value.range.start, entry.value.range.end);
}

function changesFor(
  document: DotenvDocument,
  key: string,
  wanted: string | null | undefined,
): readonly TextChange[] {
  const source = effectiveEntry(document, key);
  if (wanted === undefined)
    return [...entriesOf(document)]
      .filter(({ entry }) => entry.key.name === key)
      .map((one) => removeEntry(document, one));
  if (source === undefined) {
    const added = addEntry(document, key, wanted ?? "");
    return added ? [added] : [];
  }
  const { entry, start } = source;
  const { end: keyEnd } = entry.key.range;
  if (wanted === null)
    return [{ range: { start: start + keyEnd, end: start + (entry.value?.range.end ?? keyEnd) }, text: "" }];
  return entry.value
    ? [
        {
          range: { start: start + entry.value.range.start, end: start + entry.value.range.end },
          text: wanted,
        },
      ]
    : [{ range: { start: start + keyEnd, end: start + keyEnd }, text: `=${wanted}` }];
}

/** How the services read the file now, and how they read it then. */
interface Readers {
  readonly present: Dialect;
  readonly past: Dialect;
}

/**
 * What has to be written so that the key is what it was: the same text where it is read as it was then.
 * @throws HotenvError env-invalid where the present reader cannot be given that value
 */
function wantedValue(before: string, key: string, { present, past }: Readers): string | null | undefined {
  const document = parseDotenv(before, { dialect: past });
  const written = writtenValue(document, key);
  const value = effectiveEntry(document, key)?.entry.value;
  if (present === past || value == null) return written;
  // A reference means something else to another reader.
  const anew = value.template === null ? writeValue(value.cooked, present) : undefined;
  if (anew !== undefined) return anew;
  throw new HotenvError(
    "env-invalid",
    `${key} cannot be written as it was: its file is read otherwise now.`,
    {
      todo: "Edit its line by hand; `hotenv history key` shows what it was.",
    },
  );
}

/**
 * The text with one key as it was written in another text, quotes and references included.
 * @param before null: there was no such file
 * @returns undefined where the key cannot be put there without changing something else
 */
export function withKeyOf(
  text: string,
  before: string | null,
  key: string,
  readers: Readers = { present: "compose", past: "compose" },
): string | undefined {
  const dialect = readers.present;
  const document = parseDotenv(text, { dialect });
  const wanted = wantedValue(before ?? "", key, readers);
  if (writtenValue(document, key) === wanted) return text;
  const result = applyChanges(text, changesFor(document, key, wanted));
  const read = parseDotenv(result, { dialect });
  const others = (of: DotenvDocument) =>
    [...entriesOf(of)].filter(({ entry }) => entry.key.name !== key).map(({ entry }) => entry.text);
  const right =
    writtenValue(read, key) === wanted && JSON.stringify(others(read)) === JSON.stringify(others(document));
  return right ? result : undefined;
}

/** The state before the key's last change: the last good one before it, or, where it did not go well, what runs. */
function targetOf({ history }: Workshop, key: string): number {
  const [newest] = history.keyHistory(key, { limit: 1, imported: false });
  const target =
    newest && (newest.verdict === "applied" ? history.previousGood(newest.revision) : history.lastGood());
  if (target != null) return target;
  throw new HotenvError("revision-unknown", `No revision that is kept changed ${key}.`, {
    todo: `\`hotenv history key ${key}\` shows those that did; a revision can also be named.`,
  });
}

/** @throws HotenvError revision-unknown, env-invalid, file-changed, and whatever reconcile throws */
export async function rollBackKey(
  shop: Workshop,
  { key, revision, dryRun, author }: KeyRollbackRequest,
  signal: AbortSignal,
): Promise<Outcome> {
  const target = revisionContent(shop.history, revision ?? targetOf(shop, key));
  refuseMasked(shop.history, target.revision);
  const texts = await readTexts(shop.directory, shop.environment, knownFiles(shop));
  const alone = aloneFiles(shop);
  const [present, past] = [texts.snapshot, target.snapshot].map(dialectsIn);
  const pairs = texts.snapshot.files.flatMap((file): { write: FileWrite; undo: FileWrite }[] => {
    if (file.role !== "env") return [];
    const before = target.snapshot.files.find(({ path }) => path === file.path);
    const { path } = file;
    const readers = { present: present?.(path) ?? "compose", past: past?.(path) ?? "compose" };
    return writesFor(file, before, key, readers, alone.has(path));
  });
  if (pairs.length === 0 || dryRun) return untouched(shop, key, target.revision, pairs);
  const reason = `Rolled ${key} back to revision ${target.revision}.`;
  const writes = pairs.map(({ write }) => write);
  const undo = pairs.map(({ undo: back }) => back);
  return writeAndReconcile(shop, { writes, undo, author, reason }, signal);
}

/** A file with readers of both kinds is written as Compose reads it by itself. */
function dialectsIn(snapshot: Snapshot): (path: string) => Dialect {
  const readerOf = envReadersIn(snapshot);
  return (path) => (readerOf(path) === "raw" ? "raw" : "compose");
}

function writesFor(
  file: SnapshotFile,
  before: SnapshotFile | undefined,
  key: string,
  readers: Readers,
  inPlace: boolean,
): { write: FileWrite; undo: FileWrite }[] {
  const text = textOfFile(file);
  const result = withKeyOf(text ?? "", before ? textOfFile(before) : null, key, readers);
  if (result === undefined)
    throw new HotenvError(
      "env-invalid",
      `${key} cannot be put back without changing what stands around it.`,
      {
        location: { file: file.path },
        todo: "Edit its line by hand; `hotenv history key` shows what it was.",
      },
    );
  if (result === (text ?? "")) return [];
  const content = Buffer.from(result);
  const hash = createHash("sha256").update(content).digest("hex");
  return [
    {
      write: { path: file.path, expected: file.hash, content, inPlace },
      undo: { path: file.path, expected: hash, content: file.bytes, inPlace },
    },
  ];
}

/** What would change, and which services the files tie to it. */
function untouched(
  { directory, environment, history }: Workshop,
  key: string,
  revision: number,
  pairs: readonly { readonly write: FileWrite }[],
): Outcome {
  const message =
    pairs.length === 0
      ? `${key} is what it was in revision ${revision} already.`
      : `Only ${key} would go back to what it was in revision ${revision}.`;
  const services = pairs.length === 0 ? [] : impactOfVariables(analyseDisk(directory, environment), [key]);
  const steps = services.map(({ service, action }) => {
    const expectedMs = history.medianDuration(service, action)?.ms;
    const step = { service, action, cause: `${key} would go back` };
    return expectedMs === undefined ? step : { ...step, expectedMs };
  });
  const phases = steps.length === 0 ? [] : [{ steps }];
  const plan = { change: { entries: [], severity: "minor" as const }, phases, notes: [] };
  return { verdict: "applied", revision: null, message, plan, rollout: null };
}
