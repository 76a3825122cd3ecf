/** Keeps what the status says of the engine: asked aside, after the first look and whenever Docker is there again. */
import { setTimeout as delay } from "node:timers/promises";
import { untestedNote } from "./tested-versions.ts";
import type { Workshop } from "./workshop.ts";

/** What is saved meanwhile goes first. */
const restMs = 1_000;

export interface EngineVersions {
  /** Docker may be another one now. */
  askSoon(): void;
  /** What is asked now, at once: for a command that ends with its answer. Never fails. */
  ask(): Promise<void>;
}

export function createEngineVersions(
  { runtimes, board }: Pick<Workshop, "runtimes" | "board">,
  firstLook: Promise<void>,
  closing: AbortSignal,
): EngineVersions {
  let waiting = false;

  async function ask(): Promise<void> {
    try {
      const engine = await runtimes.versions(closing);
      if (engine === undefined) return;
      const untested = untestedNote(engine);
      board.note({ engine: { ...engine, ...(untested === undefined ? {} : { untested }) } });
    } catch {
      // What is wrong with Docker or Compose is said by whoever needs them.
    }
  }

  async function askLater(): Promise<void> {
    await firstLook;
    await delay(restMs, undefined, { signal: closing, ref: false });
    waiting = false;
    await ask();
  }

  return {
    ask,
    askSoon() {
      if (waiting || closing.aborted) return;
      waiting = true;
      // The end of the agent.
      askLater().catch(() => undefined);
    },
  };
}
