/**
 * The newest events on disk, so that a client gets what it missed whoever the agent is by then. Two files that
 * take turns, bounded by size and age; each line is one event: its number, and what it says, sealed.
 */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { uptime } from "node:os";
import * as z from "zod/mini";
import type { ProjectPaths } from "../../client/location.ts";
import { type AgentEvent, eventSchema } from "../../core/protocol/messages.ts";
import { readOrCreateKeys } from "../history/key-file.ts";
import { errnoOf } from "../history/private-files.ts";
import { createSealer, type Sealer } from "../history/seal.ts";

/** What an EventLog remembers beyond its memory. Numbers in it have no gaps. */
export interface EventStore {
  /** Names the numbering: a number says something only together with it. */
  readonly stream: string;
  /** The newest event's number; undefined where there is none yet. */
  readonly seq: number | undefined;
  /** On return it outlives this process, though not the machine. */
  append(event: AgentEvent): void;
  /** At most `limit` events after `seq`, oldest first; undefined where the first of them is no longer kept. */
  read(seq: number, limit: number): readonly AgentEvent[] | undefined;
  close(): void;
}

export interface EventFileOptions {
  /** Of each of the two files. Default 1 MiB. */
  readonly maxBytes?: number;
  /** Older events are not given out. Default a week. */
  readonly maxAgeMs?: number;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number;
  /** When the machine was started, in milliseconds since the epoch. */
  readonly bootedAt?: number;
  /** Seals what is kept. Default: the present one of the user's key file. */
  readonly key?: Buffer | undefined;
  /** Told once why nothing is kept any more. */
  readonly onFailure: (why: string) => void;
}

/** Two starts of a machine are further apart than what adjusts its clock. */
const sameBootMs = 30_000;
const weekMs = 7 * 24 * 60 * 60 * 1000;
const format = 1;
const headSchema = z.object({
  format: z.literal(format),
  stream: z.string(),
  /** What was written and not synced is lost with the machine: numbers given out may be missing here. */
  bootedAt: z.number(),
});

interface Segment {
  readonly file: number;
  /** The number of its first event. */
  first: number | undefined;
  /** Where each event's line begins, and at the end where the next one will. */
  readonly offsets: number[];
}

export const eventFiles = (paths: Pick<ProjectPaths, "events">) =>
  ({ current: paths.events, previous: `${paths.events}.1` }) as const;

/** Somebody works on the project whose events nobody keeps: what was kept is no longer all there was. */
export function forgetEvents(paths: Pick<ProjectPaths, "events">): void {
  const { current, previous } = eventFiles(paths);
  // In this order: an older one alone would be taken for the newest.
  for (const path of [previous, current]) rmSync(path, { force: true });
}

/** Only for the holder of the project's claim. @throws history-unwritable, history-damaged (the key file) */
export function openEventFile(
  paths: Pick<ProjectPaths, "events" | "key">,
  options: EventFileOptions,
): EventStore {
  return new EventFile(paths, createSealer(options.key ?? readOrCreateKeys(paths.key)[0]), options);
}

class EventFile implements EventStore {
  readonly stream: string;
  readonly #paths: Pick<ProjectPaths, "events">;
  readonly #sealer: Sealer;
  readonly #options: EventFileOptions;
  readonly #maxBytes: number;
  readonly #bootedAt: number;
  /** Oldest first; at most two, none once something failed. */
  #segments: Segment[] = [];
  #failed = false;

  constructor(paths: Pick<ProjectPaths, "events">, sealer: Sealer, options: EventFileOptions) {
    this.#paths = paths;
    this.#sealer = sealer;
    this.#options = options;
    this.#maxBytes = options.maxBytes ?? 1024 * 1024;
    this.#bootedAt = options.bootedAt ?? Date.now() - uptime() * 1000;
    this.stream = this.#reopen() ?? randomBytes(8).toString("hex");
  }

  get seq(): number | undefined {
    const newest = this.#segments.findLast(({ first }) => first !== undefined);
    return newest?.first === undefined ? undefined : newest.first + newest.offsets.length - 2;
  }

  append(event: AgentEvent): void {
    this.#guarded(() => {
      const sealed = this.#sealer.seal(JSON.stringify(event), this.#place(event.seq));
      const line = Buffer.from(`${event.seq} ${Buffer.from(sealed).toString("base64")}\n`);
      const segment = this.#roomFor(line.length);
      const at = segment.offsets.at(-1) ?? 0;
      // A disk that is nearly full takes a part, and says nothing.
      if (writeSync(segment.file, line, 0, line.length, at) < line.length)
        throw new Error("the disk is full");
      segment.first ??= event.seq;
      segment.offsets.push(at + line.length);
    });
  }

  read(seq: number, limit: number): readonly AgentEvent[] | undefined {
    return this.#guarded(() => {
      const found: AgentEvent[] = [];
      for (const segment of this.#segments) {
        if (segment.first === undefined || found.length === limit) continue;
        const from = seq + 1 + found.length - segment.first;
        if (from < 0) return undefined;
        const count = Math.min(limit - found.length, segment.offsets.length - 1 - from);
        if (count > 0) found.push(...this.#readLines(segment, from, count));
      }
      const oldest = found[0];
      const { maxAgeMs = weekMs, now = Date.now } = this.#options;
      return oldest !== undefined && now() - Date.parse(oldest.timestamp) > maxAgeMs ? undefined : found;
    });
  }

  close(): void {
    for (const { file } of this.#segments) closeSync(file);
    this.#segments = [];
    this.#failed = true;
  }

  #place(seq: number, stream = this.stream): string {
    return `event ${stream} ${seq}`;
  }

  #readLines(
    { file, offsets, first }: Segment,
    from: number,
    count: number,
    stream = this.stream,
  ): AgentEvent[] {
    const begin = offsets[from] ?? 0;
    const bytes = Buffer.alloc((offsets[from + count] ?? begin) - begin);
    readSync(file, bytes, 0, bytes.length, begin);
    const lines = bytes.toString("latin1").trimEnd().split("\n");
    return lines.map((line, index) => {
      const sealed = Buffer.from(line.slice(line.indexOf(" ") + 1), "base64");
      const text = this.#sealer.open(sealed, this.#place((first ?? 0) + from + index, stream)).toString();
      return eventSchema.parse(JSON.parse(text));
    });
  }

  #roomFor(bytes: number): Segment {
    const current = this.#segments.at(-1);
    const { current: path, previous } = eventFiles(this.#paths);
    if (current !== undefined) {
      const used = current.offsets.at(-1) ?? 0;
      if (current.first === undefined || used + bytes <= this.#maxBytes) return current;
      if (this.#segments.length > 1) {
        const oldest = this.#segments.shift();
        if (oldest !== undefined) closeSync(oldest.file);
      }
      // Windows renames no file that is open.
      if (process.platform === "win32") closeSync(current.file);
      renameSync(path, previous);
      if (process.platform === "win32") this.#segments = [{ ...current, file: openSync(previous, "r") }];
    } else rmSync(previous, { force: true });
    const head = Buffer.from(
      `${JSON.stringify({ format, stream: this.stream, bootedAt: this.#bootedAt })}\n`,
    );
    const file = openSync(path, "w+", 0o600);
    writeSync(file, head);
    const segment: Segment = { file, first: undefined, offsets: [head.length] };
    this.#segments.push(segment);
    return segment;
  }

  /** @returns the stream that goes on; undefined where a new one begins */
  #reopen(): string | undefined {
    try {
      const { current, previous } = eventFiles(this.#paths);
      // Killed between the old file's new name and the first line of the new one: as it was before.
      if (!hasHead(current) && hasHead(previous)) renameSync(previous, current);
      const newest = this.#load(current, undefined);
      if (newest === undefined) return undefined;
      const { maxAgeMs = weekMs, now = Date.now } = this.#options;
      if (
        Math.abs(newest.head.bootedAt - this.#bootedAt) > sameBootMs ||
        now() - statSync(current).mtimeMs > maxAgeMs ||
        !this.#opens(newest)
      ) {
        closeSync(newest.segment.file);
        return undefined;
      }
      const before = this.#loadOlder(previous, newest.head.stream);
      const { first } = newest.segment;
      const joins =
        before?.segment.first !== undefined &&
        (first === undefined || first === before.segment.first + before.segment.offsets.length - 1);
      if (before !== undefined && !joins) closeSync(before.segment.file);
      this.#segments = before !== undefined && joins ? [before.segment, newest.segment] : [newest.segment];
      return newest.head.stream;
    } catch (error) {
      // What cannot be read is begun anew: clients then start from a status.
      this.#options.onFailure(`The events of the last run could not be read: ${messageOf(error)}`);
      return undefined;
    }
  }

  /** Written with another key, it opens no more: the key was changed. */
  #opens({ head, segment }: { head: z.infer<typeof headSchema>; segment: Segment }): boolean {
    const count = segment.offsets.length - 1;
    if (segment.first === undefined) return true;
    try {
      this.#readLines(segment, count - 1, 1, head.stream);
      return true;
    } catch {
      // Whatever is wrong with it, it is begun anew, and clients start from a status.
      return false;
    }
  }

  #loadOlder(path: string, stream: string) {
    try {
      return this.#load(path, stream);
    } catch {
      // What the newest file has is still whole: who needs an older event gets a status.
      return undefined;
    }
  }

  #load(path: string, stream: string | undefined) {
    let text: string;
    try {
      text = readFileSync(path, "latin1");
    } catch (error) {
      if (errnoOf(error) === "ENOENT") return undefined;
      throw error;
    }
    const lines = text.split("\n");
    const head = headSchema.safeParse(parseJson(lines[0] ?? ""));
    if (!head.success || (stream !== undefined && head.data.stream !== stream)) return undefined;
    let first: number | undefined;
    let at = (lines[0]?.length ?? 0) + 1;
    const offsets = [at];
    // The last piece has no end: it is empty, or was being written when the process was killed.
    for (const line of lines.slice(1, -1)) {
      const seq = Number.parseInt(line, 10);
      // Not to be gone on from the last good line: the numbers after it have been given out.
      if (seq !== (first ?? seq) + offsets.length - 1) throw new Error(`${path} was altered`);
      first ??= seq;
      at += line.length + 1;
      offsets.push(at);
    }
    const file = openSync(path, "r+");
    ftruncateSync(file, at);
    const segment: Segment = { file, first, offsets };
    return { head: head.data, segment };
  }

  /** A disk without room must not end the agent: it goes on without this memory. */
  #guarded<T>(work: () => T): T | undefined {
    if (this.#failed) return undefined;
    try {
      return work();
    } catch (error) {
      this.close();
      try {
        forgetEvents(this.#paths);
      } finally {
        this.#options.onFailure(`Events are no longer kept: ${messageOf(error)}`);
      }
      return undefined;
    }
  }
}

/** Whether the file's first line was written to its end. */
function hasHead(path: string): boolean {
  try {
    return readFileSync(path).includes("\n");
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return false;
    throw error;
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
