import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { ProjectModel, ServiceModel } from "../../core/compose/model.ts";
import type { ServiceStatus } from "../../core/protocol/words.ts";
import { defaultSettings } from "../../core/settings/settings.ts";
import { type PlanInput, planProject } from "./plan-project.ts";

type Part = Partial<Pick<ServiceModel, "config" | "dependsOn">>;
const project = (parts: Readonly<Record<string, Part>>): ProjectModel =>
  new Map(
    Object.entries(parts).map(([name, part]) => [
      name,
      { name, runtime: "compose", config: {}, dependsOn: [], files: [], ...part },
    ]),
  );
const on = (
  service: string,
  condition: ServiceModel["dependsOn"][number]["condition"] = "service_started",
) => ({
  service,
  condition,
  restart: false,
});
const status = (service: string, state: ServiceStatus["state"]): ServiceStatus => ({
  service,
  runtime: "compose",
  state,
  health: "none",
  instances: [],
});

function plan(more: Pick<PlanInput, "before" | "after" | "running"> & Partial<PlanInput>) {
  const { phases, notes } = planProject({
    change: { entries: [], severity: "minor" },
    settings: defaultSettings,
    upToDate: new Set(),
    up: false,
    expected: (service) => (service === "api" ? { ms: 1_200, count: 5 } : undefined),
    ...more,
  });
  return { phases: phases.map(({ steps }) => steps.map(({ service }) => service)), notes, all: phases };
}

describe("the plan of a project", () => {
  const before = project({
    db: { config: { image: "db" } },
    seed: { config: { image: "seed" }, dependsOn: [on("db")] },
    api: { config: { image: "old" }, dependsOn: [on("db"), on("seed", "service_completed_successfully")] },
  });
  const after = project({
    db: { config: { image: "db" } },
    seed: { config: { image: "seed" }, dependsOn: [on("db")] },
    api: { config: { image: "new" }, dependsOn: [on("db"), on("seed", "service_completed_successfully")] },
  });

  it("says how long a step takes, and of how many rollouts that is known", () => {
    const { all } = plan({ before, after, running: [status("api", "running"), status("db", "running")] });
    const [step] = all[0]?.steps ?? [];
    assert.deepEqual([step?.service, step?.expectedMs, step?.expectedFrom], ["api", 1_200, 5]);
  });

  it("names what a step depends on and what does not run; a job that has ended is none of it", () => {
    const { phases, notes } = plan({
      before,
      after,
      running: [status("api", "running"), status("db", "stopped"), status("seed", "exited")],
    });
    assert.deepEqual(phases, [["api"]]);
    assert.deepEqual(notes, ["api depends on db, which is not running."]);
    const up = plan({
      before,
      after,
      up: true,
      running: [status("api", "running"), status("db", "stopped")],
    });
    assert.deepEqual([up.phases, up.notes], [[["db"], ["seed"], ["api"]], []]);
  });

  it("leaves what was stopped as it is, and says so", () => {
    const { phases, notes } = plan({
      before,
      after,
      running: [status("api", "stopped"), status("db", "running")],
    });
    assert.deepEqual([phases, notes], [[], ["api is not running and stays so."]]);
  });

  it("says what another project name creates, and what it leaves behind", () => {
    const { phases, notes } = plan({ before, after, running: [], renamed: { from: "shop", to: "store" } });
    assert.deepEqual(phases, []);
    assert.deepEqual(notes, [
      "The project is called store now: `hotenv apply --up` creates db, seed, api under that name. What runs as shop is left behind; `docker compose -p shop down` removes it.",
    ]);
  });
});
