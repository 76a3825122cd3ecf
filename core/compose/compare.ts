/** Compares two resolved models, service by service, down to the path that differs. */
import type { Json, ProjectModel, ServiceModel } from "./model.ts";

export interface ServiceDelta {
  readonly service: string;
  readonly kind: "added" | "removed" | "modified";
  /** Dotted paths into `config` that differ, sorted: `environment.API_URL`, `image`. Empty unless modified. */
  readonly paths: readonly string[];
  readonly before: ServiceModel | undefined;
  readonly after: ServiceModel | undefined;
}

const isObject = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  value !== null && typeof value === "object" && !Array.isArray(value);

/** Lists differ as a whole: their order matters and their items have no names. */
function differingPaths(
  before: Json | undefined,
  after: Json | undefined,
  path: string,
  into: string[],
): void {
  if (isObject(before) && isObject(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)]))
      differingPaths(before[key], after[key], path === "" ? key : `${path}.${key}`, into);
  } else if (canonical(before) !== canonical(after)) into.push(path);
}

/** JSON with sorted keys: the same text for the same value, whoever printed it. */
export function canonical(value: Json | undefined): string {
  if (value === undefined) return "";
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (isObject(value))
    return `{${Object.keys(value)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`)
      .join(",")}}`;
  return JSON.stringify(value);
}

export function compareModels(before: ProjectModel, after: ProjectModel): ServiceDelta[] {
  const deltas: ServiceDelta[] = [];
  for (const service of new Set([...before.keys(), ...after.keys()])) {
    const [old, next] = [before.get(service), after.get(service)];
    if (old === undefined || next === undefined) {
      const kind = old === undefined ? "added" : "removed";
      deltas.push({ service, kind, paths: [], before: old, after: next });
      continue;
    }
    const paths: string[] = [];
    differingPaths(old.config, next.config, "", paths);
    if (paths.length > 0)
      deltas.push({ service, kind: "modified", paths: paths.sort(), before: old, after: next });
  }
  return deltas.sort((a, b) => (a.service < b.service ? -1 : 1));
}
