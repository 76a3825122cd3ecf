/** The difference between two snapshots: by key for `env` sources, by file otherwise. */
import type { Change, ChangeEntry, Role, Severity } from "../protocol/words.ts";
import { severitySchema } from "../protocol/words.ts";
import { mask } from "./mask.ts";

/** A source as the comparison sees it. */
export interface ComparedSource {
  readonly path: string;
  readonly role: Role;
  /** null: does not exist. */
  readonly hash: string | null;
  /** For `env`: the values as the reader sees them; undefined for a bare key that inherits. */
  readonly variables?: ReadonlyMap<string, string | undefined>;
}

export interface ChangeRules {
  readonly severityOf: (key: string) => Severity;
  readonly isSensitive: (key: string) => boolean;
  /** Hides secrets that stand inside the values of other keys. */
  readonly hide: (text: string) => string;
}

/** A whole file weighs what its role says. */
const severityOfRole: Readonly<Record<Role, Severity>> = {
  compose: "moderate",
  settings: "minor",
  schema: "minor",
  env: "moderate",
  file: "moderate",
};

const severities = severitySchema.options;
export const heaviest = (of: readonly Severity[]): Severity =>
  severities.find((severity) => of.includes(severity)) ?? "minor";

export function diffSources(
  before: readonly ComparedSource[],
  after: readonly ComparedSource[],
  rules: ChangeRules,
): Change {
  const olds = new Map(before.map((source) => [source.path, source]));
  const news = new Map(after.map((source) => [source.path, source]));
  const entries: ChangeEntry[] = [];
  for (const path of [...new Set([...olds.keys(), ...news.keys()])].sort()) {
    const [old, next] = [olds.get(path), news.get(path)];
    if ((old?.hash ?? null) === (next?.hash ?? null)) continue;
    const role = (next ?? old)?.role ?? "file";
    if (role === "env")
      entries.push(...diffVariables(path, old?.variables ?? new Map(), next?.variables ?? new Map(), rules));
    else {
      const kind =
        (old?.hash ?? null) === null ? "added" : (next?.hash ?? null) === null ? "removed" : "modified";
      entries.push({ kind, source: path, role, severity: severityOfRole[role], sensitive: false });
    }
  }
  return { entries, severity: heaviest(entries.map((entry) => entry.severity)) };
}

function diffVariables(
  source: string,
  before: ReadonlyMap<string, string | undefined>,
  after: ReadonlyMap<string, string | undefined>,
  rules: ChangeRules,
): ChangeEntry[] {
  const entries: ChangeEntry[] = [];
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [had, has] = [before.has(key), after.has(key)];
    if (had && has && before.get(key) === after.get(key)) continue;
    const sensitive = rules.isSensitive(key);
    const shown = (value: string | undefined) => (sensitive ? mask : rules.hide(value ?? ""));
    entries.push({
      kind: had ? (has ? "modified" : "removed") : "added",
      source,
      role: "env",
      key,
      severity: rules.severityOf(key),
      sensitive,
      ...(had ? { before: shown(before.get(key)) } : {}),
      ...(has ? { after: shown(after.get(key)) } : {}),
    });
  }
  return entries.sort((a, b) => ((a.key ?? "") < (b.key ?? "") ? -1 : 1));
}
