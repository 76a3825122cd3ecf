import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Status } from "../../../core/protocol/words.ts";
import { assertGolden, colored, narrow, plain } from "../golden/golden.ts";
import * as samples from "../golden/samples.ts";
import { renderDiff } from "./diff.ts";
import { renderEvent, tell } from "./event.ts";
import { renderHistory } from "./history.ts";
import { renderKeyHistory } from "./key-history.ts";
import { renderLogs } from "./logs.ts";
import { renderPlan } from "./plan.ts";
import { renderOutcome, renderRevision } from "./revision.ts";
import { renderRunning } from "./running.ts";
import { renderStatistics } from "./statistics.ts";
import { renderStatus } from "./status.ts";
import type { View } from "./view.ts";
import { renderWelcome } from "./welcome.ts";

describe("what the command line prints", () => {
  it("an outcome", () => {
    assertGolden("outcome-applied", renderOutcome(samples.outcome, plain));
    assertGolden("outcome-rolled-back", renderOutcome(samples.failedOutcome, plain));
    assertGolden("outcome-nothing", renderOutcome(samples.nothingToDo, plain));
    assertGolden("outcome-dry", renderOutcome(samples.dryRun, plain));
    assertGolden("outcome-no-service", renderOutcome(samples.noService, plain));
    assertGolden("outcome-rejected", renderOutcome(samples.rejected, plain));
    assertGolden("outcome-rolled-back-colored", renderOutcome(samples.failedOutcome, colored));
  });

  it("a plan", () => {
    assertGolden("plan", renderPlan(samples.plan, plain));
    assertGolden("plan-narrow", renderPlan(samples.plan, narrow));
    assertGolden("plan-nothing", renderPlan(samples.nothingToDo.plan, plain));
    assertGolden("plan-no-service", renderPlan({ change: samples.oneEntry, phases: [], notes: [] }, plain));
    const known = samples.plan.phases.slice(0, 1);
    assertGolden("plan-one-phase", renderPlan({ change: samples.oneEntry, phases: known, notes: [] }, plain));
  });

  it("a history", () => {
    const { runningSummary, summaries } = samples;
    assertGolden("history", renderHistory([runningSummary, ...summaries], 12, plain));
    assertGolden("history-colored", renderHistory(summaries, 12, colored));
    assertGolden("history-empty", renderHistory([], null, plain));
    const [first, ...others] = summaries;
    const annotated = first ? [{ ...first, note: "before the move", pinned: true }, ...others] : [];
    assertGolden("history-annotated", renderHistory(annotated, 12, plain));
  });

  it("a revision", () => {
    assertGolden("revision", renderRevision(samples.revision, plain));
    assertGolden("revision-rolled-back", renderRevision(samples.failedRevision, plain));
    const git = { head: "1a2b3c4d5e6f7a8b9c0d1a2b3c4d5e6f7a8b9c0d", branch: "main" };
    const annotated = { ...samples.revision, git, note: "before the move", pinned: true };
    assertGolden("revision-annotated", renderRevision(annotated, plain));
  });

  it("what became of a key", () => {
    assertGolden("key-history", renderKeyHistory("API_URL", samples.keyHistory, plain));
    assertGolden("key-history-none", renderKeyHistory("NONE", [], plain));
  });

  it("statistics", () => {
    assertGolden("statistics", renderStatistics(samples.statistics, plain));
    const none = { services: [], days: [], failingKeys: [] };
    assertGolden("statistics-none", renderStatistics(none, plain));
  });

  it("a status", () => {
    assertGolden("status", renderStatus(samples.status, plain));
    assertGolden("status-invalid", renderStatus(samples.invalidStatus, plain));
    assertGolden(
      "status-no-agent",
      renderStatus({ ...samples.status, agent: null, revision: null, lastGood: null, rollout: null }, plain),
    );
    assertGolden(
      "status-rolling-out",
      renderStatus({ ...samples.status, state: "restarting", rollout: samples.running }, plain),
    );
    assertGolden("status-colored", renderStatus(samples.status, colored));
    assertGolden("status-engine", renderStatus({ ...samples.status, engine: samples.untestedEngine }, plain));
    const { untested: _, ...engine } = samples.untestedEngine;
    assertGolden("status", renderStatus({ ...samples.status, engine }, plain));
  });

  it("a diff", () => {
    const files = [
      {
        path: ".env",
        before: "A=1\nB=2\nC=3\nD=4\nE=5\nF=6\nG=7\nH=8\nI=9\nJ=0\n",
        after: "A=1\nB=2\nC=3\nD=4\nE=five\nF=6\nG=7\nH=8\nI=9\nJ=0\nK=1\n",
      },
      { path: "rules/new.yaml", before: null, after: "a: 1\n" },
      { path: "same.txt", before: "x", after: "x" },
    ];
    assertGolden("diff", renderDiff(11, 12, { entries: samples.change.entries, files }, plain));
    assertGolden(
      "diff-disk-colored",
      renderDiff(12, null, { entries: samples.oneEntry.entries, files }, colored),
    );
    assertGolden("diff-none", renderDiff(11, 12, { entries: [], files: files.slice(2) }, plain));
  });

  it("logs", () => {
    const lines = [
      { service: "api", line: "listening" },
      { service: "worker", line: "idle" },
    ];
    assertGolden("logs", renderLogs(lines, true, plain));
    assert.equal(renderLogs(lines, false, plain), "listening\nidle\n");
  });

  it("what is still running", () => {
    assertGolden("running", renderRunning({ rollout: samples.running, detail: "" }, plain));
    assert.equal(renderRunning({ rollout: samples.applied, detail: "" }, plain), "No rollout is running.\n");
  });

  it("the first lines of an agent", () => {
    assertGolden("welcome", renderWelcome(samples.status, plain));
    const many = Array.from({ length: 30 }, (_, index) => ({
      path: `rules/${index}.yaml`,
      role: "file" as const,
    }));
    assertGolden(
      "welcome-invalid",
      renderWelcome({ ...samples.invalidStatus, sources: many, services: [] }, plain),
    );
  });

  const story = (view: View) => {
    const lines: string[] = [];
    let told = tell(undefined, samples.status);
    for (const event of samples.events) {
      lines.push(...renderEvent(event, told, view));
      if (event.type === "status_update") told = tell(told, event.data);
    }
    return `${lines.join("\n")}\n`;
  };

  it("what happens while an agent runs", () => {
    assertGolden("events", story(plain));
    assertGolden("events-colored", story(colored));
  });

  it("a status only where it is news", () => {
    const said = (...statuses: Status[]) => {
      let told = tell(undefined, statuses[0] ?? samples.status);
      return statuses.slice(1).map((data) => {
        const event = { type: "status_update", timestamp: samples.revision.time, seq: 1, data } as const;
        const lines = renderEvent(event, told, plain);
        told = tell(told, data);
        return lines.length;
      });
    };
    const { status: stable, invalidStatus: invalid } = samples;
    const updating: Status = { ...stable, state: "updating" };
    const restarting: Status = { ...stable, state: "restarting" };
    const failed: Status = { ...stable, state: "error", detail: "api failed." };
    const paused: Status = { ...stable, state: "paused", paused: true };
    assert.deepEqual(said(stable, invalid, invalid, stable, stable), [2, 0, 1, 0]);
    assert.deepEqual(said(stable, updating, stable), [0, 0]);
    assert.deepEqual(said(stable, paused, stable), [1, 1]);
    assert.deepEqual(said(stable, updating, restarting, failed, updating, failed), [0, 0, 0, 0, 0]);
    assert.deepEqual(said(stable, updating, failed), [0, 1]);
    assert.deepEqual(said(invalid, updating, restarting, stable), [0, 0, 0]);
  });
});
