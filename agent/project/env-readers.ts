/** How the services of a snapshot read its env files. */
import { fileReferences } from "../../core/compose/references.ts";
import type { Dialect } from "../../core/dotenv/pieces.ts";
import type { Snapshot, SnapshotFile } from "./snapshot.ts";

/** `both`: one service reads it as Compose reads `.env`, another one raw. */
export type EnvReader = Extract<Dialect, "compose" | "raw"> | "both";

const known = new WeakMap<Snapshot, (path: string) => EnvReader>();

/** By the file's path in the snapshot. */
export function envReadersIn(snapshot: Snapshot): (path: string) => EnvReader {
  const found = known.get(snapshot) ?? readersIn(snapshot);
  known.set(snapshot, found);
  return found;
}

function readersIn({ files }: Snapshot): (path: string) => EnvReader {
  const texts = files.filter(({ role }) => role === "compose").map(textOf);
  // Few projects have such files: the others need not have their YAML read for it.
  if (!texts.some((text) => text.includes("raw"))) return () => "compose";
  const references = texts.map(fileReferences);
  const raw = references.flatMap(({ rawEnvFiles }) => rawEnvFiles);
  const all = references.flatMap(({ envFiles }) => envFiles);
  return (path) => {
    const rawReaders = raw.filter((written) => isMeant(written, path)).length;
    if (rawReaders === 0) return "compose";
    return all.filter((written) => isMeant(written, path)).length > rawReaders ? "both" : "raw";
  };
}

const textOf = ({ bytes }: SnapshotFile): string => (bytes === null ? "" : Buffer.from(bytes).toString());

/** Paths are written relative to one folder or another, and may hold variables: their ends tell. */
export function isMeant(written: string, path: string): boolean {
  const end = written
    .slice(written.lastIndexOf("}") + 1)
    .split("/")
    .filter((step) => step !== "" && step !== "." && step !== "..")
    .join("/");
  return path === end || path.endsWith(`/${end}`);
}
