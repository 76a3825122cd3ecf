/**
 * Finding a project's agent: the rendezvous file that it writes, and whether that file still speaks of a
 * living process. A stale file is no error: whoever starts the next agent replaces it.
 */
import { open } from "node:fs/promises";
import { t } from "../core/l10n.ts";
import { type Rendezvous, rendezvousSchema } from "../core/protocol/messages.ts";
import type { ProjectPaths } from "./location.ts";

export type Found =
  | { readonly kind: "agent"; readonly rendezvous: Rendezvous }
  | { readonly kind: "none" }
  /** A file that no living agent stands behind; `why` is half a sentence for the log. */
  | { readonly kind: "stale"; readonly why: string };

/** A rendezvous is a few hundred bytes; whatever is much longer is not one. */
const maxBytes = 64 * 1024;

/** @throws what the file system says, but for a file that does not exist */
export async function findAgent(paths: Pick<ProjectPaths, "directory" | "rendezvous">): Promise<Found> {
  const file = await readOwned(paths.rendezvous);
  if (file.kind !== "text") return file;
  const parsed = rendezvousSchema.safeParse(parseJson(file.text));
  if (!parsed.success) return { kind: "stale", why: t("its rendezvous file is damaged") };
  const rendezvous = parsed.data;
  if (rendezvous.directory !== paths.directory)
    return { kind: "stale", why: t("its rendezvous file speaks of {0}", rendezvous.directory) };
  if (!isAlive(rendezvous.pid)) return { kind: "stale", why: t("its process {0} is gone", rendezvous.pid) };
  return { kind: "agent", rendezvous };
}

/** Whether a process with this id exists, whoever owns it. */
export function isAlive(pid: number): boolean {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

async function readOwned(
  path: string,
): Promise<{ kind: "text"; text: string } | Exclude<Found, { kind: "agent" }>> {
  const handle = await open(path, "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw error;
  });
  if (handle === undefined) return { kind: "none" };
  try {
    const { uid, size } = await handle.stat();
    // Somebody else's file could name a socket of theirs, and would be given our files' history.
    if (process.getuid !== undefined && uid !== process.getuid())
      return { kind: "stale", why: t("its rendezvous file belongs to another user") };
    if (size > maxBytes) return { kind: "stale", why: t("its rendezvous file is damaged") };
    return { kind: "text", text: await handle.readFile("utf8") };
  } finally {
    await handle.close();
  }
}

/** undefined for what is not JSON: the schema refuses it like any other wrong value. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
