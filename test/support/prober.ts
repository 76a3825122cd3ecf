/** Asks a server again and again, each time on a connection of its own, and keeps what went wrong. */
import { request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";

export interface Prober {
  readonly answers: number;
  readonly failures: readonly { readonly at: number; readonly error: unknown }[];
  /** The longest time between two good answers, in ms. */
  readonly longestGapMs: number;
  /** Forgets the gaps so far. */
  reset(): void;
  stop(): Promise<void>;
}

/** @returns the body @throws where it is not answered with 200 */
export function ask(url: string, timeoutMs = 2_000): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { agent: false, timeout: timeoutMs }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("error", reject);
      response.on("end", () =>
        response.statusCode === 200 ? resolve(text) : reject(new Error(`Status ${response.statusCode}.`)),
      );
    });
    asked.on("timeout", () => asked.destroy(new Error("No answer in time.")));
    asked.on("error", reject);
    asked.end();
  });
}

/** A slow answer is one, too: it fails only after `timeoutMs`. */
export function probe(url: string, everyMs: number, timeoutMs = 2_000): Prober {
  const stopping = new AbortController();
  const failures: { at: number; error: unknown }[] = [];
  let answers = 0;
  let longestGapMs = 0;
  let lastGood = performance.now();
  const running = (async () => {
    while (!stopping.signal.aborted) {
      try {
        await ask(url, timeoutMs);
        const now = performance.now();
        answers += 1;
        longestGapMs = Math.max(longestGapMs, now - lastGood);
        lastGood = now;
      } catch (error) {
        failures.push({ at: performance.now(), error });
      }
      await delay(everyMs);
    }
  })();
  return {
    get answers() {
      return answers;
    },
    failures,
    get longestGapMs() {
      return longestGapMs;
    },
    reset() {
      longestGapMs = 0;
      lastGood = performance.now();
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
