import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { undoPasses } from "./undo.ts";

const done = (seq: number, phase: number, service: string, undo?: "resume" | "discard") => ({
  seq,
  phase,
  service,
  operation: { kind: `op${seq}`, undo },
});

describe("Undoing", () => {
  it("lets all that is new give way, then resumes in the order of the phases, then throws away", () => {
    const { yielding, resuming, discarding } = undoPasses([
      done(1, 0, "db", "discard"),
      done(2, 0, "db", "resume"),
      done(3, 0, "db"),
      done(4, 0, "db"),
      done(5, 1, "api", "discard"),
      done(6, 1, "api", "resume"),
      done(7, 1, "api"),
    ]);
    const seqs = (items: readonly { seq: number }[]) => items.map(({ seq }) => seq);
    assert.deepEqual(yielding.map(seqs), [[7], [4, 3]]);
    assert.deepEqual(
      [...resuming].map(([service, items]) => [service, seqs(items)]),
      [
        ["db", [2]],
        ["api", [6]],
      ],
    );
    assert.deepEqual(
      [...discarding].map(([service, items]) => [service, seqs(items)]),
      [
        ["api", [5]],
        ["db", [1]],
      ],
    );
  });
});
