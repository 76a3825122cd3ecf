/**
 * Tells when the sources of a project may have changed. Directories are watched, not files: a watch on
 * a file dies with the first save by rename. What is told is a hint; who is told compares hashes.
 */
import { basename, dirname, resolve } from "node:path";
import { watch } from "chokidar";
import { pollDirectories } from "./poll.ts";
import { settle } from "./settle.ts";

export interface WatchOptions {
  /** Absolute. Watched without what lies deeper; one that does not exist is waited for. */
  readonly directories: readonly string[];
  /** Asked about files and folders directly inside the directories, by absolute path, again and again. */
  readonly isRelevant: (path: string) => boolean;
  /** Silence after the last event. */
  readonly quietMs: number;
  /** The longest wait after the first event, however many follow. */
  readonly maxMs: number;
  /** A look without any event, at this interval. */
  readonly rescanMs: number;
  readonly onSettled: (cause: "event" | "rescan") => void;
  /** Called once: a sentence that says what is wrong and what happens instead, and what was thrown. */
  readonly onError: (message: string, cause: unknown) => void;
  /** The interval of looking where events cannot be had. */
  readonly pollMs?: number;
}

export interface SourceWatcher {
  /** Resolves when every directory is watched; from then on no change is missed. */
  readonly ready: Promise<void>;
  /** Watches these directories instead. */
  update(directories: readonly string[]): void;
  close(): Promise<void>;
}

const neverWatched = new Set(["node_modules", ".git"]);

function explain(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  const instead = "Hotenv looks at the files every now and then instead.";
  if (code === "ENOSPC")
    return `The system's limit of watched files is reached. ${instead} Raise fs.inotify.max_user_watches with sysctl.`;
  if (code === "EMFILE" || code === "ENFILE")
    return `Too many files are open. ${instead} Raise the limit (ulimit -n, or fs.inotify.max_user_instances).`;
  return `Changes cannot be watched: ${error instanceof Error ? error.message : String(error)}. ${instead}`;
}

export function watchSources(options: WatchOptions): SourceWatcher {
  const { isRelevant, onSettled, onError, pollMs = 1_000 } = options;
  const directories = new Set(options.directories.map((directory) => resolve(directory)));
  const settler = settle(options.quietMs, options.maxMs, () => onSettled("event"));
  const rescan = setInterval(() => onSettled("rescan"), options.rescanMs).unref();
  let stopPolling: (() => void) | undefined;

  const counts = (path: string) =>
    directories.has(dirname(path)) && !neverWatched.has(basename(path)) && isRelevant(path);
  const matters = (path: string) => directories.has(path) || counts(path);
  const watcher = watch([...directories], {
    ignoreInitial: true,
    // One watch a directory on every system: a recursive one would bring all of node_modules.
    backend: "native",
    // Hotenv settles by itself; waiting for the other half of a rename would only cost time.
    atomic: false,
    // Instead of `depth: 0`, with which chokidar 6 reports no file of a directory that was made anew.
    ignored: (path) => !matters(resolve(path)),
  });
  const ready = new Promise<void>((done) => watcher.once("ready", done));
  watcher.on("all", (_event, path) => {
    if (matters(resolve(path))) settler.touch();
  });
  watcher.on("error", (error) => {
    if (stopPolling) return;
    stopPolling = pollDirectories(directories, counts, pollMs, () => settler.touch());
    onError(explain(error), error);
    // What happened until now may have been missed.
    settler.touch();
  });

  return {
    ready,
    update(next) {
      // A rollout that is finished while the agent ends may find other sources.
      if (watcher.closed) return;
      const wanted = new Set(next.map((directory) => resolve(directory)));
      const gone = [...directories].filter((directory) => !wanted.has(directory));
      const added = [...wanted].filter((directory) => !directories.has(directory));
      for (const directory of gone) directories.delete(directory);
      for (const directory of added) directories.add(directory);
      if (gone.length > 0) watcher.unwatch(gone);
      if (added.length > 0) watcher.add(added);
    },
    async close() {
      clearInterval(rescan);
      settler.close();
      stopPolling?.();
      await watcher.close();
    },
  };
}
