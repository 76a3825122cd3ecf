import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import type { ProjectModel, ServiceModel } from "../compose/model.ts";
import { actionForFile, actionForPaths, causeOf } from "./action.ts";
import { findImpacts } from "./impact.ts";
import { findCycle, neededBy, orderPhases } from "./phases.ts";

interface Sketch {
  readonly needs?: readonly string[];
  readonly restart?: boolean;
  readonly config?: ServiceModel["config"];
  readonly files?: ServiceModel["files"];
}

function project(sketches: Readonly<Record<string, Sketch>>): ProjectModel {
  return new Map(
    Object.entries(sketches).map(([name, { needs = [], restart = false, config = {}, files = [] }]) => [
      name,
      {
        name,
        runtime: "compose" as const,
        config,
        files,
        dependsOn: needs.map((service) => ({ service, condition: "service_started" as const, restart })),
      },
    ]),
  );
}

describe("The action for what changed", () => {
  for (const [paths, action] of [
    [["environment.A"], "recreate"],
    [["image", "labels"], "recreate"],
    [["build.args.V"], "rebuild"],
    [["build", "environment.A"], "rebuild"],
    [["depends_on.db"], "none"],
    [["deploy.replicas"], "none"],
    [["depends_on.db", "command"], "recreate"],
    [["builder"], "recreate"],
  ] as const)
    it(`${paths.join(" and ")}: ${action}`, () => assert.equal(actionForPaths(paths, false), action));

  it("is recreate where only Compose's own hash says so", () =>
    assert.equal(actionForPaths(["depends_on.db"], true), "recreate"));

  it("is the declared signal for a bind-mounted file, else a restart, and recreate for a config", () => {
    const file = { path: "rules/a", via: "bind", target: "/a", alone: true } as const;
    assert.equal(actionForFile(file, { signal: "SIGHUP" }), "signal");
    assert.equal(actionForFile(file, undefined), "restart");
    assert.equal(actionForFile({ ...file, via: "copy" }, { signal: "SIGHUP" }), "recreate");
  });

  it("names at most two of the changed paths", () => {
    const delta = { service: "a", kind: "modified", before: undefined, after: undefined } as const;
    assert.equal(causeOf({ ...delta, paths: ["image"] }), "image changed");
    assert.equal(causeOf({ ...delta, paths: ["a", "b", "c", "d"] }), "a, b and 2 more changed");
  });
});

describe("Impacts", () => {
  const none = new Set<string>();
  it("are the services whose model differs, and no others", () => {
    const before = project({ api: { config: { environment: { A: "1" } } }, web: {} });
    const after = project({ api: { config: { environment: { A: "2" } } }, web: {} });
    assert.deepEqual(
      findImpacts(before, after, none, new Map()).map(({ service, action, cause }) => [
        service,
        action,
        cause,
      ]),
      [["api", "recreate", "environment.A changed"]],
    );
  });

  it("reach dependents that asked to be restarted, through several of them", () => {
    const shape = {
      db: {},
      api: { needs: ["db"], restart: true },
      web: { needs: ["api"], restart: true },
      job: { needs: ["db"] },
    };
    const before = project(shape);
    const after = project({ ...shape, db: { config: { image: "new" } } });
    // web waits for a replaced api; a restarted one keeps its container.
    assert.deepEqual(
      findImpacts(before, after, none, new Map()).map(({ service, action }) => [service, action]),
      [
        ["api", "restart"],
        ["db", "recreate"],
      ],
    );
  });

  it("reach whoever lives in a replaced container", () => {
    const sidecar = { needs: ["api"], config: { network_mode: "service:api" } };
    const before = project({ api: {}, sidecar });
    const after = project({ api: { config: { image: "new" } }, sidecar });
    assert.deepEqual(
      findImpacts(before, after, none, new Map()).map(({ service, action }) => [service, action]),
      [
        ["api", "recreate"],
        ["sidecar", "recreate"],
      ],
    );
  });

  it("reach whoever lives in the namespace of a container that only restarts, and nobody else", () => {
    const files = [{ path: "conf", via: "bind", target: "/conf", alone: true }] as const;
    const model = project({
      api: { files },
      sidecar: { needs: ["api"], config: { network_mode: "service:api" } },
      nested: { needs: ["sidecar"], config: { pid: "service:sidecar" } },
      heir: { needs: ["api"], config: { volumes_from: ["api:ro"] } },
      client: { needs: ["api"] },
    });
    assert.deepEqual(
      findImpacts(model, model, new Set(["conf"]), new Map()).map(({ service, action }) => [service, action]),
      [
        ["api", "restart"],
        ["nested", "restart"],
        ["sidecar", "restart"],
      ],
    );
  });

  it("follow an action that became heavier on the way", () => {
    const files = [{ path: "conf", via: "bind", target: "/conf", alone: true }] as const;
    const others = {
      late: { needs: ["middle"], config: { network_mode: "service:middle" } },
      middle: { needs: ["root"], config: { network_mode: "service:root" }, files },
    };
    const before = project({ ...others, root: { config: { image: "old" } } });
    const after = project({ ...others, root: { config: { image: "new" } } });
    assert.deepEqual(
      findImpacts(before, after, new Set(["conf"]), new Map()).map(({ service, action }) => [
        service,
        action,
      ]),
      [
        ["late", "recreate"],
        ["middle", "recreate"],
        ["root", "recreate"],
      ],
    );
  });

  it("take the heavier of two actions, with its cause", () => {
    const files = [{ path: "conf", via: "bind", target: "/conf", alone: true }] as const;
    const before = project({ api: { config: { image: "old" }, files } });
    const after = project({ api: { config: { image: "new" }, files } });
    const [impact] = findImpacts(before, after, new Set(["conf"]), new Map());
    assert.deepEqual([impact?.action, impact?.cause], ["recreate", "image changed"]);
  });
});

describe("Phases", () => {
  it("put side by side what does not depend on each other, also through services that are not affected", () => {
    const model = project({ db: {}, cache: {}, api: { needs: ["db"] }, web: { needs: ["api"] } });
    assert.deepEqual(orderPhases(model, new Set(["web", "db", "cache"])), [["cache", "db"], ["web"]]);
  });

  it("let each wait only for what it depends on, also through services that are not affected", () => {
    const model = project({
      db: {},
      cache: {},
      api: { needs: ["db"] },
      web: { needs: ["api", "cache"] },
      edge: { needs: ["web"] },
    });
    assert.deepEqual(Object.fromEntries(neededBy(model, new Set(["db", "cache", "web", "edge"]))), {
      db: [],
      cache: [],
      web: ["cache", "db"],
      edge: ["web"],
    });
  });

  it("name a cycle", () => {
    assert.deepEqual(findCycle(project({ a: { needs: ["b"] }, b: { needs: ["c"] }, c: { needs: ["b"] } })), [
      "b",
      "c",
      "b",
    ]);
    assert.equal(findCycle(project({ a: { needs: ["b"] }, b: {} })), undefined);
  });

  it("hold every service once, and each behind what it depends on", () => {
    const acyclic = fc
      .array(fc.array(fc.nat(20), { maxLength: 4 }), { minLength: 1, maxLength: 20 })
      .map((needs) =>
        project(
          Object.fromEntries(
            needs.map((on, index) => [
              `s${index}`,
              { needs: [...new Set(on.filter((n) => n < index).map((n) => `s${n}`))] },
            ]),
          ),
        ),
      );
    fc.assert(
      fc.property(acyclic, fc.infiniteStream(fc.boolean()), (model, coin) => {
        const chosen = new Set([...model.keys()].filter(() => coin.next().value));
        const phases = orderPhases(model, chosen);
        assert.deepEqual(phases.flat().sort(), [...chosen].sort());
        const phaseOf = new Map(
          phases.flatMap((phase, index) => phase.map((service) => [service, index] as const)),
        );
        for (const [service, { dependsOn }] of model)
          for (const { service: on } of dependsOn)
            if (chosen.has(service) && chosen.has(on))
              assert.ok((phaseOf.get(on) ?? 0) < (phaseOf.get(service) ?? 0));
        // What one waits for stands in an earlier phase, and what it depends on is waited for.
        const needed = neededBy(model, chosen);
        for (const service of chosen) {
          for (const on of needed.get(service) ?? [])
            assert.ok((phaseOf.get(on) ?? 0) < (phaseOf.get(service) ?? 0));
          for (const { service: on } of model.get(service)?.dependsOn ?? [])
            assert.ok(!chosen.has(on) || needed.get(service)?.includes(on));
        }
      }),
    );
  });
});
