import assert from "node:assert/strict";
import {
  appendFileSync,
  copyFileSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import fc from "fast-check";
import { afterEach, beforeEach, describe, it } from "mocha";
import { type TestProject, testProject } from "../../client/test-agent.ts";
import type { AgentEvent } from "../../core/protocol/messages.ts";
import { type EventFileOptions, eventFiles, openEventFile } from "./event-file.ts";
import { EventLog } from "./event-log.ts";

const line = (message: string) => ({ level: "info" as const, message });
const seqs = (events: readonly AgentEvent[] | undefined) => events?.map((event) => event.seq);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe("the events on disk", () => {
  let project: TestProject;
  let failures: string[];
  beforeEach(() => {
    project = testProject();
    failures = [];
  });
  afterEach(() => project.remove());

  const paths = () => ({ events: project.paths.events, key: `${project.stateDir}/key` });
  const open = (more: Partial<EventFileOptions> = {}) =>
    openEventFile(paths(), { onFailure: (why) => failures.push(why), bootedAt: 1, ...more });
  /** A run of an agent that is killed: nothing is closed. */
  const run = (events: number, more: Partial<EventFileOptions> = {}, start?: number): EventLog => {
    const log = new EventLog({ store: open(more), capacity: 3, ...(start === undefined ? {} : { start }) });
    for (let i = 0; i < events; i++) log.emit("log", line(`${log.seq}: ${"x".repeat(40)}`));
    return log;
  };

  /** The number of the first event in the files, as it stands there. */
  const oldestKept = (): number => {
    const { current, previous } = eventFiles(paths());
    const file = statSync(previous, { throwIfNoEntry: false }) === undefined ? current : previous;
    return Number.parseInt(readFileSync(file, "utf8").split("\n")[1] ?? "", 10);
  };

  it("are those of all runs, numbered on, under one name, and as they were told", () => {
    const first = run(20);
    const second = run(15);
    assert.equal(second.stream, first.stream);
    assert.equal(second.start, 20);
    assert.deepEqual(seqs(second.since(4)), range(5, 35));
    assert.deepEqual(seqs(second.since(4, 5)), range(5, 9));
    assert.deepEqual(second.since(18)?.slice(0, 2), first.since(18));
    assert.deepEqual(failures, []);
  });

  it("give exactly what was missed or say that they cannot, whatever the runs and the room", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(30), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 400, max: 4000 }),
        fc.nat(160),
        fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
        (runs, maxBytes, asked, limit) => {
          for (const path of Object.values(eventFiles(paths()))) rmSync(path, { force: true });
          let log = run(0, { maxBytes });
          for (const events of runs) log = run(events, { maxBytes });
          const last = runs.reduce((sum, events) => sum + events, 0);
          const given = seqs(log.since(asked, limit));
          if (given !== undefined) assert.deepEqual(given, range(asked + 1, last).slice(0, limit ?? last));
          else assert.ok(asked > last || asked + 1 < oldestKept(), `${asked} of ${last}`);
          for (const path of Object.values(eventFiles(paths())))
            assert.ok((statSync(path, { throwIfNoEntry: false })?.size ?? 0) < maxBytes + 400);
        },
      ),
      // The example: what is asked for is in the older file alone.
      { numRuns: 60, examples: [[[4], 400, 0, 1]] },
    );
    assert.deepEqual(failures, []);
  });

  it("survive a line that was being written when the process was killed", () => {
    run(5);
    appendFileSync(project.paths.events, "6 AAAA");
    const log = run(2);
    assert.deepEqual(seqs(log.since(3)), [4, 5, 6, 7]);
    truncateSync(project.paths.events, readFileSync(project.paths.events).length - 3);
    assert.deepEqual(seqs(run(1).since(5)), [6, 7]);
  });

  describe("survive a kill while the files take turns:", () => {
    const maxBytes = 1500;
    /** As many events as fill the first file to its end: the next one begins the second. */
    const fill = (): number => {
      run(1, { maxBytes });
      let count = 1;
      while (!statSync(eventFiles(paths()).previous, { throwIfNoEntry: false })) {
        copyFileSync(eventFiles(paths()).current, `${project.paths.events}.before`);
        run(1, { maxBytes });
        count += 1;
      }
      rmSync(eventFiles(paths()).previous);
      renameSync(`${project.paths.events}.before`, eventFiles(paths()).current);
      return count - 1;
    };
    const kills: Readonly<Record<string, (current: string, previous: string) => void>> = {
      "the old one has its new name": (current, previous) => renameSync(current, previous),
      "the new one is empty": (current, previous) => {
        renameSync(current, previous);
        writeFileSync(current, "");
      },
      "half of the new one's head is written": (current, previous) => {
        renameSync(current, previous);
        writeFileSync(current, readFileSync(previous).subarray(0, 12));
      },
      "the new one has no event yet": (current, previous) => {
        renameSync(current, previous);
        writeFileSync(current, `${readFileSync(previous, "utf8").split("\n")[0]}\n`);
      },
    };
    for (const [what, kill] of Object.entries(kills))
      it(what, () => {
        const count = fill();
        const { stream } = run(0, { maxBytes });
        const { current, previous } = eventFiles(paths());
        kill(current, previous);
        const log = run(2, { maxBytes });
        assert.equal(log.stream, stream);
        assert.deepEqual(seqs(log.since(2)), range(3, count + 2));
        assert.deepEqual(seqs(run(1, { maxBytes }).since(2)), range(3, count + 3));
        assert.deepEqual(failures, []);
      });
  });

  it("do not go on from where somebody cut a line out: the numbers behind it were given out", () => {
    const first = run(8);
    const text = readFileSync(project.paths.events, "utf8").split("\n");
    writeFileSync(project.paths.events, text.toSpliced(3, 1).join("\n"));
    const log = run(1, {}, 10_000);
    assert.notEqual(log.stream, first.stream);
    assert.equal(log.seq, 10_001);
    assert.equal(log.since(2), undefined);
    assert.match(failures[0] ?? "", /events of the last run could not be read: .* was altered/);
  });

  it("need no older file that is damaged, as long as nobody asks for what was in it", () => {
    const maxBytes = 1500;
    const first = run(12, { maxBytes });
    const { previous } = eventFiles(paths());
    const text = readFileSync(previous, "utf8").split("\n");
    writeFileSync(previous, text.toSpliced(2, 1).join("\n"));
    const log = run(1, { maxBytes });
    assert.equal(log.stream, first.stream);
    assert.deepEqual(seqs(log.since(11)), [12, 13]);
    assert.equal(log.since(0), undefined);
  });

  it("hide what they say, and belong to nobody else", () => {
    run(3);
    assert.ok(!readFileSync(project.paths.events, "utf8").includes("xxxx"));
    if (process.platform !== "win32") assert.equal(statSync(project.paths.events).mode & 0o777, 0o600);
  });

  it("are of another stream after the machine was started anew, which may have lost some", () => {
    const first = run(5);
    const second = run(1, { bootedAt: 10_000_000 }, 10_000);
    assert.notEqual(second.stream, first.stream);
    assert.equal(second.seq, 10_001, "and never repeat a number that was reserved");
    assert.equal(second.since(5), undefined);
  });

  it("are not given out once they are too old", () => {
    let now = Date.UTC(2030, 0, 1);
    const store = open({ now: () => now, maxAgeMs: 1000 });
    const log = new EventLog({ store, capacity: 1, now: () => now });
    log.emit("log", line("old"));
    now += 900;
    log.emit("log", line("newer"));
    log.emit("log", line("newest"));
    assert.deepEqual(seqs(log.since(0)), [1, 2, 3]);
    now += 200;
    assert.equal(log.since(0), undefined);
    assert.deepEqual(seqs(log.since(1)), [2, 3]);
  });

  it("are of another stream once the key is another", () => {
    const first = run(5, { key: Buffer.alloc(32, 1) });
    assert.equal(run(0, { key: Buffer.alloc(32, 1) }).stream, first.stream);
    const other = run(1, { key: Buffer.alloc(32, 2) }, 10_000);
    assert.notEqual(other.stream, first.stream);
    assert.equal(other.since(3), undefined);
    assert.deepEqual(failures, []);
  });

  it("that were altered or belong to another key end the memory, not the agent", () => {
    run(8);
    const text = readFileSync(project.paths.events, "utf8").split("\n");
    [text[2], text[3]] = [`2 ${text[3]?.slice(2)}`, `3 ${text[2]?.slice(2)}`];
    writeFileSync(project.paths.events, text.join("\n"));
    const log = run(0);
    assert.equal(log.since(0), undefined);
    assert.equal(failures.length, 1);
    assert.match(failures[0] ?? "", /altered/);
    assert.equal(log.emit("log", line("goes on")).seq, 9);
    assert.deepEqual(seqs(log.since(8)), [9]);
    assert.notEqual(run(0).stream, log.stream);
  });
});
