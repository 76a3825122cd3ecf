/** Standard output and standard error, as the command line uses them. */
import { styleText } from "node:util";
import type { View } from "./render/view.ts";

export interface Terminal {
  readonly cwd: string;
  /** Whether a person reads standard output. */
  readonly interactive: boolean;
  out(text: string): void;
  err(text: string): void;
  /** A passing line at the bottom of a terminal, instead of the one before; empty: none. Nothing elsewhere. */
  hint(text: string): void;
  /** How standard output is to be written to, now: terminals are resized. */
  view(): View;
  errView(): View;
  /** Aborted when the reader of standard output has gone away (`| head`). */
  readonly gone: AbortSignal;
}

/** Node's own rule: NO_COLOR, NODE_DISABLE_COLORS, FORCE_COLOR, TERM, and whether it is a terminal. */
const hasColor = (stream: NodeJS.WriteStream) => styleText("red", "x", { stream }) !== "x";

const viewOf = (stream: NodeJS.WriteStream): View => ({
  color: hasColor(stream),
  width: stream.isTTY ? stream.columns : Number.POSITIVE_INFINITY,
  now: new Date(),
});

/** EPIPE: the reader ended. EIO: the terminal was closed. */
const isGone = (error: NodeJS.ErrnoException) => error.code === "EPIPE" || error.code === "EIO";

export function processTerminal(): Terminal {
  const gone = new AbortController();
  let errGone = false;
  const err = (text: string) => {
    if (!errGone) process.stderr.write(text);
  };
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (!isGone(error)) {
      process.exitCode = 1;
      if (!errGone) process.stderr.write(`hotenv: Standard output could not be written: ${error.message}\n`);
    }
    gone.abort();
  });
  process.stderr.on("error", () => {
    // Nobody is left to tell.
    errGone = true;
  });
  return {
    cwd: process.cwd(),
    interactive: process.stdout.isTTY === true,
    out: (text) => {
      if (!gone.signal.aborted) process.stdout.write(text);
    },
    err,
    hint: (text) => {
      if (process.stderr.isTTY) err(`\r\u001b[K${text}`);
    },
    view: () => viewOf(process.stdout),
    errView: () => viewOf(process.stderr),
    gone: gone.signal,
  };
}
