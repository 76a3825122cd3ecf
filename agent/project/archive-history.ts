/** Archives of a project's history: what goes in, what is hidden, and what is believed on the way back. */
import { createHash } from "node:crypto";
import { closeSync, fsyncSync, openSync, rmSync, writeSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { mask } from "../../core/change/mask.ts";
import { HotenvError } from "../../core/protocol/errors.ts";
import type { Result } from "../../core/protocol/messages.ts";
import type { Revision } from "../../core/protocol/words.ts";
import { type ArchivedFile, fingerprintOf, readArchive, writeArchive } from "../history/archive.ts";
import type { History, ImportedRevision } from "../history/history.ts";
import { createPace, type Pace } from "../pace.ts";
import { snapshotOf } from "../watch/read-snapshot.ts";
import {
  type Hide,
  hiderOfSecrets,
  maskEnvText,
  secretFilesIn,
  secretsIn,
  secretsOfFiles,
} from "./compared.ts";
import { sensitivityOf } from "./sensitivity.ts";
import type { Snapshot, SnapshotFile } from "./snapshot.ts";
import type { Environment } from "./sources.ts";

interface Curtain {
  readonly isSensitive: (key: string) => boolean;
  readonly hide: Hide;
  /** Files that Compose mounts as secrets. */
  readonly secretFiles: ReadonlySet<string>;
}

/** Roles of files that say what is a secret, or hold some by name. */
const telling: ReadonlySet<string> = new Set(["env", "schema", "compose", "settings"]);

const pageSize = 200;

/** Numbers of the concluded ones, oldest first. */
async function numbersOf(history: History, pace: Pace): Promise<number[]> {
  const numbers: number[] = [];
  for (let before: number | undefined; ; await pace.step()) {
    const page = history.list({ limit: pageSize, before });
    for (const { revision, verdict } of page) if (verdict !== null) numbers.push(revision);
    before = page.at(-1)?.revision;
    if (page.length < pageSize) return numbers.reverse();
  }
}

const snapshotAt = (history: History, revision: number): Snapshot => {
  const snapshot = history.getSnapshot(history.snapshotOf(revision));
  if (snapshot !== undefined) return snapshot;
  throw new HotenvError("history-damaged", `Revision ${revision} is not complete in the history.`);
};

/** Whatever any state of the project calls a secret is hidden in all of them. */
async function curtainOf(
  history: History,
  numbers: readonly number[],
  environment: Environment,
  pace: Pace,
): Promise<Curtain> {
  const seen = new Map<string, SnapshotFile>();
  const mounted = new Map<string, SnapshotFile>();
  let last: { readonly composed: string; readonly paths: ReadonlySet<string> } | undefined;
  for (const number of numbers) {
    await pace.step();
    const snapshot = snapshotAt(history, number);
    const composed = snapshot.files.map(({ path, role, hash }) => [path, role === "compose" && hash]).join();
    if (last?.composed !== composed) last = { composed, paths: secretFilesIn(snapshot) };
    for (const file of snapshot.files) {
      const name = `${file.path}\0${file.hash}`;
      if (telling.has(file.role)) seen.set(name, file);
      else if (last.paths.has(file.path)) mounted.set(name, file);
    }
  }
  const snapshots = [...seen.values()].map((file): Snapshot => ({ id: "", files: [file] }));
  const isSensitive = sensitivityOf(snapshots);
  const secrets = snapshots.flatMap((snapshot) => secretsIn(snapshot, environment, isSensitive));
  return {
    isSensitive,
    hide: hiderOfSecrets([...secrets, ...secretsOfFiles([...mounted.values()])]),
    secretFiles: new Set([...mounted.values()].map(({ path }) => path)),
  };
}

/** Every text in it, however deep, and every value under a sensitive name. */
function hidden(value: unknown, { isSensitive, hide }: Omit<Curtain, "secretFiles">, name = ""): unknown {
  if (typeof value === "string") return isSensitive(name) ? mask : hide(value);
  if (Array.isArray(value)) return value.map((one) => hidden(one, { isSensitive, hide }));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      // A hash over a secret would let short ones be guessed.
      .filter(([key]) => key !== "configHash")
      .map(([key, one]) => [key, hidden(one, { isSensitive, hide }, key)]),
  );
}

function hiddenRevision(revision: Revision, curtain: Curtain): Revision {
  const entries = revision.change.entries.map((entry) =>
    entry.key === undefined || !curtain.isSensitive(entry.key)
      ? entry
      : {
          ...entry,
          sensitive: true,
          ...(entry.before === undefined ? {} : { before: mask }),
          ...(entry.after === undefined ? {} : { after: mask }),
        },
  );
  // Strings stay strings: the shape does not change.
  return hidden({ ...revision, change: { ...revision.change, entries } }, curtain) as Revision;
}

const isUtf8 = (bytes: Uint8Array): boolean => Buffer.from(Buffer.from(bytes).toString()).equals(bytes);

function archived({ path, role, bytes }: SnapshotFile, curtain: Curtain | undefined): ArchivedFile {
  // As a hash of it would, its length would tell something.
  if (curtain?.secretFiles.has(path)) return { path, role, text: `${mask}\n` };
  if (bytes === null) return { path, role };
  if (!isUtf8(bytes)) {
    // What is no text cannot be masked: it goes whole, or with the secrets not at all.
    const base64 = Buffer.from(bytes).toString("base64");
    return curtain ? { path, role } : { path, role, base64 };
  }
  const text = Buffer.from(bytes).toString();
  if (!curtain) return { path, role, text };
  const { isSensitive, hide } = curtain;
  return { path, role, text: role === "env" ? maskEnvText(text, isSensitive, hide, new Set()) : hide(text) };
}

/**
 * What is there when it begins; whoever prunes meanwhile makes it fail.
 * @throws HotenvError usage where there is such a file, or it cannot be written; history-damaged
 */
export async function exportHistory(
  history: History,
  environment: Environment,
  { file, passphrase }: { readonly file: string; readonly passphrase?: string | undefined },
  signal: AbortSignal,
): Promise<Result<"history/export">> {
  const pace = createPace(signal);
  const numbers = await numbersOf(history, pace);
  const masked = passphrase === undefined;
  const curtain = masked ? await curtainOf(history, numbers, environment, pace) : undefined;
  let target: number;
  try {
    target = openSync(file, "wx", 0o600);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HotenvError("usage", `The archive ${file} cannot be written: ${why}.`, {
      location: { file },
      todo: "Name a new file in a directory that you may write to.",
    });
  }
  try {
    const archive = writeArchive((piece) => void writeSync(target, piece), history.signers()[0], {
      masked,
      passphrase,
      created: new Date(),
    });
    for (const number of numbers) {
      await pace.step();
      const revision = history.show(number);
      const model = history.model(number);
      if (revision === undefined || model === undefined)
        throw new HotenvError("revision-unknown", `Revision ${number} was pruned while it was exported.`, {
          todo: "Try again.",
        });
      archive.add({
        revision: curtain ? hiddenRevision(revision, curtain) : revision,
        files: snapshotAt(history, number).files.map((one) => archived(one, curtain)),
        model: curtain ? JSON.stringify(hidden(JSON.parse(model), curtain)) : model,
      });
    }
    archive.end();
    fsyncSync(target);
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  } finally {
    closeSync(target);
  }
  return { file, revisions: numbers.length, masked, signer: fingerprintOf(history.signers()[0].publicKey) };
}

function unarchived({ path, role, text, base64 }: ArchivedFile): SnapshotFile {
  const bytes = text === undefined ? base64 && Buffer.from(base64, "base64") : Buffer.from(text);
  if (bytes === undefined) return { path, role, hash: null, bytes: null };
  return {
    path,
    role,
    hash: createHash("sha256").update(bytes).digest("hex"),
    bytes: new Uint8Array(Buffer.from(bytes)),
  };
}

export interface ImportRequest {
  readonly file: string;
  readonly passphrase?: string | undefined;
  readonly signer?: string | undefined;
}

/** Revisions that are added in one go: each go is synced to the disk. */
const maxGo = 100;

/** All or nothing. @throws HotenvError file-unreadable, archive-refused */
export async function importHistory(
  history: History,
  { file, passphrase, signer }: ImportRequest,
  signal: AbortSignal,
): Promise<Result<"history/import">> {
  const pace = createPace(signal);
  const bytes = await readFile(file).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HotenvError("file-unreadable", `The archive ${file} cannot be read: ${why}.`, {
      location: { file },
    });
  });
  const trusted = history.signers().map(({ publicKey }) => fingerprintOf(publicKey));
  if (signer !== undefined) trusted.push(signer);
  const archive = readArchive(file, bytes, trusted, passphrase);
  if (history.wasImported(archive.digest))
    throw new HotenvError("archive-refused", `The archive ${file} was imported already.`, {
      location: { file },
      todo: "Its revisions are in `hotenv history list`; those that were pruned are in the archive still.",
    });
  const adding = history.beginImport(archive.masked, archive.digest);
  try {
    let go: ImportedRevision[] = [];
    const flush = (): void => {
      if (go.length > 0) adding.add(go);
      go = [];
    };
    for (const { revision, files, model } of archive.records()) {
      go.push({ revision, model, snapshot: snapshotOf(files.map(unarchived)) });
      if (go.length < maxGo && !pace.isDue) continue;
      flush();
      await pace.step();
    }
    flush();
    return { ...adding.finish(), masked: archive.masked };
  } catch (error) {
    adding.undo();
    throw error;
  }
}
