/**
 * Where the keys come from: the user's key file, or an editor that keeps them in its own safe and hands them
 * over when it starts the agent. Beside a database whose key is in that safe lies a note that says so: without it
 * whoever has only the file would take the history for one of a lost key.
 */
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { HotenvError } from "../../core/protocol/errors.ts";
import { Database } from "./database.ts";
import { addKey, forgetFormerKeys, type Keys, readOrCreateKeys } from "./key-file.ts";
import { openingKey } from "./open-database.ts";
import { privateFile, unwritable } from "./private-files.ts";

export interface HandedKeys {
  /** The key to write with; undefined: the file's. */
  readonly present: Buffer | undefined;
  /** Keys that may still be needed to read. */
  readonly former: readonly Buffer[];
}

export interface KeySource {
  keys(): Keys;
  /** @returns the keys, with a new one in front. @throws usage where the editor keeps the key */
  add(): Keys;
  /** @returns how many former keys are gone. @throws usage where a history beside this one still needs one */
  forget(): number;
  /** Said where none of the keys opens the database. */
  readonly elsewhere: HotenvError | undefined;
  /** Notes where the first of the keys is, `before` or `after` the database is sealed with it. */
  note(moment: "before" | "after"): void;
}

const keptByEditor = (): HotenvError =>
  new HotenvError("usage", "The key of this history is kept by the editor.", {
    todo: 'Change it there, with the command "Hotenv: Change the Key of the History".',
  });

/** Those of all projects that keep their state in the same place. */
function histories(database: string): string[] {
  const root = dirname(dirname(database));
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(root, entry.name, basename(database)))
    .filter((file) => existsSync(file));
}

function needs(file: string, present: Buffer, former: readonly Buffer[]): boolean {
  const database = new Database(file);
  try {
    return openingKey(database, [present, ...former], undefined) > 0;
  } catch (error) {
    // One that none of them opens needs none of them.
    if (error instanceof HotenvError && error.code === "history-damaged") return false;
    throw error;
  } finally {
    database.close();
  }
}

const noteOf = (database: string): string => `${database}.key-in-editor`;

/** @param handed undefined: only the file's keys are known */
export function keySource(
  paths: { readonly database: string; readonly key: string },
  handed: HandedKeys | undefined,
): KeySource {
  const { database } = paths;
  const note = noteOf(database);
  const elsewhere = existsSync(note)
    ? new HotenvError("history-unwritable", `The key of the history in ${database} is kept by the editor.`, {
        location: { file: database },
        todo: 'Let the editor start the agent, or have it use the key file: set "hotenv.history.key" to "file".',
      })
    : undefined;
  return {
    keys() {
      const inFile = readOrCreateKeys(paths.key);
      if (handed === undefined) return inFile;
      const { present, former } = handed;
      if (present !== undefined) return [present, ...former, ...inFile];
      return [inFile[0], ...inFile.slice(1), ...former];
    },
    add() {
      if (handed?.present === undefined) {
        const added = addKey(paths.key);
        return [added[0], ...added.slice(1), ...(handed?.former ?? [])];
      }
      throw keptByEditor();
    },
    forget() {
      if (handed?.present !== undefined) throw keptByEditor();
      const [present, ...former] = readOrCreateKeys(paths.key);
      const needy = histories(paths.database).find((file) => needs(file, present, former));
      if (needy === undefined) return forgetFormerKeys(paths.key);
      throw new HotenvError("usage", `The history in ${needy} was written with a former key.`, {
        location: { file: needy },
        todo: "Start its project's agent once, which seals it with the present key; then try again.",
      });
    },
    elsewhere,
    note(moment) {
      try {
        if (handed?.present === undefined) {
          if (moment === "after") rmSync(note, { force: true });
        } else if (!existsSync(note)) {
          privateFile(note);
          writeFileSync(note, "The editor keeps the key of this history.\n");
        }
      } catch (error) {
        throw unwritable(note, error);
      }
    },
  };
}
