/** Why a service changes: from the keys that changed to what of the service they reach. */
import { compareModels } from "../compose/compare.ts";
import type { ServiceModel } from "../compose/model.ts";
import type { StaticProject } from "../compose/static.ts";
import { usesOfVariable } from "../compose/uses.ts";
import { clausesOf, t } from "../l10n.ts";
import type { ChangeEntry, Evidence } from "../protocol/words.ts";

export type ChangedSource = Pick<ChangeEntry, "source" | "role"> & { readonly key?: string | undefined };

/** A service whose model changed, and the cause that is given where nothing better is known. */
export interface ChangedService {
  readonly service: string;
  readonly cause: string;
  readonly before: ServiceModel | undefined;
  readonly after: ServiceModel | undefined;
}

export interface Explanation {
  /** "API_URL changes environment.API_URL", for a person. */
  readonly cause: string;
  readonly evidence: readonly Evidence[];
}

const maxNamed = 2;

/**
 * @param projects the files after the change, then before it: a reference may have gone with its key
 * @param changed entries of a Change
 */
export function explainChange(
  projects: readonly StaticProject[],
  changed: readonly ChangedSource[],
  { service, cause, before, after }: ChangedService,
): Explanation {
  const differing = differingPaths(service, before, after);
  const causes: string[] = [];
  const evidence = new Map<string, Evidence>();
  for (const { source, key } of changed) {
    if (key === undefined) continue;
    for (const project of projects) {
      const use = usesOfVariable(project, key, source).find((candidate) => candidate.service === service);
      const paths =
        use?.paths.filter(
          (path) => path.startsWith("project.") || differing.some((other) => overlap(path, other)),
        ) ?? [];
      if (use === undefined || paths.length === 0) continue;
      causes.push(reachText(key, paths));
      for (const line of use.evidence) evidence.set(`${line.file}:${line.line}`, line);
      break;
    }
  }
  if (causes.length === 0) return { cause, evidence: [] };
  const named = clausesOf(causes.slice(0, maxNamed));
  const more = causes.length - maxNamed;
  return { cause: more > 0 ? t("{0}, and {1} more", named, more) : named, evidence: [...evidence.values()] };
}

function reachText(key: string, paths: readonly string[]): string {
  const [first = "", second, ...more] = paths.map(pathForPeople);
  if (second === undefined) return t("{0} changes {1}", key, first);
  return more.length === 0
    ? t("{0} changes {1} and {2}", key, first, second)
    : t("{0} changes {1} and {2} and more", key, first, second);
}

function differingPaths(
  service: string,
  before: ServiceModel | undefined,
  after: ServiceModel | undefined,
): readonly string[] {
  if (before === undefined || after === undefined) return [];
  return compareModels(new Map([[service, before]]), new Map([[service, after]])).flatMap(
    ({ paths }) => paths,
  );
}

const within = (path: string, other: string) => path === other || path.startsWith(`${other}.`);

/** A spelling of a file is coarser or finer than Compose's: `env_file` is `environment` there. */
function overlap(reached: string, differing: string): boolean {
  if (reached === "env_file" || reached.startsWith("env_file.")) return within(differing, "environment");
  if (reached === "label_file" || reached.startsWith("label_file.")) return within(differing, "labels");
  if (reached === "include" || reached === "extends" || reached.startsWith("extends.")) return true;
  return within(reached, differing) || within(differing, reached);
}

/** Shared resources without the fold in which models keep them. */
export const pathForPeople = (path: string): string => path.replace(/^resources\./, "");
