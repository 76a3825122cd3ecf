import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { undoPasses } from "./undo.ts";

const done = (seq: number, phase: number, service: string, undo?: "resume" | "name" | "discard") => ({
  seq,
  phase,
  service,
  operation: { kind: `op${seq}`, undo },
});

describe("Undoing", () => {
  it("lets all that is new give way, then resumes in the order of the phases, then names, then throws away", () => {
    const { yielding, resuming, naming, discarding } = undoPasses([
      done(1, 0, "db", "discard"),
      done(2, 0, "db", "name"),
      done(3, 0, "db", "name"),
      done(4, 0, "db", "resume"),
      done(5, 0, "db"),
      done(6, 1, "api", "discard"),
      done(7, 1, "api", "resume"),
      done(8, 1, "api"),
      done(9, 1, "api"),
    ]);
    const seqs = (items: readonly { seq: number }[]) => items.map(({ seq }) => seq);
    assert.deepEqual(yielding.map(seqs), [[9, 8], [5]]);
    assert.deepEqual(
      [...resuming].map(([service, items]) => [service, seqs(items)]),
      [
        ["db", [4]],
        ["api", [7]],
      ],
    );
    assert.deepEqual(
      [...naming].map(([service, items]) => [service, seqs(items)]),
      [["db", [3, 2]]],
    );
    assert.deepEqual(
      [...discarding].map(([service, items]) => [service, seqs(items)]),
      [
        ["api", [6]],
        ["db", [1]],
      ],
    );
  });
});
