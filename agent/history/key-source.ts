/**
 * Where the keys come from: the user's key file, or an editor that keeps them in its own safe and hands them
 * over when it starts the agent. Beside a database whose key is in that safe lies a note that says so: without it
 * whoever has only the file would take the history for one of a lost key.
 */
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { HotenvError } from "../../core/protocol/errors.ts";
import { addKey, type Keys, readOrCreateKeys } from "./key-file.ts";
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
  /** Said where none of the keys opens the database. */
  readonly elsewhere: HotenvError | undefined;
  /** Notes where the first of the keys is, `before` or `after` the database is sealed with it. */
  note(moment: "before" | "after"): void;
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
      throw new HotenvError("usage", "The key of this history is kept by the editor.", {
        todo: 'Change it there, with the command "Hotenv: Change the Key of the History".',
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
