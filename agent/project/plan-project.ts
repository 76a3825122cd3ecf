/** From what runs and what the files now say to a plan that can be executed. */
import type { ProjectModel, ServiceModel } from "../../core/compose/model.ts";
import { reloadsOf } from "../../core/plan/action.ts";
import type { Explanation } from "../../core/plan/evidence.ts";
import { findImpacts, type ServiceImpact } from "../../core/plan/impact.ts";
import { neededBy, orderPhases } from "../../core/plan/phases.ts";
import { startFirst } from "../../core/plan/start-first.ts";
import { actionUnder, restartsAll, restartsAllCause } from "../../core/plan/strategy.ts";
import type { Action, Change, ServiceStatus } from "../../core/protocol/words.ts";
import type { Settings } from "../../core/settings/settings.ts";
import type { ExecutablePlan, ExecutableStep } from "../rollout/rollout-plan.ts";

export interface PlanInput {
  readonly change: Change;
  readonly settings: Settings;
  readonly before: ProjectModel;
  readonly after: ProjectModel;
  readonly running: readonly ServiceStatus[];
  /** Services whose containers carry the new configuration already: somebody else was quicker. */
  readonly upToDate: ReadonlySet<string>;
  /** Services that are not touched at all, whatever changed. */
  readonly leftOut?: ReadonlySet<string>;
  /** Start what is not running, too. */
  readonly up: boolean;
  /** The project has another name than what runs: to Compose it is another project. */
  readonly renamed?: { readonly from: string; readonly to: string } | undefined;
  /** A minor change only reloads, where the settings say so; asked for by hand, everything is brought in. */
  readonly gentle?: boolean;
  /** Fills the variables of the settings in; without it they stay as they are written. */
  readonly fill?: (text: string) => string;
  readonly expected: (
    service: string,
    action: Action,
  ) => { readonly ms: number; readonly count: number } | undefined;
  /** The cause in terms of the keys that changed; default: in terms of what they changed. */
  readonly explain?: (impact: ServiceImpact) => Explanation;
}

const isUp = (status: ServiceStatus | undefined) =>
  status !== undefined && (status.state === "running" || status.state === "restarting");

/** A local service that others wait for until it has ended, and that has. */
const isDone = (model: ServiceModel, status: ServiceStatus | undefined) =>
  model.runtime === "process" &&
  model.config.completes === true &&
  (status?.state === "exited" || status?.state === "stopped");

export interface ProjectPlan extends ExecutablePlan {
  /** Services that keep running as they were made, though the files say something else now. */
  readonly later: readonly string[];
}

export function planProject(input: PlanInput): ProjectPlan {
  const { change, settings, before, after, up } = input;
  const running = new Map(input.running.map((status) => [status.service, status]));
  const changedFiles = new Set(
    change.entries.filter((entry) => entry.role !== "env").map((entry) => entry.source),
  );
  const reloads = reloadsOf(settings);
  const strategy = change.entries.length === 0 ? "affected" : settings.policy.strategy;
  const later: string[] = [];
  const notes: string[] = [];
  const steps = new Map<string, ExecutableStep>();
  if (input.renamed !== undefined) notes.push(renamedNote(input.renamed, after));
  const anyUp = input.running.some((status) => isUp(status));

  const add = (impact: ServiceImpact) => {
    const { service, action } = impact;
    if (input.leftOut?.has(service)) return;
    const runtime = (impact.after ?? impact.before)?.runtime;
    const state = running.get(service);
    if (impact.after === undefined && runtime === "compose") {
      // As `docker compose up -d`: what is no longer named is left alone.
      if (isUp(state)) notes.push(`${service} is no longer in the project; its container runs on.`);
      return;
    }
    const isNew = impact.before === undefined && state === undefined;
    if (runtime === "compose" && !isUp(state) && !up && !(isNew && anyUp)) {
      // Under a new name nothing runs yet: that is said once, and not of each.
      if (input.renamed === undefined) notes.push(`${service} is not running and stays so.`);
      return;
    }
    // Only where the hash tells the two apart: contents of configs and secrets are not in it.
    const hashTells = impact.before?.configHash !== impact.after?.configHash;
    if (action === "recreate" && hashTells && input.upToDate.has(service) && isUp(state)) {
      notes.push(`${service} runs with the new configuration already.`);
      return;
    }
    const isKept = impact.before !== undefined && impact.after !== undefined;
    const chosen =
      input.gentle === true && isKept
        ? actionUnder(strategy, change.severity, action, reloads.get(service))
        : action;
    if (chosen !== action) later.push(service);
    if (chosen === undefined) {
      notes.push(
        `${service} keeps its former values until it is next made anew: a minor change only reloads.`,
      );
      return;
    }
    const obstacle = impact.after && startFirst(impact.after, after)?.obstacle;
    if (obstacle !== undefined && (chosen === "recreate" || chosen === "rebuild") && isUp(state))
      notes.push(
        `${service} cannot start beside its old container, since it ${obstacle}: that one stops first.`,
      );
    const { cause, evidence } = input.explain?.(impact) ?? { cause: impact.cause, evidence: [] };
    const target = chosen === action ? impact.after : impact.before;
    const step = makeStep(input, service, chosen, cause, impact.before, target);
    steps.set(service, evidence.length === 0 ? step : { ...step, evidence });
  };
  for (const impact of findImpacts(before, after, changedFiles, reloads)) add(impact);

  if (restartsAll(strategy, change.severity) && steps.size > 0)
    for (const [service, model] of after)
      if (!steps.has(service) && !input.leftOut?.has(service) && isUp(running.get(service)))
        steps.set(
          service,
          makeStep(input, service, "restart", restartsAllCause(), before.get(service), model),
        );

  for (const [service, model] of after)
    if (
      !steps.has(service) &&
      !input.leftOut?.has(service) &&
      !isUp(running.get(service)) &&
      !isDone(model, running.get(service)) &&
      (up || model.runtime === "process")
    )
      steps.set(service, makeStep(input, service, "recreate", "not running", undefined, model));

  notes.push(...missingBelow(steps, running, up));
  const model = new Map([...before, ...after]);
  const touched = new Set(steps.keys());
  const needed = neededBy(model, touched);
  const phases = orderPhases(model, touched).map((services) => ({
    steps: services.flatMap((service) => {
      const step = steps.get(service);
      return step === undefined ? [] : [{ ...step, waitsFor: needed.get(service) ?? [] }];
    }),
  }));
  return { change, phases, notes, later };
}

function renamedNote(
  { from, to }: { readonly from: string; readonly to: string },
  after: ProjectModel,
): string {
  const names = [...after.values()].filter(({ runtime }) => runtime === "compose").map(({ name }) => name);
  return (
    `The project is called ${to} now: \`hotenv apply --up\` creates ${names.join(", ")} under that name. ` +
    `What runs as ${from} is left behind; \`docker compose -p ${from} down\` removes it.`
  );
}

/** What a step depends on, and what does not run and will not: it may be the reason for which it fails. */
function missingBelow(
  steps: ReadonlyMap<string, ExecutableStep>,
  running: ReadonlyMap<string, ServiceStatus>,
  up: boolean,
): string[] {
  if (up) return [];
  return [...steps.values()].flatMap(({ service, target }) =>
    (target?.dependsOn ?? [])
      .filter(
        ({ service: on, condition }) =>
          condition !== "service_completed_successfully" && !steps.has(on) && !isUp(running.get(on)),
      )
      .map(({ service: on }) => `${service} depends on ${on}, which is not running.`),
  );
}

/** One step, with what hotenv.yaml says of its service. */
export function makeStep(
  {
    settings,
    expected: expectedOf,
    fill = (text) => text,
    up,
    after,
  }: Pick<PlanInput, "settings" | "expected" | "fill" | "up" | "after">,
  service: string,
  action: Action,
  cause: string,
  current: ServiceModel | undefined,
  target: ServiceModel | undefined,
): ExecutableStep {
  const { reload, verify: probes = [] } = settings.services.get(service) ?? {};
  const signal = reload?.signal;
  const expected = expectedOf(service, action);
  return {
    service,
    action,
    cause,
    current,
    target,
    project: after,
    ...(up ? { start: true } : {}),
    ...(action === "signal" && signal !== undefined ? { signal } : {}),
    ...(reload === undefined ? {} : { reload: filled(reload, fill) }),
    ...(probes.length === 0 ? {} : { probes: filled(probes, fill) }),
    ...(expected === undefined ? {} : { expectedMs: expected.ms, expectedFrom: expected.count }),
  };
}

/** Every text in plain data, filled. */
function filled<T>(value: T, fill: (text: string) => string): T {
  const inner = (part: unknown): unknown => {
    if (typeof part === "string") return fill(part);
    if (Array.isArray(part)) return part.map(inner);
    if (part === null || typeof part !== "object") return part;
    return Object.fromEntries(Object.entries(part).map(([key, content]) => [key, inner(content)]));
  };
  return inner(value) as T;
}
