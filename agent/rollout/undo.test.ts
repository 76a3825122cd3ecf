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
  it("makes all wait for a service that may hold what a former one needs, and for no other", () => {
    const start = (seq: number, service: string, claimsNothingNew?: boolean) => ({
      ...done(seq, 0, service),
      operation: { kind: "start", claimsNothingNew },
    });
    const { claiming } = undoPasses([start(1, "db", true), start(2, "api"), start(3, "api", true)]);
    assert.deepEqual(claiming, ["api"]);
  });

  it("does not tell a service to reload that is started anew", () => {
    const restart = {
      ...done(3, 0, "web", "resume"),
      operation: { kind: "restart", undo: "resume" as const, renews: true },
    };
    const { resuming } = undoPasses([
      done(1, 0, "web"),
      done(2, 0, "web", "resume"),
      restart,
      done(4, 0, "api", "resume"),
    ]);
    assert.deepEqual(
      [...resuming].map(([service, items]) => [service, items.map(({ seq }) => seq)]),
      [
        ["api", [4]],
        ["web", [3]],
      ],
    );
  });

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
    assert.deepEqual(
      [...yielding].map(([service, items]) => [service, seqs(items)]),
      [
        ["api", [9, 8]],
        ["db", [5]],
      ],
    );
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
