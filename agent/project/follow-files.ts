/** Watches the folders of all sources, and of those that would become one. */
import { dirname, resolve } from "node:path";
import { composeFileNames, overrideFileNames } from "../../core/compose/starting-files.ts";
import { defaultSettings, settingsFileNames } from "../../core/settings/settings.ts";
import { type Settler, settle } from "../watch/settle.ts";
import { type SourceWatcher, watchSources } from "../watch/watch-sources.ts";
import { readTexts } from "./reading.ts";
import { sourcePath } from "./sources.ts";
import { runningRevision, type Workshop } from "./workshop.ts";

/** Events may be missed, and what kept the agent from applying may be gone. */
const rescanMs = 10_000;
/** What an editor says to have saved is whole; several files that it saves at once make one change. */
const savedQuietMs = 5;

export interface FileFollower {
  /** Begins to watch. */
  start(): Promise<void>;
  /** The sources are others now. */
  update(): void;
  /** An editor has saved. */
  touch(): void;
  close(): Promise<void>;
}

/** @param onSettled called for every hint that the files may have changed */
export function followFiles(
  { directory, environment, board, events, history }: Workshop,
  onSettled: (cause: "event" | "rescan") => void,
): FileFollower {
  let watcher: SourceWatcher | undefined;
  let settleSaves: Settler | undefined;
  const watchedDirectories = () => {
    const files = board.fields.sources.map(({ path }) => dirname(resolve(directory, path)));
    return [...new Set([directory, ...files])];
  };
  const candidates = new Set<string>([
    ".env",
    ...settingsFileNames,
    ...composeFileNames,
    ...overrideFileNames,
  ]);
  const isRelevant = (path: string): boolean => {
    const named = sourcePath(directory, path);
    if (candidates.has(named)) return true;
    const folder = dirname(named);
    return board.fields.sources.some(
      (source) => source.path === named || (source.role === "file" && dirname(source.path) === folder),
    );
  };

  return {
    async start() {
      // Which files services mount is known only when Compose has been asked; until then, those of the last revision.
      const before = runningRevision(history)?.snapshot.files.filter(({ role }) => role === "file") ?? [];
      const known = before.map(({ path, role }) => ({ path, role }));
      const { settings, sources } = await readTexts(directory, environment, known);
      if (board.fields.sources.length === 0) board.set({ sources });
      const { quietMs, maxMs } = settings.policy;
      // Whoever asked for a longer silence means it for saves from an editor, too.
      const isPatient = quietMs > defaultSettings.policy.quietMs;
      settleSaves = settle(isPatient ? quietMs : Math.min(quietMs, savedQuietMs), maxMs, () =>
        onSettled("event"),
      );
      watcher = watchSources({
        directories: watchedDirectories(),
        isRelevant,
        quietMs,
        maxMs,
        rescanMs,
        onSettled,
        onError: (message) => events.emit("log", { level: "warn", message }),
      });
      await watcher.ready;
    },
    update: () => watcher?.update(watchedDirectories()),
    touch: () => settleSaves?.touch(),
    async close() {
      settleSaves?.close();
      await watcher?.close();
    },
  };
}
