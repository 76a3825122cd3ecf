/**
 * Which processes this project has, on disk, so that an agent that was killed finds them again. Written
 * as a whole and at once: it is small, and must be there the moment a process is.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import * as z from "zod";
import { healthSchema, timeSchema } from "../../../core/protocol/words.ts";

const entrySchema = z.object({
  service: z.string(),
  /** Unique; the process carries it in its environment. */
  instance: z.string(),
  /** null: about to be started. */
  pid: z.number().int().nullable(),
  /** startedWhen(pid). */
  started: z.string().nullable(),
  /** hashOf its configuration. */
  hash: z.string(),
  /** The rollout that started it. */
  rollout: z.string(),
  since: timeSchema,
  health: healthSchema,
  stopSignal: z.string(),
  stopGraceMs: z.number(),
  /** Where its output begins in the log file, bytes; null: the file was cut since, and all of it is its own. */
  logStart: z.number().nullable(),
  /** How it ended by itself; null while it runs. */
  exit: z.object({ code: z.number().nullable(), signal: z.string().nullable(), time: timeSchema }).nullable(),
});
export type RegistryEntry = z.infer<typeof entrySchema>;
export type Exit = NonNullable<RegistryEntry["exit"]>;

const registrySchema = z.object({ version: z.literal(1), processes: z.array(entrySchema) });

export function writeRegistry(file: string, processes: readonly RegistryEntry[]): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.new`;
  const fd = openSync(temporary, "w", 0o600);
  try {
    writeSync(fd, JSON.stringify({ version: 1, processes }));
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(temporary, file);
}

/** A damaged one is set aside, and `warn` is told. */
export function readRegistry(file: string, warn: (sentence: string) => void): readonly RegistryEntry[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  try {
    return registrySchema.parse(JSON.parse(text)).processes;
  } catch {
    renameSync(file, `${file}.damaged`);
    warn(
      `${file} was damaged and is now ${file}.damaged. Processes that an earlier agent left running are unknown: ` +
        "end them by hand where they hold a port.",
    );
    return [];
  }
}
