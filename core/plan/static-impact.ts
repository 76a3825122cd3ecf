/** What a change would touch, said from the files alone: before anything is saved, and without Docker. */
import type { ProjectModel } from "../compose/model.ts";
import type { StaticProject } from "../compose/static.ts";
import { staticModel } from "../compose/static-model.ts";
import { type ServiceFileUse, usesOfFile, usesOfVariable, type VariableUse } from "../compose/uses.ts";
import { clausesOf, t } from "../l10n.ts";
import type { ChangeEntry, Evidence, Impact } from "../protocol/words.ts";
import { actionForFile, changedText, type DeclaredReload } from "./action.ts";
import { type ChangedSource, explainChange, pathForPeople } from "./evidence.ts";
import { findImpacts } from "./impact.ts";

export interface StaticImpact extends Impact {
  /** Why, in a few words. */
  readonly cause: string;
}

type Reloads = ReadonlyMap<string, DeclaredReload>;

/**
 * What new values of the variables would need, wherever they reach, and whom that draws along.
 * @param file where the keys stand; see usesOfVariable
 */
export function impactOfVariables(
  project: StaticProject,
  keys: readonly string[],
  file?: string,
): StaticImpact[] {
  const reached = new Map<string, KeyUse[]>();
  for (const key of new Set(keys))
    for (const use of usesOfVariable(project, key, file))
      reached.set(use.service, [...(reached.get(use.service) ?? []), { ...use, key }]);
  const before = staticModel(project);
  const after: ProjectModel = new Map(
    [...before].map(([service, model]) => {
      const paths = (reached.get(service) ?? []).flatMap((use) => use.paths);
      // No field of a service has this value: whatever stands there now, it differs.
      const changed = Object.fromEntries(paths.map((path) => [path, ["changed"]]));
      return [service, { ...model, config: { ...model.config, ...changed } }];
    }),
  );
  const impacts = findImpacts(before, after, new Set(), new Map()).map(
    ({ service, action, cause }): StaticImpact => {
      const uses = reached.get(service);
      if (uses === undefined) return { service, action, cause, evidence: tieOf(project, service) };
      return { service, action, ...told(uses) };
    },
  );
  // What the profiles hold back now, another value may start.
  for (const [service, uses] of reached)
    if (uses.some(({ enabled, paths }) => !enabled && paths.includes("project.profiles")))
      impacts.push({ service, action: "recreate", ...told(uses) });
  return impacts.sort((a, b) => (a.service < b.service ? -1 : 1));
}

type KeyUse = VariableUse & { readonly key: string };

function told(uses: readonly KeyUse[]): Pick<StaticImpact, "cause" | "evidence"> {
  const lines = uses.flatMap(({ evidence }) => evidence);
  return {
    cause: clausesOf(uses.map(({ key, paths }) => reachText(key, paths))),
    evidence: [...new Map(lines.map((evidence) => [`${evidence.file}:${evidence.line}`, evidence])).values()],
  };
}

function reachText(key: string, paths: readonly string[]): string {
  const [first = "", second, ...more] = paths.map(pathForPeople);
  if (second === undefined) return t("{0} changes {1}", key, first);
  return more.length === 0
    ? t("{0} changes {1} and {2}", key, first, second)
    : t("{0} changes {1}, {2} and {3} more", key, first, second, more.length);
}

/** What ties a service to one that is replaced. */
function tieOf(project: StaticProject, name: string): Evidence[] {
  const place = project.services.get(name)?.tiesAt;
  return place === undefined ? [] : [project.evidence(place)];
}

/** Of a folder that a service can write to, the files are its data. */
function isRead({ enabled, via, readOnly, alone }: ServiceFileUse): boolean {
  if (!enabled) return false;
  return via === "bind" ? alone || readOnly : via === "config" || via === "secret";
}

/**
 * What a new content of the file would need. Env files and label files, of which only values count, are for
 * impactOfVariables; a build context is rebuilt only when asked for.
 */
export function impactOfFile(
  project: StaticProject,
  path: string,
  reloads: Reloads = new Map(),
): StaticImpact[] {
  const impacts = new Map<string, StaticImpact>();
  for (const { service, via, alone, evidence } of usesOfFile(project, path).filter(isRead)) {
    const known = impacts.get(service);
    const kind = via === "bind" ? "bind" : "copy";
    const action = actionForFile({ path, via: kind, target: "", alone }, reloads.get(service));
    impacts.set(service, {
      service,
      action: known?.action === "recreate" ? "recreate" : action,
      cause: changedText(path),
      evidence: [...(known?.evidence ?? []), evidence],
    });
  }
  return [...impacts.values()].sort((a, b) => (a.service < b.service ? -1 : 1));
}

/** A file's kind of change: what `Change` says of it, or as much of it as is known before a save. */
export type EditEntry = Pick<ChangeEntry, "source" | "role"> & { readonly key?: string | undefined };

/**
 * What the difference between two states of the files would need. Values are compared, not names: an edit
 * that leaves every resolved value as it was touches nothing.
 * @param entries what was edited; their sources of role `file` count as changed content
 */
export function impactOfEdit(
  before: StaticProject,
  after: StaticProject,
  entries: readonly EditEntry[],
  reloads: Reloads = new Map(),
): StaticImpact[] {
  const paths = entries.filter(({ role }) => role !== "env").map(({ source }) => source);
  const fromFiles = paths.flatMap((path) => impactOfFile(after, path, reloads));
  // A mounted folder stands for its files: without a file system nobody can list them.
  const mounted = paths.flatMap((path) =>
    usesOfFile(after, path)
      .filter(isRead)
      .map((use) => use.path),
  );
  const changed: ChangedSource[] = entries.filter(({ role }) => role !== "file");
  return findImpacts(staticModel(before), staticModel(after), new Set(mounted), reloads).map((impact) => {
    const { service, action } = impact;
    const explained = explainChange([after, before], changed, impact);
    const read = fromFiles.filter((file) => file.service === service);
    const cause =
      explained.evidence.length === 0 && mounted.some((path) => impact.cause === changedText(path))
        ? read[0]?.cause
        : undefined;
    const evidence = [...explained.evidence, ...read.flatMap((file) => file.evidence)];
    return {
      service,
      action,
      cause: cause ?? explained.cause,
      evidence: evidence.length > 0 ? evidence : tieOf(after, service),
    };
  });
}
