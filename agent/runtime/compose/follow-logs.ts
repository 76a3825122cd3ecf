/** A service's log as it is written: the streams of all its containers, read up to the first pause. */
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import type Docker from "dockerode";
import * as z from "zod";
import type { LogPart } from "../runtime.ts";
import { type Container, inspectContainer } from "./containers.ts";
import { dockerError } from "./docker-error.ts";
import type { EventLoop } from "./events.ts";
import { demultiplex } from "./logs.ts";

/** Container -> Docker's time of the last line that was read. */
const placesSchema = z.record(z.string(), z.string());
type Places = z.infer<typeof placesSchema>;

/** Lines that follow each other closely travel together. */
const gatherMs = 60;

export interface FollowedContainers {
  readonly docker: Docker;
  readonly containers: readonly Container[];
  readonly events: EventLoop;
  readonly service: string;
}

export async function followContainers(
  { docker, containers, events, service }: FollowedContainers,
  after: string | undefined,
  tail: number,
  signal: AbortSignal,
): Promise<LogPart> {
  const known: Places = after === undefined ? {} : placesSchema.parse(JSON.parse(after));
  const enough = new AbortController();
  const either = AbortSignal.any([signal, enough.signal]);
  const gather = () =>
    void delay(gatherMs, undefined, { signal: either, ref: false }).then(
      () => enough.abort(),
      () => undefined,
    );
  // Without a place to go on from there is nothing to wait for: what is there is asked for.
  const isFirst = after === undefined;
  // A container that comes or goes ends the streams, or wants a new one.
  const off = events.on((event) => {
    if (event.service === service || event.service === "") enough.abort();
  });
  try {
    const read = await Promise.all(
      containers.map(({ id }) => readOne(docker, id, known[id], isFirst ? tail : undefined, gather, either)),
    );
    const lines = read.flatMap(({ lines: each }) => each).sort((a, b) => (a.time < b.time ? -1 : 1));
    if (lines.length === 0 && !isFirst && !either.aborted) await untilAborted(either);
    const places = Object.fromEntries(
      containers.flatMap(({ id }, index) => {
        const last = read[index]?.lines.at(-1)?.time ?? known[id];
        return last === undefined ? [] : [[id, last]];
      }),
    );
    return {
      lines: (isFirst ? lines.slice(-tail) : lines).map(({ text }) => text),
      after: JSON.stringify(places),
    };
  } finally {
    off();
    enough.abort();
  }
}

interface Line {
  readonly time: string;
  readonly text: string;
}

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });

/** @param tail only the newest so many, without waiting; undefined: what comes after `place` */
async function readOne(
  docker: Docker,
  id: string,
  place: string | undefined,
  tail: number | undefined,
  onData: () => void,
  signal: AbortSignal,
): Promise<{ readonly lines: readonly Line[] }> {
  const container = await inspectContainer(docker, id);
  if (container === undefined || signal.aborted) return { lines: [] };
  const common = { stdout: true, stderr: true, timestamps: true } as const;
  const chunks: Buffer[] = [];
  try {
    if (tail !== undefined)
      chunks.push(
        await docker.getContainer(id).logs({ ...common, follow: false, tail, abortSignal: signal }),
      );
    else {
      const since = place === undefined ? {} : { since: unixTime(place) };
      // The signal goes along: it may be aborted before there is a stream that could be ended.
      const options = { ...common, follow: true, ...since, abortSignal: signal } as const;
      const stream = (await docker.getContainer(id).logs(options)) as unknown as Readable;
      try {
        for await (const chunk of stream as AsyncIterable<Buffer>) {
          chunks.push(chunk);
          if (linesOf(chunks, container.Config.Tty, place).length > 0) onData();
        }
      } catch (error) {
        if (!signal.aborted) throw error;
      } finally {
        stream.destroy();
      }
    }
  } catch (error) {
    if (signal.aborted) return { lines: [] };
    throw dockerError("Docker did not give the log", error);
  }
  return { lines: linesOf(chunks, container.Config.Tty, place) };
}

function linesOf(chunks: readonly Buffer[], isTerminal: boolean, place: string | undefined): Line[] {
  const raw = Buffer.concat(chunks);
  return (isTerminal ? raw.toString() : demultiplex(raw)).split("\n").flatMap((line): Line[] => {
    const [time] = line.split(" ", 1);
    // `since` gives the very line again that was read last.
    if (!time || !/^\d{4}-/.test(time) || (place !== undefined && time <= place)) return [];
    return [{ time, text: line.slice(time.length + 1).replace(/\r$/, "") }];
  });
}

/** Docker's `since`: seconds since 1970 with nine digits behind the point. */
function unixTime(time: string): string {
  const [, whole = "", nanos = "0"] = /^(.{19})(?:\.(\d+))?/.exec(time) ?? [];
  return `${Date.parse(`${whole}Z`) / 1000}.${nanos.padEnd(9, "0")}`;
}
