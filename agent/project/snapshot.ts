/** The content of all sources at one moment, content-addressed. */
import type { Role } from "../../core/protocol/words.ts";

export interface SnapshotFile {
  /** Relative to the project directory, `/` separated; absolute where it lies outside. */
  readonly path: string;
  readonly role: Role;
  /** SHA-256 of the bytes, hexadecimal; null where the file does not exist. */
  readonly hash: string | null;
  readonly bytes: Uint8Array | null;
}

export interface Snapshot {
  /** SHA-256 over all paths, roles and hashes, hexadecimal. */
  readonly id: string;
  /** Sorted by path. */
  readonly files: readonly SnapshotFile[];
}

/** Of the change to this state, as long as it is talked of: while it waits for a yes, in what is told of it. */
export const changeId = ({ id }: Snapshot): string => id.slice(0, 12);
