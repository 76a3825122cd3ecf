/** For tests: a project's paths in a temporary directory, snapshots, drafts. */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ProjectPaths } from "../../client/location.ts";
import type { Rollout, Verdict } from "../../core/protocol/words.ts";
import type { Snapshot } from "../project/snapshot.ts";
import type { RevisionDraft } from "./history.ts";

const sha256 = (content: string | Uint8Array) => createHash("sha256").update(content).digest("hex");

export interface TemporaryPaths extends Pick<ProjectPaths, "database" | "key"> {
  readonly root: string;
  remove(): void;
}

export function temporaryPaths(): TemporaryPaths {
  const root = mkdtempSync(join(tmpdir(), "hotenv-history-"));
  return {
    root,
    database: join(root, "state", "history.db"),
    key: join(root, "config", "key"),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** `.env` with this text, a missing `.env.schema`, and a compose file. */
export function snapshotWith(env: string): Snapshot {
  const bytes = Buffer.from(env);
  const compose = Buffer.from("services: {api: {image: hotenvtest}}\n");
  const files = [
    { path: ".env", role: "env" as const, hash: sha256(bytes), bytes: new Uint8Array(bytes) },
    { path: ".env.schema", role: "schema" as const, hash: null, bytes: null },
    { path: "compose.yaml", role: "compose" as const, hash: sha256(compose), bytes: new Uint8Array(compose) },
  ];
  return { id: sha256(JSON.stringify(files.map(({ path, role, hash }) => [path, role, hash]))), files };
}

export function draftOf(snapshot: Snapshot, more: Partial<RevisionDraft> = {}): RevisionDraft {
  return {
    parent: null,
    author: { name: "Ada", email: "ada@example.org" },
    origin: "editor",
    reason: "because",
    severity: "moderate",
    change: {
      entries: [
        {
          kind: "modified",
          source: ".env",
          role: "env",
          key: "API_URL",
          severity: "moderate",
          sensitive: false,
        },
        { kind: "added", source: "rules.yaml", role: "file", severity: "minor", sensitive: false },
      ],
      severity: "moderate",
    },
    services: ["api"],
    snapshot: snapshot.id,
    model: '{"services":{}}',
    rollout: null,
    ...more,
  };
}

/** A rollout of one service that took so long. */
export function rolloutOf(ms: number, verdict?: Verdict): Rollout {
  const startedAt = Date.UTC(2030, 0, 1);
  return {
    id: `r${ms}`,
    revision: 0,
    startedAt: new Date(startedAt).toISOString(),
    endedAt: new Date(startedAt + ms).toISOString(),
    phases: [
      { steps: [{ service: "api", action: "recreate", cause: "API_URL", state: "healthy", durationMs: ms }] },
    ],
    ...(verdict === undefined ? {} : { verdict }),
  };
}
