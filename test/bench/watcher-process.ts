// A watcher in a process of its own, so that its memory can be read: `watcher-process.ts hotenv|chokidar DIR…`.
const [kind, ...directories] = process.argv.slice(2);

/** To the benchmark. `at`: ms since 1970, as performance counts them. */
export type WatcherMessage =
  | { readonly kind: "ready"; readonly ms: number; readonly rssMb: number }
  | { readonly kind: "told"; readonly at: number };

const send = (message: WatcherMessage): void => void process.send?.(message);
const told = (): void => send({ kind: "told", at: performance.timeOrigin + performance.now() });
const bytesInMegabyte = 1e6;

async function start(): Promise<void> {
  if (kind === "hotenv") {
    const { watchSources } = await import("../../agent/watch/watch-sources.ts");
    begin();
    const watcher = watchSources({
      directories,
      isRelevant: () => true,
      quietMs: 0,
      maxMs: 0,
      rescanMs: 3_600_000,
      onSettled: told,
      onError: (message) => {
        throw new Error(message);
      },
    });
    await watcher.ready;
    return;
  }
  const { watch } = await import("chokidar");
  begin();
  const watcher = watch(directories, { ignoreInitial: true });
  watcher.once("change", told);
  await new Promise<void>((resolve) => watcher.once("ready", resolve));
}

let since = 0;
function begin(): void {
  since = performance.now();
}

await start();
const ms = performance.now() - since;
globalThis.gc?.();
send({ kind: "ready", ms, rssMb: process.memoryUsage.rss() / bytesInMegabyte });
