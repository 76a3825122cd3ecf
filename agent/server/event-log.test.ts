import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import type { AgentEvent } from "../../core/protocol/messages.ts";
import { eventSchema } from "../../core/protocol/messages.ts";
import { EventLog } from "./event-log.ts";

const line = (message: string) => ({ level: "info" as const, message });
const seqs = (events: readonly AgentEvent[] | undefined) => events?.map((event) => event.seq);

describe("EventLog", () => {
  it("numbers events from its start on and makes events that the schema accepts", () => {
    const log = new EventLog({ start: 41, now: () => Date.UTC(2030, 0, 2) });
    const event = log.emit("log", line("hello"));
    assert.deepEqual(eventSchema.parse(event), event);
    assert.equal(event.seq, 42);
    assert.equal(event.timestamp, "2030-01-02T00:00:00.000Z");
    assert.equal(log.seq, 42);
  });

  it("tells every listener every event in order, even when one of them emits and another throws", () => {
    const errors: unknown[] = [];
    const log = new EventLog({ onListenerError: (error) => errors.push(error) });
    const heard: number[][] = [[], []];
    log.on((event) => {
      heard[0]?.push(event.seq);
      if (event.seq === 1) log.emit("log", line("second"));
    });
    log.on(() => {
      throw new Error("a listener's own");
    });
    log.on((event) => heard[1]?.push(event.seq));
    log.emit("log", line("first"));
    assert.deepEqual(heard, [
      [1, 2],
      [1, 2],
    ]);
    assert.equal(errors.length, 2);
  });

  it("stops telling a listener that has ended, even in the middle of an event", () => {
    const log = new EventLog();
    let heard = 0;
    let endSecond = () => {};
    log.on(() => endSecond());
    endSecond = log.on(() => {
      heard += 1;
    });
    log.emit("log", line("one"));
    log.emit("log", line("two"));
    assert.equal(heard, 0);
  });

  it("reserves numbers in blocks before it gives them out, so that a later run never repeats one", () => {
    const reserved: number[] = [];
    const log = new EventLog({ start: 5, reserve: (upTo) => reserved.push(upTo) });
    for (let i = 0; i < 10_001; i++) log.emit("log", line("x"));
    assert.deepEqual(reserved, [10_005, 20_005]);
    assert.ok(log.seq <= (reserved.at(-1) ?? 0));
  });

  it("gives exactly the events that were missed, or says that it cannot", () => {
    fc.assert(
      fc.property(
        fc.nat(1000),
        fc.integer({ min: 1, max: 20 }),
        fc.nat(90),
        fc.integer({ min: -5, max: 1100 }),
        (start, capacity, emitted, asked) => {
          const log = new EventLog({ start, capacity });
          for (let i = 0; i < emitted; i++) log.emit("log", line(String(i)));
          const last = start + emitted;
          const known = asked <= last && asked >= Math.max(start, last - capacity);
          const expected = known ? Array.from({ length: last - asked }, (_, i) => asked + 1 + i) : undefined;
          assert.deepEqual(seqs(log.since(asked)), expected);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
