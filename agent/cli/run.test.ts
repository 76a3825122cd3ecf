/**
 * Commands against an agent that answers on a real socket what the test wants: verdicts such as `failed`
 * or `inconclusive` cannot be had on demand from a real one. What a real one does: test/cli.
 */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { ResponseError } from "vscode-jsonrpc/node";
import {
  type TestAgent,
  type TestAgentOptions,
  type TestProject,
  testAgent,
  testProject,
} from "../../client/test-agent.ts";
import { cliErrorSchema, cliReports } from "../../core/protocol/cli.ts";
import { errorTable } from "../../core/protocol/errors.ts";
import type { Verdict } from "../../core/protocol/words.ts";
import * as samples from "./golden/samples.ts";
import { hotenv } from "./terminal.fixture.ts";

describe("hotenv, grammar", () => {
  const cwd = import.meta.dirname;
  const cases: [args: string[], says: RegExp][] = [
    [["nonsense"], /^hotenv: Unknown command 'nonsense'\. See: hotenv --help\n$/],
    [["statsu"], /^hotenv: Unknown command 'statsu' \(Did you mean status\?\) See/],
    [["status", "--nonsense"], /^hotenv: Unknown option '--nonsense'\./],
    [["status", "extra"], /^hotenv: Too many arguments for 'status'\./],
    [["history", "nonsense"], /^hotenv: Unknown command 'nonsense'\./],
    [
      ["rollback", "twelve"],
      /'twelve' is invalid for argument 'revision'\. It must be a whole number from 1 up\./,
    ],
    [["rollback", "0"], /whole number/],
    [["check", "--format", "xml"], /Allowed choices are text, json, github, sarif\./],
    [["history", "prune", "--older-than", "soon"], /It must be a date \(2026-11-21\), or how long ago/],
    [["history", "list", "--verdict", "good"], /Allowed choices are applied, /],
    [["apply", "--reason"], /argument missing/],
    [["--project"], /argument missing/],
  ];
  for (const [args, says] of cases)
    it(`exits with 2 and one line for: ${args.join(" ")}`, async () => {
      const { exitCode, out, err } = await hotenv(cwd, ...args);
      assert.equal(exitCode, 2);
      assert.equal(out, "");
      assert.match(err, says);
      assert.equal(err.trimEnd().split("\n").length, 1);
    });

  it("prints a wrong use as JSON where JSON was asked for", async () => {
    const { exitCode, out, err } = await hotenv(cwd, "--json", "status", "--nonsense");
    assert.equal(exitCode, 2);
    assert.equal(err, "");
    assert.equal(cliErrorSchema.parse(JSON.parse(out)).error.code, "usage");
  });

  it("prints help that was asked for on standard output, and exits with 0", async () => {
    for (const args of [["--help"], ["help"], ["help", "apply"], ["history", "--help"]]) {
      const { exitCode, out, err } = await hotenv(cwd, ...args);
      assert.deepEqual([exitCode, err], [0, ""], args.join(" "));
      assert.match(out, /^Usage: hotenv/);
    }
  });

  it("prints help on standard error where no command is given, and exits with 2", async () => {
    const { exitCode, out, err } = await hotenv(cwd);
    assert.deepEqual([exitCode, out], [2, ""]);
    assert.match(err, /^Usage: hotenv/);
  });

  it("prints its version", async () => {
    assert.deepEqual(await hotenv(cwd, "--version"), { exitCode: 0, out: "1.2.3\n", err: "", hints: [] });
  });

  it("names a project that is none", async () => {
    const missing = await hotenv(cwd, "status", "--project", "nowhere");
    assert.equal(missing.exitCode, 2);
    assert.match(
      missing.err,
      /The directory .*nowhere does not exist\. Name the project's directory with --project\.\n$/,
    );
    const file = await hotenv(cwd, "status", "--project", "run.ts");
    assert.match(file.err, /run\.ts is not a directory/);
    const empty = await hotenv(cwd, "status", "--project", ".");
    assert.match(empty.err, /holds no project/);
  });
});

describe("hotenv, against an agent", () => {
  let project: TestProject;
  let agent: TestAgent | undefined;
  const start = async (
    answers: NonNullable<TestAgentOptions["answers"]>,
    rendezvous: TestAgentOptions["rendezvous"] = {},
  ): Promise<void> => {
    agent = await testAgent(project.paths, { answers, rendezvous });
  };
  const inProject = (...args: string[]) =>
    hotenv(project.paths.directory, "--state-dir", project.stateDir, ...args);
  const ok = async (...args: string[]): Promise<string> => {
    const { exitCode, out, err } = await inProject(...args);
    assert.deepEqual([exitCode, err], [0, ""]);
    return out;
  };

  beforeEach(() => {
    project = testProject();
    writeFileSync(join(project.paths.directory, "compose.yaml"), "services: {}\n");
  });
  afterEach(async () => {
    await agent?.stop();
    agent = undefined;
    project.remove();
  });

  it("finds the project from a directory inside it", async () => {
    await start({ status: () => samples.status });
    const inside = join(project.paths.directory, "a", "b");
    mkdirSync(inside, { recursive: true });
    const { exitCode, out } = await hotenv(inside, "--state-dir", project.stateDir, "status");
    assert.equal(exitCode, 0);
    assert.match(out, /^quickstart {2}stable\n/);
  });

  it("takes options of all commands before and after the command", async () => {
    await start({ status: () => samples.status });
    const directory = project.paths.directory;
    for (const args of [
      ["--json", "--project", directory, "--state-dir", project.stateDir, "status"],
      ["status", "--project", directory, "--state-dir", project.stateDir, "--json"],
    ])
      assert.deepEqual(JSON.parse((await hotenv("/", ...args)).out), samples.status);
  });

  it("prints the documents that design.md promises", async () => {
    await start({
      status: () => samples.status,
      plan: () => samples.plan,
      apply: () => samples.outcome,
      confirm: () => samples.outcome,
      rollback: () => samples.outcome,
      "history/list": () => samples.summaries,
      "history/show": () => samples.revision,
      "history/diff": () => ({ entries: samples.change.entries, files: [] }),
      logs: ({ service }) => [`${service} is up`],
      cancel: () => ({ revision: 13 }),
      pause: () => ({ ...samples.status, state: "paused", paused: true }),
      resume: () => samples.status,
    });
    const documents = {
      status: ["status"],
      plan: ["plan"],
      apply: ["apply"],
      confirm: ["confirm"],
      rollback: ["rollback"],
      "history list": ["history", "list"],
      "history show": ["history", "show", "12"],
      "history diff": ["history", "diff"],
      logs: ["logs"],
      cancel: ["cancel"],
      pause: ["pause"],
      resume: ["resume"],
    } as const;
    for (const command of Object.keys(documents) as (keyof typeof documents)[]) {
      const document: unknown = JSON.parse(await ok("--json", ...documents[command]));
      assert.deepEqual(cliReports[command].parse(document), document, command);
    }
    assert.deepEqual(JSON.parse(await ok("plan", "--json")), {
      change: samples.change,
      phases: samples.plan.phases.map(({ steps }) => ({
        steps: steps.map(({ service, action, cause }) => ({ service, action, cause })),
      })),
    });
    const { revision, time, author, reason, verdict, keys } = samples.runningSummary;
    assert.deepEqual(Object.keys((JSON.parse(await ok("history", "list", "--json")) as object[])[0] ?? {}), [
      ...Object.keys({ revision, time, author, reason, verdict, keys }),
    ]);
  });

  it("prints a plan as a report, with the lines that it has", async () => {
    const [first, ...others] = samples.plan.phases;
    const [step, ...more] = first?.steps ?? [];
    assert(step);
    const evidence = [{ file: "compose.yaml", line: 3, text: "image: x:${TAG}" }];
    const phases = [{ steps: [{ ...step, expectedFrom: 4, evidence }, ...more] }, ...others];
    await start({ status: () => samples.status, plan: () => ({ ...samples.plan, phases }) });
    const report = await ok("plan", "--report");
    assert.match(report, /^# Change report: quickstart\n/);
    assert.match(report, /about 1\.9 s \(median of 4\)/);
    assert.match(report, /`compose\.yaml:3` `image: x:\$\{TAG\}`/);
    assert.match(await ok("plan"), /about 1\.9 s \(of 4 rollouts\)/);
  });

  it("says how to answer a change that waits", async () => {
    const waiting = { id: "a", for: "confirm" as const, plan: samples.plan };
    await start({ status: () => ({ ...samples.status, state: "waiting", detail: "It waits.", waiting }) });
    assert.match(await ok("status"), /waiting[\s\S]*`hotenv confirm` applies it/);
  });

  it("passes on what was asked", async () => {
    const asked: [string, unknown][] = [];
    const remember =
      (method: string, answer: unknown) =>
      (params: unknown): unknown => {
        // By it an agent knows a request again that was sent twice; each has another.
        const { requestId: _, ...own } = params as { readonly requestId?: unknown };
        asked.push([method, own]);
        return answer;
      };
    await start({
      status: () => samples.status,
      apply: remember("apply", samples.outcome),
      confirm: remember("confirm", { ...samples.outcome, verdict: "rejected" }),
      rollback: remember("rollback", samples.outcome),
      "history/list": remember("list", []),
      "history/show": remember("show", samples.revision),
      "history/diff": remember("diff", { entries: [], files: [] }),
      "history/key": remember("key", []),
      "history/annotate": remember("annotate", samples.revision),
      "history/prune": remember("prune", { removed: 1, kept: 2 }),
      "history/vacuum": remember("vacuum", { bytesBefore: 2, bytesAfter: 1 }),
      "history/backup": remember("backup", {}),
      "history/stats": remember("stats", samples.statistics),
      "history/export": remember("export", { file: "/x", revisions: 1, masked: true, signer: "00" }),
      "history/import": remember("import", { first: 1, last: 2, revisions: 2, masked: false }),
      logs: remember("logs", ["x"]),
    });
    await ok("apply", "--reason", "because", "--up");
    await ok("apply");
    await ok("confirm", "--dismiss");
    assert.equal((await inProject("confirm")).exitCode, 4);
    await ok("rollback", "3", "--dry-run");
    await ok("rollback");
    await ok("history", "list", "--limit", "5", "--before", "9");
    await ok("history", "list", "--key", "A", "--service", "api", "--verdict", "failed", "--pinned");
    await ok(
      "history",
      "list",
      "--since",
      "2026-01-02",
      "--until",
      "2026-01-03T04:05:06Z",
      "--author",
      "ada",
    );
    await ok("rollback", "3", "--key", "A");
    await ok("history", "key", "A", "--limit", "5");
    await ok("history", "annotate", "3", "a note");
    await ok("history", "pin", "3");
    await ok("history", "unpin", "3");
    await ok("history", "prune", "--keep", "5", "--older-than", "2026-01-02", "--vacuum");
    await ok("history", "backup", "b");
    await ok("history", "stats", "--since", "2026-01-02");
    const phrase = join(project.paths.directory, "phrase");
    writeFileSync(phrase, "correct horse\nsecond line\n");
    await ok("history", "export", "x", "--passphrase-file", phrase);
    await ok("history", "import", "/x", "--signer", "00");
    await ok("history", "show");
    await ok("history", "diff");
    await ok("history", "diff", "2", "4");
    await ok("logs", "api", "--tail", "7");
    assert.deepEqual(asked, [
      ["apply", { reason: "because", up: true, origin: "cli" }],
      ["apply", { origin: "cli" }],
      ["confirm", { accept: false }],
      ["confirm", { accept: true }],
      ["rollback", { revision: 3, dryRun: true }],
      ["rollback", {}],
      ["list", { limit: 5, before: 9 }],
      ["list", { key: "A", service: "api", verdict: "failed", pinned: true }],
      ["list", { since: "2026-01-02T00:00:00.000Z", until: "2026-01-03T04:05:06.000Z", author: "ada" }],
      ["rollback", { revision: 3, key: "A" }],
      ["key", { key: "A", limit: 5 }],
      ["annotate", { revision: 3, note: "a note" }],
      ["annotate", { revision: 3, pinned: true }],
      ["annotate", { revision: 3, pinned: false }],
      ["prune", { keep: 5, before: "2026-01-02T00:00:00.000Z" }],
      ["vacuum", {}],
      ["backup", { file: join(project.paths.directory, "b") }],
      ["stats", { since: "2026-01-02T00:00:00.000Z" }],
      ["export", { file: join(project.paths.directory, "x"), passphrase: "correct horse" }],
      ["import", { file: "/x", signer: "00" }],
      ["show", { revision: 12 }],
      ["diff", { from: 12, to: null }],
      ["diff", { from: 2, to: 4 }],
      ["logs", { service: "api", tail: 7 }],
    ]);
  });

  it("shows every service's log where none is named", async () => {
    await start({ status: () => samples.status, logs: ({ service }) => [`${service} is up`] });
    assert.equal(await ok("logs"), "db     │ db is up\napi    │ api is up\nworker │ worker is up\n");
    assert.equal(await ok("logs", "api"), "api is up\n");
  });

  const verdicts: Record<Verdict, number> = {
    applied: 0,
    "rolled-back": 3,
    failed: 3,
    rejected: 4,
    inconclusive: 5,
    superseded: 5,
  };
  for (const [verdict, exitCode] of Object.entries(verdicts))
    it(`exits with ${exitCode} where apply or rollback ends ${verdict}`, async () => {
      await start({
        apply: () => ({ ...samples.failedOutcome, verdict }),
        rollback: () => ({ ...samples.outcome, verdict }),
      });
      const said = await inProject("apply");
      assert.equal(said.exitCode, exitCode);
      assert.match(said.out, new RegExp(`^revision 13 · ${verdict} · `));
      assert.equal((await inProject("rollback", "--json")).exitCode, exitCode);
    });

  it("shows the steps in passing while a rollout runs, and leaves no trace of them", async () => {
    await start({
      apply: async () => {
        for (const event of samples.events) agent?.send(event);
        return samples.outcome;
      },
    });
    const { out, hints } = await inProject("apply");
    assert.deepEqual(hints, [
      "  api  recreate  starting",
      "  api  recreate  healthy  1.2 s",
      "  api  recreate  failed: exited with code 1",
      "",
    ]);
    assert.match(out, /^revision 12 · applied/);
    assert.deepEqual((await inProject("apply", "--json")).hints, []);
  });

  it("says an error of the agent in one line, with its place and what to do, and its exit code", async () => {
    await start({
      plan: () =>
        new ResponseError(errorTable["compose-invalid"].rpc, "This is no service.", {
          code: "compose-invalid",
          location: { file: "compose.yaml", line: 3, column: 5 },
          todo: "Indent it.",
        }),
    });
    const said = await inProject("plan");
    assert.deepEqual([said.exitCode, said.out], [4, ""]);
    assert.equal(said.err, "hotenv: compose.yaml:3:5: This is no service. Indent it.\n");
    const { exitCode, out, err } = await inProject("plan", "--json");
    assert.deepEqual([exitCode, err], [4, ""]);
    assert.deepEqual(cliErrorSchema.parse(JSON.parse(out)), {
      error: {
        code: "compose-invalid",
        message: "This is no service.",
        location: { file: "compose.yaml", line: 3, column: 5 },
        todo: "Indent it.",
      },
    });
  });

  for (const [method, what] of [
    ["stop", "there is nothing to stop"],
    ["cancel", "there is nothing to cancel"],
    ["pause", "there is nothing to pause"],
    ["resume", "there is nothing to resume"],
  ] as const)
    it(`exits with 6 and a sentence where no agent runs that could ${method}`, async () => {
      const { exitCode, out, err } = await inProject(method);
      assert.deepEqual([exitCode, out], [6, ""]);
      assert.ok(
        err.includes(
          `No agent runs for ${project.paths.directory}, so ${what}. Start one with: hotenv agent`,
        ),
        err,
      );
    });

  it("says so where the agent goes away before it has answered", async () => {
    await start({
      plan: () => {
        agent?.cut();
        return new Promise(() => {});
      },
    });
    const { exitCode, err } = await inProject("plan");
    assert.equal(exitCode, 6);
    assert.match(err, /^hotenv: The connection to the agent was lost\./);
  });
});
