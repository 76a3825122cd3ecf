/** Reads a project as it stands on disk: its sources, its settings, and what they resolve to. */
import { readdir } from "node:fs/promises";
import { dirname, matchesGlob, resolve } from "node:path";
import type { MountedFile, ProjectModel } from "../../core/compose/model.ts";
import { projectEnvironment } from "../../core/compose/project-environment.ts";
import { type Lookup, lookupIn } from "../../core/interpolate/fill.ts";
import { findCycle } from "../../core/plan/phases.ts";
import { HotenvError } from "../../core/protocol/errors.ts";
import type { Problem, SourceInfo } from "../../core/protocol/words.ts";
import { defaultSettings, parseSettings, type Settings } from "../../core/settings/settings.ts";
import { type ResolvedCompose, resolveCompose } from "../runtime/compose/resolve.ts";
import { type LoadRequest, loadProcessServices, localEnvFiles } from "../runtime/process/load.ts";
import { type IsWhole, readSnapshot } from "../watch/read-snapshot.ts";
import { textOfFile } from "./compared.ts";
import { refuseBrokenSchema, refuseByModule } from "./invalid.ts";
import { explainRefusal } from "./refusal.ts";
import type { Snapshot } from "./snapshot.ts";
import { type Environment, findSources, sourcePath } from "./sources.ts";

export interface Reading {
  readonly snapshot: Snapshot;
  readonly sources: readonly SourceInfo[];
  readonly settings: Settings;
  /** The project's name as its runtime knows it. */
  readonly name: string;
  readonly services: ProjectModel;
  readonly isCompose: boolean;
}

/** The texts alone, before anybody is asked what they mean. */
export interface Texts {
  readonly snapshot: Snapshot;
  readonly sources: readonly SourceInfo[];
  readonly settings: Settings;
  readonly problems: readonly Problem[];
  readonly isCompose: boolean;
}

/** Sources that change again while they are read are read again, this often. */
const maxReadings = 5;

/**
 * @param known further files that services mount, as the last reading found them
 * @param isWhole see readSnapshot
 * @throws HotenvError project-not-found, file-unreadable
 */
export async function readTexts(
  directory: string,
  environment: Environment,
  known: readonly SourceInfo[],
  isWhole?: IsWhole,
): Promise<Texts> {
  const found = await findSources(directory, environment);
  if (found.composeFiles.length === 0 && found.settingsFile === undefined)
    throw new HotenvError("project-not-found", `${directory} holds no Compose file and no hotenv.yaml.`, {
      todo: "Name the project's directory with --project.",
    });
  const first = await readSnapshot(directory, joinSources(found.sources, known), isWhole);
  const settingsFile = first.files.find((file) => file.role === "settings");
  const parsed = settingsFile && parseSettings(textOfFile(settingsFile) ?? "", settingsFile.path);
  const settings = parsed?.settings ?? defaultSettings;
  // What the settings name can be known only now.
  const local = localFiles({ directory, environment, settings, snapshot: first });
  const sources = joinSources(joinSources(found.sources, local), known);
  const snapshot =
    sources.length === first.files.length ? first : await readSnapshot(directory, sources, isWhole);
  return {
    snapshot,
    sources,
    settings,
    problems: parsed?.problems ?? [],
    isCompose: found.composeFiles.length > 0,
  };
}

/** A file that cannot be read by its own rules is said to be so when the services are resolved. */
function localFiles(request: LoadRequest): readonly SourceInfo[] {
  try {
    return localEnvFiles(request);
  } catch (error) {
    if (error instanceof HotenvError) return [];
    throw error;
  }
}

/** The first list decides about the role of a file that both name. */
function joinSources(sources: readonly SourceInfo[], more: readonly SourceInfo[]): readonly SourceInfo[] {
  const paths = new Set(sources.map(({ path }) => path));
  return [...sources, ...more.filter(({ path }) => !paths.has(path))].sort((a, b) =>
    a.path < b.path ? -1 : 1,
  );
}

/**
 * @param more.texts as they have just been read @param more.isWhole see readSnapshot
 * @throws HotenvError settings-invalid, compose-invalid, env-invalid, compose-missing, file-unreadable, project-not-found
 */
export async function readProject(
  directory: string,
  environment: Environment,
  signal: AbortSignal,
  more: { readonly texts?: Texts | undefined; readonly isWhole?: IsWhole } = {},
): Promise<Reading> {
  const { isWhole } = more;
  let known: readonly SourceInfo[] = [];
  let given = more.texts;
  for (let attempt = 0; attempt < maxReadings; attempt += 1) {
    const texts: Texts = given ?? (await readTexts(directory, environment, known, isWhole));
    given = undefined;
    refuseProblems(texts.problems);
    refuseBrokenSchema(texts.snapshot, environment);
    await refuseByModule(directory, texts.snapshot, environment, signal);
    const resolved: Resolved = await resolveAll(directory, environment, texts, signal);
    const mounted = await withMountedFiles(directory, resolved, texts.settings);
    // What was resolved is what was read only if nothing changed between the two.
    const after = await readTexts(directory, environment, mounted.sources, isWhole);
    const before = new Map(texts.snapshot.files.map((file) => [file.path, file.hash]));
    const steady = texts.snapshot.files.every(
      (file) =>
        file.role === "file" ||
        after.snapshot.files.find(({ path }) => path === file.path)?.hash === file.hash,
    );
    if (steady && [...after.snapshot.files].every((file) => file.role === "file" || before.has(file.path)))
      return {
        snapshot: after.snapshot,
        sources: after.sources,
        settings: texts.settings,
        name: resolved.name,
        services: mounted.services,
        isCompose: texts.isCompose,
      };
    known = mounted.sources;
  }
  throw new HotenvError(
    "file-unreadable",
    "The project's files change all the time and cannot be read as a whole.",
    {
      todo: "Hotenv tries again when they have come to rest.",
    },
  );
}

function refuseProblems(problems: readonly Problem[]): void {
  const [first] = problems.filter(({ severity }) => severity === "error");
  if (first === undefined) return;
  const { file, line, column, message } = first;
  throw new HotenvError("settings-invalid", message, { location: { file, line, column } });
}

/** The variables of the project: the shell's over those of its env files. */
export function projectLookup(directory: string, environment: Environment, { files }: Snapshot): Lookup {
  const texts = new Map(files.map((file) => [file.path, textOfFile(file) ?? undefined]));
  const nameOf = (path: string) => sourcePath(directory, path);
  const text = (path: string) => texts.get(nameOf(path));
  return projectEnvironment(directory, lookupIn(environment), text, nameOf).lookup;
}

interface Resolved {
  readonly name: string;
  readonly services: ProjectModel;
  readonly directories: ResolvedCompose["directories"];
}

async function resolveAll(
  directory: string,
  environment: Environment,
  texts: Texts,
  signal: AbortSignal,
): Promise<Resolved> {
  const compose = texts.isCompose
    ? await resolveCompose(
        { directory, environment, files: [] },
        projectLookup(directory, environment, texts.snapshot),
        signal,
      ).catch((error: unknown) => {
        throw explainRefusal(error, { directory, environment, snapshot: texts.snapshot });
      })
    : undefined;
  const local = loadProcessServices({
    directory,
    environment,
    settings: texts.settings,
    snapshot: texts.snapshot,
  });
  const services: ProjectModel = new Map([...(compose?.services ?? []), ...local]);
  for (const [name, { dependsOn }] of local)
    for (const { service } of dependsOn)
      if (!services.has(service))
        throw new HotenvError(
          "settings-invalid",
          `${name} depends on ${service}, and there is no such service.`,
          {
            todo: "Correct its depends_on in hotenv.yaml.",
          },
        );
  const cycle = findCycle(services);
  if (cycle)
    throw new HotenvError(
      "settings-invalid",
      `The services depend on each other in a circle: ${cycle.join(" -> ")}.`,
      {
        todo: "Remove one of these depends_on.",
      },
    );
  return {
    name: compose?.name ?? resolve(directory).split(/[/\\]/).at(-1) ?? "project",
    services,
    directories: compose?.directories ?? [],
  };
}

/**
 * Files that services read while they run: mounted alone, in a folder that is mounted read-only, or named
 * under `watch:`. A writable folder is a service's data or a developer's source tree: by itself none of
 * its files is configuration.
 */
async function withMountedFiles(directory: string, resolved: Resolved, settings: Settings) {
  const paths = new Set<string>();
  for (const { files } of resolved.services.values()) for (const { path } of files) paths.add(path);
  for (const { path, readOnly } of resolved.directories)
    if (readOnly && path !== ".") for (const file of await filesBelow(directory, path)) paths.add(file);
  for (const glob of settings.watch)
    for (const file of await filesBelow(directory, globBase(glob)))
      if (matchesGlob(file, glob)) paths.add(file);

  const mounted = new Map<string, MountedFile[]>();
  for (const { path: folder, service, target, readOnly } of resolved.directories)
    for (const path of paths) {
      const inside =
        folder === "." ? path : path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : undefined;
      if (inside === undefined || !(readOnly || settings.watch.some((glob) => matchesGlob(path, glob))))
        continue;
      mounted.set(service, [
        ...(mounted.get(service) ?? []),
        { path, via: "bind", target: `${target}/${inside}`, alone: false },
      ]);
    }
  const services = new Map(
    [...resolved.services].map(([name, model]) => [
      name,
      { ...model, files: [...model.files, ...(mounted.get(name) ?? [])] },
    ]),
  );
  return { services, sources: [...paths].sort().map((path) => ({ path, role: "file" as const })) };
}

/** The folder above the first wildcard. */
const globBase = (glob: string) => {
  const fixed = glob.slice(0, glob.search(/[*?[{]|$/));
  return fixed === glob ? dirname(glob) : fixed.slice(0, Math.max(0, fixed.lastIndexOf("/"))) || ".";
};

/** Beyond this many, a mounted folder is data and not configuration. */
const maxFiles = 2_000;

async function filesBelow(directory: string, folder: string): Promise<string[]> {
  const files: string[] = [];
  const visit = async (inner: string): Promise<void> => {
    const entries = await readdir(resolve(directory, inner), { withFileTypes: true }).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT" || error.code === "ENOTDIR" || error.code === "EACCES") return [];
        throw error;
      },
    );
    for (const entry of entries) {
      if (entry.name === "node_modules" || entry.name === ".git" || files.length >= maxFiles) continue;
      const path = inner === "." ? entry.name : `${inner}/${entry.name}`;
      if (entry.isDirectory()) await visit(path);
      else if (entry.isFile()) files.push(path);
    }
  };
  await visit(folder);
  return files;
}
