/** An edit that nobody has saved yet: what saving it would do, line by line and as a plan. Pure, and without Docker. */
import { type ComparedSource, diffSources } from "../change/diff.ts";
import { maskText, maskUrlPasswords, secretsOf } from "../change/mask.ts";
import type { StaticProject } from "../compose/static.ts";
import { staticModel } from "../compose/static-model.ts";
import { usesOfFile, usesOfVariable } from "../compose/uses.ts";
import { entriesOf, parseDotenv, placed } from "../dotenv/document.ts";
import { evaluate } from "../dotenv/evaluate.ts";
import type { Change, ChangeEntry, Evidence, Role, Severity } from "../protocol/words.ts";
import type { BriefSettings } from "../settings/brief.ts";
import { severityOf } from "../settings/severity.ts";
import { type Explanation, explainChange } from "./evidence.ts";
import { orderPhases } from "./phases.ts";
import { impactOfEdit, impactOfVariables, type StaticImpact } from "./static-impact.ts";
import { actionUnder, restartsAll, restartsAllCause } from "./strategy.ts";

/** A file of the project, as it is saved and as it is edited. */
export interface EditedFile {
  /** As the project names it. */
  readonly path: string;
  /** undefined where there is none. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export interface PreviewedLine {
  readonly path: string;
  /** Counts from 0, in the edited text; of a removed key, where it stood. */
  readonly line: number;
  readonly entry: ChangeEntry;
  /** What this line takes part in; empty: no service runs otherwise because of it. */
  readonly impacts: readonly StaticImpact[];
  /** Whether any service names the key at all. */
  readonly reaches: boolean;
}

export interface Preview {
  readonly change: Change;
  /** In dependency order; those of one phase do not depend on each other. */
  readonly phases: readonly (readonly StaticImpact[])[];
  readonly lines: readonly PreviewedLine[];
  /** Services that keep their former values: a minor change only reloads. */
  readonly later: readonly string[];
  /** Hides what is secret in either state. */
  readonly hide: (text: string) => string;
}

export interface PreviewRules {
  readonly isSensitive: (key: string) => boolean;
  readonly settings: BriefSettings;
}

/** What a file is to the project; undefined: nothing that a service depends on. */
export function roleOf(project: StaticProject, path: string): Role | undefined {
  if (project.composeFiles.includes(path)) return "compose";
  if (project.envFiles.includes(path)) return "env";
  const uses = usesOfFile(project, path);
  if (uses.some(({ via }) => via === "env-file")) return "env";
  return uses.some(({ via }) => via !== "build") ? "file" : undefined;
}

/** @param before and after: the project without and with the edits */
export function previewEdit(
  before: StaticProject,
  after: StaticProject,
  edited: readonly EditedFile[],
  { isSensitive, settings }: PreviewRules,
): Preview {
  const files = edited.flatMap((file) => {
    const role = roleOf(after, file.path) ?? roleOf(before, file.path);
    return role === undefined ? [] : [{ ...file, role }];
  });
  const olds = files.map(({ path, role, before: text }) => compared(before, path, role, text));
  const news = files.map(({ path, role, after: text }) => compared(after, path, role, text));
  const secrets = secretsOf(
    [...olds, ...news].flatMap(({ variables }) => [...(variables ?? [])]),
    isSensitive,
  );
  const hide = (text: string) => maskUrlPasswords(maskText(text, secrets));
  const change = diffSources(olds, news, {
    severityOf: (key) => severityOf(key, settings),
    isSensitive,
    hide,
  });
  const found = impactOfEdit(before, after, change.entries, settings.reloads);
  const { impacts, later } = underStrategy(before, after, found, change.severity, settings);
  const lines = change.entries.flatMap((entry) => {
    const file = files.find(({ path }) => path === entry.source);
    if (file === undefined) return [];
    if (entry.key === undefined) {
      const own = impacts.filter(({ evidence, cause }) => isOf(after, file.path, evidence, cause));
      return [{ path: file.path, line: 0, entry, impacts: own, reaches: true }];
    }
    return [
      {
        path: file.path,
        line: lineOfKey(file, entry.key, dialectOf(after, file.path)),
        entry,
        impacts: underStrategy(
          before,
          after,
          impactsOfKey(before, after, entry, found),
          entry.severity,
          settings,
        ).impacts,
        reaches: [before, after].some(
          (project) => usesOfVariable(project, entry.key ?? "", entry.source).length > 0,
        ),
      },
    ];
  });
  const model = new Map([...staticModel(before), ...staticModel(after)]);
  const byName = new Map(impacts.map((impact) => [impact.service, impact]));
  const phases = orderPhases(model, new Set(byName.keys())).map((names) =>
    names.flatMap((name) => byName.get(name) ?? []),
  );
  return { change, phases, lines, later, hide };
}

function underStrategy(
  before: StaticProject,
  after: StaticProject,
  found: readonly StaticImpact[],
  severity: Severity,
  { strategy, reloads }: BriefSettings,
): { readonly impacts: readonly StaticImpact[]; readonly later: readonly string[] } {
  const [olds, news] = [staticModel(before), staticModel(after)];
  const later: string[] = [];
  const impacts = found.flatMap((impact) => {
    const { service } = impact;
    const isKept = olds.has(service) && news.has(service);
    const action = isKept
      ? actionUnder(strategy, severity, impact.action, reloads.get(service))
      : impact.action;
    if (action === undefined) later.push(service);
    return action === undefined ? [] : [{ ...impact, action }];
  });
  if (restartsAll(strategy, severity) && impacts.length > 0) {
    const touched = new Set(impacts.map(({ service }) => service));
    for (const service of news.keys())
      if (!touched.has(service))
        impacts.push({ service, action: "restart", cause: restartsAllCause(), evidence: [] });
  }
  return { impacts: impacts.sort((a, b) => (a.service < b.service ? -1 : 1)), later };
}

function compared(
  project: StaticProject,
  path: string,
  role: Role,
  text: string | undefined,
): ComparedSource & { readonly variables?: ReadonlyMap<string, string> } {
  if (role !== "env" || text === undefined)
    return { path, role, hash: text ?? null, ...(role === "env" ? { variables: new Map() } : {}) };
  // What the project itself knows of its own file stands there; an env_file sees the project's variables.
  const outer = project.envFiles.includes(path) ? () => undefined : project.lookup;
  const { variables } = evaluate(parseDotenv(text, { dialect: dialectOf(project, path) }), outer);
  return {
    path,
    role,
    hash: text,
    variables: new Map([...variables].map(([key, { value }]) => [key, value])),
  };
}

/** Raw where every service that reads the file reads it so, and nobody else does. */
function dialectOf({ envFiles, services }: StaticProject, path: string): "compose" | "raw" {
  if (envFiles.includes(path)) return "compose";
  const dialects = [...services.values()].flatMap(({ files }) =>
    files.flatMap((use) => (use.via === "env-file" && use.path === path ? [use.dialect] : [])),
  );
  return dialects.length > 0 && dialects.every((dialect) => dialect === "raw") ? "raw" : "compose";
}

/** The last line that sets the key is the one that counts. */
function lineOfKey({ before, after = "" }: EditedFile, key: string, dialect: "compose" | "raw"): number {
  const document = parseDotenv(after, { dialect });
  const line = lastLine(after, key, dialect);
  if (line !== undefined) return line;
  const last = document.lines.positionAt(after.length).line;
  return Math.min(lastLine(before ?? "", key, dialect) ?? last, last);
}

function lastLine(text: string, key: string, dialect: "compose" | "raw"): number | undefined {
  const document = parseDotenv(text, { dialect });
  const source = [...entriesOf(document)].findLast(({ entry }) => entry.key.name === key);
  return source && document.lines.positionAt(placed(source, source.entry.key.range).start).line;
}

/** Those of all impacts that this key has a part in: by its value, or by drawing somebody along. */
function impactsOfKey(
  before: StaticProject,
  after: StaticProject,
  entry: ChangeEntry,
  all: readonly StaticImpact[],
): StaticImpact[] {
  const [olds, news] = [staticModel(before), staticModel(after)];
  const key = entry.key ?? "";
  const named = new Map(
    [before, after].flatMap((project) =>
      impactOfVariables(project, [key], entry.source).map((impact) => [impact.service, impact] as const),
    ),
  );
  const direct = new Map(
    all.flatMap((impact) => {
      const { service } = impact;
      const models = { before: olds.get(service), after: news.get(service) };
      const why = explainChange([after, before], [entry], { ...impact, ...models });
      const own = named.has(service) && (why.evidence.length > 0 || isWhole(models));
      return own ? [[service, why.evidence.length > 0 ? { ...impact, ...told(why) } : impact] as const] : [];
    }),
  );
  if (direct.size === 0) return [];
  // Whom the key draws along has no part of the change itself.
  const uses = new Set(
    [before, after].flatMap((project) =>
      usesOfVariable(project, key, entry.source).map(({ service }) => service),
    ),
  );
  return all.flatMap((impact) => {
    const own = direct.get(impact.service);
    if (own !== undefined) return [own];
    const drawn = uses.has(impact.service) ? undefined : named.get(impact.service);
    return drawn === undefined ? [] : [drawn];
  });
}

const told = ({ cause, evidence }: Explanation) => ({ cause, evidence: [...evidence] });

/** It begins or ceases to be run: no path of it differs. */
const isWhole = ({ before, after }: { readonly before: unknown; readonly after: unknown }): boolean =>
  before === undefined || after === undefined;

/** Whether an impact comes from this file: a Compose file may change any of its services. */
function isOf(project: StaticProject, path: string, evidence: readonly Evidence[], cause: string): boolean {
  if (project.composeFiles.includes(path)) return true;
  return cause.includes(path) || evidence.some(({ file }) => file === path);
}
