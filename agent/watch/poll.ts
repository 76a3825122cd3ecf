/** What stands in for events where the system gives none: names, sizes and times of the files, compared. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** One line a relevant file; a directory or file that cannot be looked at counts as not there. */
async function look(directories: Iterable<string>, isRelevant: (path: string) => boolean): Promise<string> {
  const lines: string[] = [];
  for (const directory of directories) {
    const names = await readdir(directory).catch(() => []);
    for (const path of names
      .sort()
      .map((name) => join(directory, name))
      .filter(isRelevant)) {
      const stats = await stat(path, { bigint: true }).catch(() => undefined);
      if (stats) lines.push(`${path}\0${stats.ino}\0${stats.size}\0${stats.mtimeNs}\0${stats.ctimeNs}`);
    }
  }
  return lines.join("\n");
}

/**
 * @param directories read anew each time: it may change meanwhile
 * @returns the way to stop
 */
export function pollDirectories(
  directories: Iterable<string>,
  isRelevant: (path: string) => boolean,
  intervalMs: number,
  onChange: () => void,
): () => void {
  let before: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const round = async () => {
    const now = await look(directories, isRelevant);
    if (stopped) return;
    if (before !== undefined && now !== before) onChange();
    before = now;
    timer = setTimeout(() => void round(), intervalMs).unref();
  };
  void round();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
