/** The files on disk beside what runs: what changed, and what applying it would do. */

import { diffSources } from "../../core/change/diff.ts";
import { canonical } from "../../core/compose/compare.ts";
import type { ProjectModel } from "../../core/compose/model.ts";
import { fillTemplate } from "../../core/interpolate/fill.ts";
import { parseTemplate } from "../../core/interpolate/template.ts";
import { explainChange } from "../../core/plan/evidence.ts";
import type { Change, ServiceStatus } from "../../core/protocol/words.ts";
import { type Settings, severityOf } from "../../core/settings/settings.ts";
import type { ExecutablePlan } from "../rollout/rollout-plan.ts";
import { analyseSnapshot } from "./analyse.ts";
import { explainLeftOut, leftOut } from "./breaker.ts";
import { compareSources, type Hide, hiderOf } from "./compared.ts";
import { adoptedModel, heldBack, withHeld } from "./drift.ts";
import { planProject } from "./plan-project.ts";
import { projectLookup, type Reading, readProject } from "./reading.ts";
import { sensitivityOf } from "./sensitivity.ts";
import type { KeptModel } from "./serialise.ts";
import type { Snapshot } from "./snapshot.ts";
import type { Environment } from "./sources.ts";
import { type ReconcileRequest, type Running, runningRevision, type Workshop } from "./workshop.ts";

const emptySnapshot: Snapshot = { id: "", files: [] };

export interface Comparison {
  readonly running: Running | undefined;
  readonly reading: Reading;
  readonly change: Change;
  readonly plan: ExecutablePlan;
  readonly hide: Hide;
  /** Services that differed before the change and that nobody asked to bring in. */
  readonly held: ReadonlySet<string>;
  /** Services that this change leaves as they are: held back from now on. */
  readonly later: ReadonlySet<string>;
}

/** Reads the files and works out what applying them would do. Touches nothing but the board. */
export async function compare(
  shop: Workshop,
  request: Pick<ReconcileRequest, "explicit" | "up" | "texts">,
  signal: AbortSignal,
): Promise<Comparison> {
  const { history, runtimes, board, directory, environment } = shop;
  const reading = await readProject(directory, environment, signal, {
    texts: request.texts,
    isWhole: shop.saves.isWhole,
  });
  const running = runningRevision(history);
  // What is no longer named must still be stopped: the runtimes of both states are needed.
  await runtimes.provide(reading.name, new Map([...(running?.services ?? []), ...reading.services]));
  const observed = await runtimes.observe(signal);
  board.set({
    name: reading.name,
    services: withMissing(reading.services, observed),
    sources: reading.sources,
    problems: [],
    invalid: "",
  });

  const { change, hide } = changeBetween(
    running?.snapshot ?? emptySnapshot,
    reading.snapshot,
    environment,
    reading.settings,
    running === undefined,
  );
  const drifted = new Set(await runtimes.drift(reading.services, signal));
  const upToDate = new Set(observed.map(({ service }) => service).filter((service) => !drifted.has(service)));
  const held = new Map(
    [...(request.explicit ? [] : heldBack(history))].filter(
      ([service, said]) =>
        !upToDate.has(service) && canonical(reading.services.get(service)?.config) === said,
    ),
  );
  const { breakers } = board.fields;
  const out = leftOut(breakers, reading.services, request.explicit, Date.now());
  const before = running?.services ?? adoptedModel(reading.services, drifted);
  const views = [reading.snapshot, ...(running === undefined ? [] : [running.snapshot])].map((snapshot) =>
    analyseSnapshot(directory, environment, snapshot),
  );
  const plan = planProject({
    explain: (impact) => {
      const { cause, evidence } = explainChange(views, change.entries, impact);
      return { cause, evidence: evidence.map((line) => ({ ...line, text: hide(line.text) })) };
    },
    change,
    settings: reading.settings,
    before: withHeld(before, reading.services, new Set([...held.keys(), ...out])),
    leftOut: out,
    after: reading.services,
    running: observed,
    upToDate,
    up: request.up,
    renamed:
      running === undefined || running.name === reading.name || !reading.isCompose
        ? undefined
        : { from: running.name, to: reading.name },
    gentle: !request.explicit,
    fill: (text) =>
      fillTemplate(
        parseTemplate(text),
        projectLookup(directory, environment, reading.snapshot),
        () => undefined,
      ),
    expected: (service, action) => history.medianDuration(service, action),
  });
  const notes = [...held.keys()].map(
    (service) => `${service} runs with another configuration than the files; apply to bring it in.`,
  );
  const differs = [...out].filter(
    (service) => canonical(before.get(service)?.config) !== canonical(reading.services.get(service)?.config),
  );
  notes.push(...differs.map((service) => explainLeftOut(breakers, service)));
  return {
    running,
    reading,
    change,
    plan: { ...plan, notes: [...plan.notes, ...notes] },
    hide,
    held: new Set([...held.keys(), ...out, ...plan.later]),
    later: new Set(plan.later),
  };
}

/** What changed between two snapshots, with secrets hidden. @param first there was nothing to compare with: nothing has changed */
export function changeBetween(
  before: Snapshot,
  after: Snapshot,
  environment: Environment,
  settings: Settings,
  first = false,
): { readonly change: Change; readonly hide: Hide } {
  const isSensitive = sensitivityOf([after, before]);
  const hide = hiderOf([after, before], environment, isSensitive);
  const change = diffSources(
    compareSources(first ? after : before, environment),
    compareSources(after, environment),
    { severityOf: (key) => severityOf(key, settings), isSensitive, hide },
  );
  return { change, hide };
}

export function withMissing(model: ProjectModel, observed: readonly ServiceStatus[]): ServiceStatus[] {
  const known = new Set(observed.map(({ service }) => service));
  const missing = [...model.values()]
    .filter(({ name }) => !known.has(name))
    .map(
      ({ name, runtime }): ServiceStatus => ({
        service: name,
        runtime,
        state: "missing",
        health: "none",
        instances: [],
      }),
    );
  return [...observed, ...missing].sort((a, b) => (a.service < b.service ? -1 : 1));
}

/** What runs when this is through: the files' model, but for services that are held back as they were. */
export function keptModel({ reading, running, held }: Comparison): KeptModel {
  const services = new Map(
    [...reading.services].map(([name, model]) => [
      name,
      held.has(name) ? (running?.services.get(name) ?? model) : model,
    ]),
  );
  return { name: reading.name, services };
}
