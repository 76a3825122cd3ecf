/**
 * The tables, as the steps that lead from an empty database to them. A step that has been released is
 * never edited: what changes is a further step.
 *
 * Columns named `sealed` hold what may contain values (seal.ts). Numbers, names of services, verdicts and
 * authors are readable: they are what is searched by.
 */

import type { Store } from "./store.ts";
import { shareContents } from "./version-2.ts";

/** SQL, or what must open and seal records anew. Both run within one transaction. */
export type Migration = string | ((store: Store) => void);

/** `PRAGMA application_id`: says that the file is ours. "HENV". */
export const applicationId = 0x48454e56;

export const migrations: readonly Migration[] = [
  `
  -- One row; opens only with the key that the database was begun with.
  CREATE TABLE keycheck (id INTEGER PRIMARY KEY CHECK (id = 1), sealed BLOB NOT NULL) STRICT;

  -- Contents by keyed address: files of snapshots, resolved models.
  CREATE TABLE blob (address TEXT PRIMARY KEY, sealed BLOB NOT NULL) STRICT;

  -- Which files a snapshot has, and their contents' addresses. The address is made from the snapshot's id.
  CREATE TABLE snapshot (address TEXT PRIMARY KEY, sealed BLOB NOT NULL) STRICT;

  -- state: running, committed (its changes stay; only cleaning up is left), or a verdict.
  CREATE TABLE revision (
    revision INTEGER PRIMARY KEY AUTOINCREMENT,
    parent INTEGER,
    time INTEGER NOT NULL,
    author TEXT NOT NULL,
    email TEXT,
    origin TEXT NOT NULL,
    severity TEXT NOT NULL,
    snapshot TEXT NOT NULL REFERENCES snapshot (address),
    model TEXT NOT NULL REFERENCES blob (address),
    sealed BLOB NOT NULL,
    state TEXT NOT NULL,
    rollout BLOB NOT NULL
  ) STRICT;
  CREATE INDEX revision_state ON revision (state, revision);

  -- Operations of rollouts that run; gone when their revision is concluded.
  CREATE TABLE journal (
    revision INTEGER NOT NULL REFERENCES revision (revision),
    seq INTEGER NOT NULL,
    state TEXT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (revision, seq)
  ) STRICT;

  CREATE TABLE duration (
    service TEXT NOT NULL,
    action TEXT NOT NULL,
    revision INTEGER NOT NULL,
    ms REAL NOT NULL,
    PRIMARY KEY (service, action, revision)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE kept (name TEXT PRIMARY KEY, sealed BLOB NOT NULL) STRICT;

  CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    time INTEGER NOT NULL,
    who TEXT NOT NULL,
    client TEXT NOT NULL,
    what TEXT NOT NULL,
    sealed BLOB NOT NULL
  ) STRICT;
  CREATE TRIGGER audit_stays BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
  CREATE TRIGGER audit_is_fixed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
  `,
  shareContents,
];
