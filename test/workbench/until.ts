/** Waiting for what nobody announces: another program's state, asked for again and again. */
import { setTimeout as delay } from "node:timers/promises";

const askEveryMs = 50;

/**
 * @param what completes "It took too long until …"
 * @returns the first answer that is neither false nor undefined
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T | false | undefined>,
  withinMs = 60_000,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== false && answer !== undefined) return answer;
    if (performance.now() > deadline)
      throw new Error(`It took more than ${withinMs / 1000} s until ${what}.`);
    await delay(askEveryMs);
  }
}
