/**
 * The engine's promises, at every point where something can fail. The runtime here is a list of what is done
 * and undone: failures of real containers cannot be had at will between two chosen operations; the tests
 * against Docker and real processes are elsewhere.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import type { ServiceModel } from "../../core/compose/model.ts";
import { HotenvError } from "../../core/protocol/errors.ts";
import type { Operation, ProbeResult, Runtime, Script } from "../runtime/runtime.ts";
import { runRollout } from "./engine.ts";
import type { EngineParts } from "./engine-request.ts";
import type { Journal } from "./journal.ts";
import { Progress } from "./progress.ts";
import { recover } from "./recover.ts";
import { type ExecutablePlan, type ExecutableStep, noFiles } from "./rollout-plan.ts";

const operationsPerStep = 3;

interface Trouble {
  /** The nth operation performed, over all services, throws. */
  readonly perform?: number;
  readonly prepare?: string;
  readonly verify?: string;
  readonly inconclusive?: boolean;
  readonly revert?: boolean;
  /** Undoing anything of this service finds nobody to ask. */
  readonly away?: string;
  /** From the nth write on the journal's disk has no room. */
  readonly fullDisk?: number;
}

const model = (name: string): ServiceModel => ({
  name,
  runtime: "compose",
  config: {},
  dependsOn: [],
  files: [],
});

function listing(trouble: Trouble) {
  const did: string[] = [];
  const journaled: string[] = [];
  let performed = 0;
  let failedOnce = false;
  const nameOf = (operation: Operation) => `${operation.service}/${operation.kind}`;
  const runtime: Runtime = {
    kind: "compose",
    observe: () => Promise.resolve([]),
    drift: () => Promise.resolve([]),
    prepare({ service }: ExecutableStep): Promise<Script> {
      if (trouble.prepare === service)
        return Promise.reject(new HotenvError("docker-failed", "The image cannot be built."));
      const operations = Array.from({ length: operationsPerStep }, (_, index) => ({
        kind: `do${index}`,
        service,
      }));
      return Promise.resolve({ operations, cleanup: [{ kind: "clean", service }] });
    },
    perform(operation) {
      const name = nameOf(operation);
      assert.ok(journaled.includes(name), `${name} is in the journal before it is done`);
      performed += 1;
      did.push(`do ${name}`);
      if (performed === trouble.perform) return Promise.reject(new HotenvError("docker-failed", "It broke."));
      return Promise.resolve();
    },
    revert(operation) {
      if (trouble.away === operation.service)
        return Promise.reject(new HotenvError("docker-unreachable", "Docker does not answer."));
      did.push(`undo ${nameOf(operation)}`);
      return trouble.revert
        ? Promise.reject(new HotenvError("docker-failed", "It stays broken."))
        : Promise.resolve();
    },
    verify(service): Promise<ProbeResult> {
      if (trouble.verify !== service || failedOnce) return Promise.resolve({ ok: true });
      failedOnce = true;
      const inconclusive = trouble.inconclusive === true;
      return Promise.resolve({ ok: false, inconclusive, reason: `${service} is ill.`, log: ["last words"] });
    },
    followLogs: () => Promise.resolve({ lines: [], after: "" }),
    stop: () => Promise.resolve(),
    logs: () => Promise.resolve(["last words"]),
    onEvent: () => () => undefined,
    close: () => Promise.resolve(),
  };
  let writes = 0;
  const write = () => {
    writes += 1;
    if (trouble.fullDisk !== undefined && writes >= trouble.fullDisk)
      throw new HotenvError("history-unwritable", "The disk is full.");
  };
  const journal: Journal = {
    intend: (_revision, seq, { operation }) => {
      write();
      journaled.push(seq === 0 ? operation.kind : nameOf(operation));
    },
    mark: write,
    commitPoint: () => {
      write();
      did.push("commit");
    },
  };
  return { runtime, journal, did };
}

function planOf(phases: readonly (readonly string[])[]): ExecutablePlan {
  const step = (service: string): ExecutableStep => ({
    service,
    action: "recreate",
    cause: "test",
    current: model(service),
    target: model(service),
    project: new Map(),
  });
  return {
    change: { entries: [], severity: "minor" },
    phases: phases.map((names) => ({ steps: names.map(step) })),
    notes: [],
  };
}

async function rollOut(
  phases: readonly (readonly string[])[],
  trouble: Trouble,
  signal = new AbortController().signal,
  keepFailed?: EngineParts["keepFailed"],
) {
  const plan = planOf(phases);
  const { runtime, journal, did } = listing(trouble);
  const progress = new Progress(
    "id",
    1,
    plan,
    () => undefined,
    (text) => text,
  );
  const rollout = await runRollout(
    { revision: 1, plan, files: [], stabilityMs: 1, keep: keepFailed !== undefined },
    { journal, progress, runtimeOf: () => runtime, returnFiles: noFiles, ...(keepFailed && { keepFailed }) },
    signal,
  );
  return { rollout, did };
}

const chain = [["db"], ["api"], ["web"]] as const;

describe("A rollout", () => {
  it("does phase after phase, commits, and only then removes what was kept", async () => {
    const { rollout, did } = await rollOut(chain, {});
    assert.equal(rollout.verdict, "applied");
    const commit = did.indexOf("commit");
    assert.equal(commit, 3 * operationsPerStep);
    assert.deepEqual(did.slice(commit + 1), ["do db/clean", "do api/clean", "do web/clean"]);
    assert.deepEqual(
      rollout.phases.flatMap(({ steps }) => steps.map(({ state }) => state)),
      ["healthy", "healthy", "healthy"],
    );
  });

  it("begins with a service when those that it waits for are proved, however long others take", async () => {
    const plan = planOf([["slow", "quick"], ["next"]]);
    const [first, { steps } = { steps: [] }] = plan.phases;
    assert.ok(first);
    const phases = [first, { steps: steps.map((step) => ({ ...step, waitsFor: ["quick"] })) }];
    const { runtime, journal, did } = listing({});
    const nextIsProved = Promise.withResolvers<void>();
    const verify: Runtime["verify"] = async (service, ...more) => {
      // Would it be waited for, neither would ever be proved.
      if (service === "slow") await nextIsProved.promise;
      if (service === "next") nextIsProved.resolve();
      return runtime.verify(service, ...more);
    };
    const progress = new Progress(
      "id",
      1,
      { ...plan, phases },
      () => undefined,
      (text) => text,
    );
    const { verdict } = await runRollout(
      { revision: 1, plan: { ...plan, phases }, files: [], stabilityMs: 0 },
      { journal, progress, runtimeOf: () => ({ ...runtime, verify }), returnFiles: noFiles },
      new AbortController().signal,
    );
    assert.equal(verdict, "applied");
    assert.ok(did.indexOf("do next/do0") > did.indexOf("do quick/do2"));
  });

  it("undoes exactly what it did, of each service in reverse order, wherever it fails", async () => {
    const points = 3 * operationsPerStep;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(chain, [["db", "api", "web"]], [["db"], ["api", "web"]]),
        fc.integer({ min: 1, max: points }),
        async (phases, perform) => {
          const { rollout, did } = await rollOut(phases, { perform });
          assert.equal(rollout.verdict, "rolled-back");
          assert.match(rollout.reason ?? "", /It broke\./);
          assert.ok(!did.includes("commit"));
          const done = did.filter((entry) => entry.startsWith("do ")).map((entry) => entry.slice(3));
          const undone = did.filter((entry) => entry.startsWith("undo ")).map((entry) => entry.slice(5));
          for (const service of ["db", "api", "web"]) {
            const of = (list: readonly string[]) => list.filter((entry) => entry.startsWith(`${service}/`));
            assert.deepEqual(of(undone), of(done).toReversed());
          }
        },
      ),
    );
  });

  it("undoes all services when a later one does not prove itself, and says which and why", async () => {
    const { rollout, did } = await rollOut(chain, { verify: "web" });
    assert.equal(rollout.verdict, "rolled-back");
    assert.equal(rollout.reason, "web is ill.");
    assert.deepEqual(rollout.log, ["last words"]);
    assert.equal(did.filter((entry) => entry.startsWith("undo ")).length, 3 * operationsPerStep);
    assert.ok(rollout.phases.every(({ steps }) => steps.every(({ state }) => state === "rolled-back")));
  });

  it("is inconclusive where a probe could not be run", async () => {
    assert.equal(
      (await rollOut(chain, { verify: "db", inconclusive: true })).rollout.verdict,
      "inconclusive",
    );
  });

  it("touches nothing when a step cannot be prepared", async () => {
    const { rollout, did } = await rollOut(chain, { prepare: "web" });
    assert.equal(rollout.verdict, "rejected");
    assert.match(rollout.reason ?? "", /cannot be built/);
    assert.deepEqual(did, []);
  });

  it("says failed, and what is left, when going back fails", async () => {
    const { rollout } = await rollOut(chain, { perform: 4, revert: true });
    assert.equal(rollout.verdict, "failed");
    assert.match(rollout.reason ?? "", /db could not be put back: It stays broken\./);
  });

  it("leaves going back to whoever comes later where the runtime is away, and has ended all that it began", async () => {
    const away = rollOut([["db", "api", "web"]], { verify: "web", away: "api" });
    await assert.rejects(away, { code: "docker-unreachable" });
  });

  it("goes back, and says so, wherever the journal cannot be written any more", async () => {
    // The first entry, two for each operation, the cleanups, the commit point.
    const writes = 1 + 2 * 3 * operationsPerStep + 3 + 1;
    for (let fullDisk = 2; fullDisk <= writes; fullDisk += 1) {
      const { rollout, did } = await rollOut(chain, { fullDisk });
      assert.equal(rollout.verdict, "rolled-back", `write ${fullDisk}`);
      assert.match(rollout.reason ?? "", /The disk is full\./);
      const done = did.filter((entry) => entry.startsWith("do ")).map((entry) => entry.slice(3));
      for (const operation of done) assert.ok(did.includes(`undo ${operation}`), operation);
    }
  });

  it("touches nothing when the journal cannot even be begun", async () => {
    const { rollout, did } = await rollOut(chain, { fullDisk: 1 });
    assert.equal(rollout.verdict, "rejected");
    assert.deepEqual(did, []);
  });

  it("leaves what failed as it is where the policy says so, and hands over what there is to undo", async () => {
    const kept: string[] = [];
    const { rollout, did } = await rollOut(chain, { verify: "web" }, undefined, (performed) =>
      kept.push(...performed.map(({ service, operation }) => `${service}/${operation.kind}`)),
    );
    assert.equal(rollout.verdict, "failed");
    assert.equal(rollout.failed, "web");
    assert.ok(!did.some((entry) => entry.startsWith("undo ")));
    assert.deepEqual(
      kept,
      did.filter((entry) => entry.startsWith("do ")).map((entry) => entry.slice(3)),
    );
  });

  it("never says that a step took less than no time, though the clock be set back", () => {
    let now = Date.parse("2026-01-01T12:00:00Z");
    const plan = planOf([["api"]]);
    const progress = new Progress(
      "id",
      1,
      plan,
      () => undefined,
      (text) => text,
      () => now,
    );
    progress.move(0, "api", "starting");
    now -= 3_600_000;
    progress.move(0, "api", "healthy");
    assert.equal(progress.rollout.phases[0]?.steps[0]?.durationMs, 0);
  });

  it("goes back when it is cancelled between two operations", async () => {
    const cancel = new AbortController();
    cancel.abort();
    const { rollout } = await rollOut(chain, {}, cancel.signal);
    assert.equal(rollout.verdict, "rolled-back");
  });
});

describe("Recovery", () => {
  const entry = (seq: number, state: "intended" | "performed" | "reverted", cleanup = false) => ({
    seq,
    phase: 0,
    service: "api",
    operation: { kind: `op${seq}`, service: "api" },
    cleanup,
    state,
  });
  const run = async (committed: boolean, entries: ReturnType<typeof entry>[]) => {
    const { runtime, did, journal } = listing({});
    for (const { operation, seq } of entries)
      journal.intend(1, seq, { phase: 0, service: "api", operation, cleanup: false });
    const result = await recover(
      { revision: 1, entries, committed, rollout: null },
      () => runtime,
      () => undefined,
      noFiles,
    );
    return { ...result, did };
  };

  it("undoes what was intended or performed, in reverse, and leaves out what was undone already", async () => {
    const { verdict, did } = await run(false, [
      entry(1, "performed"),
      entry(2, "performed"),
      entry(3, "intended"),
      entry(4, "reverted"),
      entry(5, "intended", true),
    ]);
    assert.equal(verdict, "rolled-back");
    assert.deepEqual(did, ["undo api/op3", "undo api/op2", "undo api/op1"]);
  });

  it("only cleans up behind the commit point", async () => {
    const { verdict, did } = await run(true, [
      entry(1, "performed"),
      entry(2, "performed", true),
      entry(3, "intended", true),
    ]);
    assert.equal(verdict, "applied");
    assert.deepEqual(did, ["do api/op3"]);
  });
});
