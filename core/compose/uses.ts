/** Which services a variable reaches, and which read a file: questions to an analysed project. */
import type { Evidence } from "../protocol/words.ts";
import { isWithin } from "./paths.ts";
import type { Definition } from "./project-environment.ts";
import type { Reach } from "./reach.ts";
import type { StaticProject } from "./static.ts";
import type { FileUse, StaticService } from "./static-service.ts";

export interface VariableUse {
  readonly service: string;
  /** False where the service's profiles are not active: Compose does not run it. */
  readonly enabled: boolean;
  /** What of the service it reaches, sorted: `environment.API_URL`, `build.args.TAG`, `project.name`. */
  readonly paths: readonly string[];
  /** In the order of the way from the key to the service; no line twice. */
  readonly evidence: readonly Evidence[];
}

/** Read by Compose itself, for all services at once. */
const projectKeys = ["COMPOSE_PROJECT_NAME", "COMPOSE_FILE", "COMPOSE_PATH_SEPARATOR", "COMPOSE_PROFILES"];

/**
 * @param file where the key stands, as the project names it: a key of an `env_file` is not the project's
 *   variable of the same name. Without it both are meant.
 */
export function usesOfVariable(project: StaticProject, key: string, file?: string): VariableUse[] {
  const isProjectVariable = file === undefined || project.envFiles.includes(file);
  const chain = isProjectVariable ? chainFrom(project, key) : noChain;
  const uses: VariableUse[] = [];
  for (const service of project.services.values()) {
    const reaches = service.reaches.filter(({ variable, setIn }) =>
      setIn === undefined
        ? chain.names.has(variable)
        : variable === key && (file === undefined || file === setIn),
    );
    if (isProjectVariable && service.runtime === "compose")
      reaches.push(...projectReaches(project, service, chain.names));
    if (reaches.length === 0) continue;
    const variables = reaches.flatMap(({ setIn, variable }) => (setIn === undefined ? [variable] : []));
    const places = [...linksTo(variables, key, chain), ...reaches].map(({ place }) =>
      project.evidence(place),
    );
    uses.push({
      service: service.name,
      enabled: service.enabled,
      paths: [...new Set(reaches.map(({ path }) => path))].sort(),
      evidence: distinct(places),
    });
  }
  return uses.sort((a, b) => (a.service < b.service ? -1 : 1));
}

/** Names alone, for editors; services whose profiles are not active are among them. */
export function servicesOfVariable(project: StaticProject, key: string, file?: string): string[] {
  return usesOfVariable(project, key, file).map(({ service }) => service);
}

interface Chain {
  /** The variables whose values are made of the key's, itself included. */
  readonly names: ReadonlySet<string>;
  /** The lines that say so. */
  readonly links: readonly Definition[];
}

const noChain: Chain = { names: new Set(), links: [] };

function chainFrom({ definitions }: StaticProject, key: string): Chain {
  const names = new Set([key]);
  const links = new Set<Definition>();
  for (let size = -1; size !== names.size; ) {
    size = names.size;
    for (const definition of definitions)
      if (!links.has(definition) && definition.references.some((name) => names.has(name))) {
        links.add(definition);
        names.add(definition.key);
      }
  }
  return { names, links: [...links] };
}

/** The links between the key and these variables, in the order of the files. */
function linksTo(variables: Iterable<string>, key: string, { names, links }: Chain): readonly Definition[] {
  const needed = new Set([...variables].filter((name) => name !== key));
  for (let size = -1; size !== needed.size; ) {
    size = needed.size;
    for (const link of links)
      if (needed.has(link.key))
        for (const name of link.references) if (names.has(name) && name !== key) needed.add(name);
  }
  return links.filter((link) => needed.has(link.key));
}

function projectReaches(project: StaticProject, service: StaticService, names: ReadonlySet<string>): Reach[] {
  const reaches: Reach[] = project.nameReaches
    .filter(({ variable }) => names.has(variable))
    .map((reach) => ({ ...reach, path: "project.name" }));
  for (const variable of projectKeys) {
    if (!names.has(variable)) continue;
    if (variable === "COMPOSE_PATH_SEPARATOR" && !project.lookup("COMPOSE_FILE")) continue;
    const place =
      variable === "COMPOSE_PROFILES"
        ? service.profilesAt
        : (project.definitions.findLast(({ key }) => key === variable)?.place ?? service.place);
    if (place !== undefined) reaches.push({ variable, path: projectPaths[variable] ?? "project", place });
  }
  return reaches;
}

const projectPaths: Readonly<Record<string, string>> = {
  COMPOSE_PROJECT_NAME: "project.name",
  COMPOSE_FILE: "project.files",
  COMPOSE_PATH_SEPARATOR: "project.files",
  COMPOSE_PROFILES: "project.profiles",
};

function distinct(all: readonly Evidence[]): Evidence[] {
  return [...new Map(all.map((evidence) => [`${evidence.file}:${evidence.line}`, evidence])).values()];
}

export interface ServiceFileUse extends FileUse {
  readonly service: string;
  readonly enabled: boolean;
  /** Named itself, and not by a folder above it. */
  readonly alone: boolean;
  readonly evidence: Evidence;
}

/** @param path as the project names it; it need not exist */
export function usesOfFile(project: StaticProject, path: string): ServiceFileUse[] {
  return [...project.services.values()].flatMap(({ name, enabled, files }) =>
    files
      .filter((use) => isWithin(use.path, path))
      .map((use) => ({
        ...use,
        service: name,
        enabled,
        alone: use.path === path,
        evidence: project.evidence(use.place),
      })),
  );
}
