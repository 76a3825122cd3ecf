/**
 * Services that ran with something else than the files said when the project was adopted. They are held back:
 * nothing is done about them until the files say something new, or a person asks for it.
 */
import { canonical } from "../../core/compose/compare.ts";
import type { ProjectModel, ServiceModel } from "../../core/compose/model.ts";
import type { History } from "../history/history.ts";

const driftName = "drift";

/** Service -> what the files said of it then. */
export function heldBack(history: History): Map<string, string> {
  return new Map(Object.entries(JSON.parse(history.recall(driftName) ?? "{}") as Record<string, string>));
}

/** What runs and is not what the files say: known by its containers only, so that it differs from everything. */
export function adoptedModel(services: ProjectModel, drifted: ReadonlySet<string>): ProjectModel {
  return new Map([...services].map(([name, model]) => [name, drifted.has(name) ? unknownTo(model) : model]));
}

function unknownTo({ configHash: _, ...model }: ServiceModel): ServiceModel {
  return { ...model, config: { "x-hotenv": "not made from these files" } };
}

/** A service that is held back counts as unchanged: the files say nothing new about it. */
export function withHeld(before: ProjectModel, after: ProjectModel, held: ReadonlySet<string>): ProjectModel {
  return new Map(
    [...before].map(([name, model]) => [name, held.has(name) ? (after.get(name) ?? model) : model]),
  );
}

export function holdBack(history: History, drifted: Iterable<string>, services: ProjectModel): void {
  const held = [...drifted].map((name) => [name, canonical(services.get(name)?.config)]);
  history.keep(driftName, held.length === 0 ? null : JSON.stringify(Object.fromEntries(held)));
}

/** These, too, from now on. */
export function holdBackMore(history: History, more: Iterable<string>, services: ProjectModel): void {
  const held = heldBack(history);
  for (const name of more) held.set(name, canonical(services.get(name)?.config));
  if (held.size > 0) history.keep(driftName, JSON.stringify(Object.fromEntries(held)));
}

export function forgetDrift(history: History, services: readonly string[]): void {
  const held = heldBack(history);
  for (const service of services) held.delete(service);
  history.keep(driftName, held.size === 0 ? null : JSON.stringify(Object.fromEntries(held)));
}
