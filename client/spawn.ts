/**
 * Starts a project's agent as a process of its own, which outlives whoever started it. The agent says in
 * one line on its standard output how the start went; from then on nothing ties the two together.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, open, readFile } from "node:fs/promises";
import type { Readable } from "node:stream";
import * as z from "zod/mini";
import { t } from "../core/l10n.ts";
import { errorDataSchema, HotenvError, toHotenvError } from "../core/protocol/errors.ts";
import { projectPaths } from "./location.ts";

/** What a spawned agent prints, once, as one line. */
export const spawnReportSchema = z.union([
  z.object({ ready: z.literal(true) }),
  z.object({ error: z.extend(errorDataSchema, { message: z.string() }) }),
]);
export type SpawnReport = z.infer<typeof spawnReportSchema>;

/**
 * Keys of the history that the editor keeps, on the agent's standard input and nowhere else: arguments and
 * environment can be read by others. 32 bytes each, base64.
 */
export const handedKeysSchema = z.object({
  /** To write with; null: the key file's. */
  present: z.nullable(z.string().check(z.regex(/^[A-Za-z0-9+/]{43}=$/))),
  /** Which may still be needed to read. */
  former: z.array(z.string().check(z.regex(/^[A-Za-z0-9+/]{43}=$/))),
});
export type HandedKeys = z.infer<typeof handedKeysSchema>;

export interface SpawnOptions {
  /** The agent's bundled script. */
  readonly entry: string;
  /** A Node, or an Electron that becomes one. */
  readonly execPath: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The project's directory. */
  readonly directory: string;
  /** Stands in for the user's state directory. */
  readonly stateDir?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Absent: the key file's alone. */
  readonly keys?: HandedKeys | undefined;
  /** How long the agent may take until it says that it is ready. */
  readonly startMs?: number | undefined;
}

const defaultStartMs = 20_000;
const maxReportBytes = 64 * 1024;

/**
 * Resolves when the agent listens.
 * @throws HotenvError what the agent said, or agent-unreachable with the last lines of its log; cancelled
 */
export async function spawnAgent(options: SpawnOptions): Promise<void> {
  const { entry, execPath, directory, stateDir, signal, keys, startMs = defaultStartMs } = options;
  if (signal?.aborted) throw toHotenvError(signal.reason);
  const paths = projectPaths(directory, { stateDir, environment: options.environment });
  await mkdir(paths.stateDirectory, { recursive: true, mode: 0o700 });
  await mkdir(paths.compileCache, { recursive: true, mode: 0o700 });
  // Not a pipe: a pipe without a reader would kill the agent at its first warning.
  const log = await open(paths.log, "a", 0o600);
  const logStart = (await log.stat()).size;
  try {
    const child = spawn(
      execPath,
      [
        entry,
        "--project",
        paths.directory,
        ...(stateDir === undefined ? [] : ["--state-dir", stateDir]),
        "agent",
        "--spawned",
        ...(keys === undefined ? [] : ["--keys-on-stdin"]),
      ],
      {
        cwd: paths.directory,
        detached: true,
        windowsHide: true,
        env: {
          // A tenth of a start is V8's reading of the source; somebody else's own choice goes before.
          NODE_COMPILE_CACHE: paths.compileCache,
          ...options.environment,
          ELECTRON_RUN_AS_NODE: "1",
        },
        stdio: [keys === undefined ? "ignore" : "pipe", "pipe", log.fd],
      },
    );
    const { stdin, stdout } = child;
    // One that ended without reading them says why itself.
    stdin?.on("error", () => undefined).end(JSON.stringify(keys));
    if (stdout === null) throw new Error("stdio asks for a pipe");
    const report = await firstWord(child, stdout, startMs, signal).catch(async (error: unknown) => {
      child.kill();
      throw await withLog(toHotenvError(error), paths.log, logStart);
    });
    stdout.destroy();
    child.unref();
    if ("error" in report) throw new HotenvError(report.error.code, report.error.message, report.error);
  } finally {
    await log.close();
  }
}

/** What the agent says, or why it will say nothing: it could not start, ended, took too long, was not wanted. */
async function firstWord(
  child: ChildProcess,
  stdout: Readable,
  startMs: number,
  signal: AbortSignal | undefined,
): Promise<SpawnReport> {
  const silence = Promise.withResolvers<never>();
  const fail = (what: string, cause?: unknown): void =>
    silence.reject(new HotenvError("agent-unreachable", what, { cause }));
  const timer = setTimeout(() => fail(t("The agent was not ready within {0} s.", startMs / 1000)), startMs);
  const onAbort = (): void => silence.reject(toHotenvError(signal?.reason));
  signal?.addEventListener("abort", onAbort, { once: true });
  child.once("error", (error) => fail(t("The agent could not be started: {0}.", error.message), error));
  // `close`, not `exit`: what it printed last has been read by then.
  child.once("close", (code, how) =>
    fail(t("The agent ended as it started ({0}).", how ?? t("exit code {0}", code ?? 0))),
  );
  try {
    return await Promise.race([readReport(stdout), silence.promise]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

/** The first line of the stream. Never settles where the stream ends without one: the child's end says more. */
function readReport(stdout: Readable): Promise<SpawnReport> {
  return new Promise((resolve, reject) => {
    let text = "";
    stdout.setEncoding("utf8");
    stdout.on("data", (chunk: string) => {
      text += chunk;
      const end = text.indexOf("\n");
      if (end === -1 && text.length <= maxReportBytes) return;
      const report = spawnReportSchema.safeParse(parseJson(text.slice(0, end === -1 ? undefined : end)));
      if (report.success) resolve(report.data);
      else
        reject(
          new HotenvError("agent-unreachable", t("The agent said something else than that it is ready."), {
            cause: report.error,
          }),
        );
    });
  });
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const shownLogLines = 20;

/** The error, with what the agent wrote into its log since it was started. */
async function withLog(error: HotenvError, log: string, from: number): Promise<HotenvError> {
  if (error.code === "cancelled") return error;
  const written = (await readFile(log)).subarray(from).toString("utf8").trim();
  const lines = written === "" ? [] : written.split("\n").slice(-shownLogLines);
  return new HotenvError(error.code, [error.message, ...lines].join("\n"), {
    cause: error.cause,
    location: error.location,
    todo: error.todo ?? t("Its log is {0}.", log),
  });
}
