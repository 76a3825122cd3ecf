import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";

const limitMs = 60_000;
const pauseMs = 50;

/**
 * Asserts what comes about in somebody else's time, with no event to wait for: a service heard a signal and reads its
 * file when it gets to it.
 */
export async function eventually<T>(read: () => Promise<T>, expected: T): Promise<void> {
  const end = performance.now() + limitMs;
  let last = await read();
  while (last !== expected && performance.now() < end) {
    await delay(pauseMs);
    last = await read();
  }
  assert.equal(last, expected);
}
