/** Asks Compose what the files on disk mean: the resolved model, with Compose's own hash of each service. */
import { stat } from "node:fs/promises";
import { devNull } from "node:os";
import { isAbsolute, relative, sep } from "node:path";
import type { MountedFile, ServiceModel } from "../../../core/compose/model.ts";
import { readResolved } from "../../../core/compose/resolved.ts";
import type { Lookup } from "../../../core/interpolate/fill.ts";
import { HotenvError } from "../../../core/protocol/errors.ts";
import { type ComposeProject, runCompose } from "./compose-cli.ts";
import { programMark } from "./compose-program.ts";
import { type Hashed, hashesAfter, servicesIn } from "./service-hash.ts";

/** A directory inside the project that a service mounts. */
export interface MountedDirectory {
  /** Project-relative. */
  readonly path: string;
  readonly service: string;
  readonly target: string;
  readonly readOnly: boolean;
}

export interface ResolvedCompose {
  readonly name: string;
  readonly services: ReadonlyMap<string, ServiceModel>;
  readonly directories: readonly MountedDirectory[];
}

/** Pure: `NAME HASH` lines of `config --hash '*'`. */
export function parseHashes(printed: string): Map<string, string> {
  const hashes = new Map<string, string>();
  for (const line of printed.split("\n")) {
    const [name, hash] = line.trim().split(/\s+/);
    if (name && hash) hashes.set(name, hash);
  }
  return hashes;
}

/** For a resolved project on standard input. */
export const hashArguments = (name: string): readonly string[] => {
  const where = ["-f", "-", "-p", name, "--profile", "*", "--env-file", devNull];
  return [...where, "config", "--hash", "*"];
};

export function projectRelative(directory: string, path: string): string {
  const inside = relative(directory, path);
  if (inside === "") return ".";
  return inside.startsWith("..") || isAbsolute(inside) ? path : inside.split(sep).join("/");
}

async function kindOf(path: string): Promise<"file" | "directory" | "other"> {
  const stats = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR" || error.code === "EACCES") return undefined;
    throw error;
  });
  return stats?.isFile() ? "file" : stats?.isDirectory() ? "directory" : "other";
}

/** What was hashed last in this environment: many saves change no more than a mounted file, or a variable. */
const hashed = new WeakMap<ComposeProject["environment"], Last>();
interface Last {
  readonly directory: string;
  readonly printed: string;
  readonly hashes: ReadonlyMap<string, string>;
  /** What Compose itself hashed, and which Compose. */
  readonly asked: Hashed & { readonly mark: string | undefined };
}

/** @param printed the resolved model, from which alone the hashes follow @param json the same, parsed */
async function hashesOf(
  project: ComposeProject,
  name: string,
  printed: string,
  json: unknown,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const { environment, directory } = project;
  const mark = await programMark(environment);
  const last = hashed.get(environment);
  const services = servicesIn(json);
  if (last?.directory === directory) {
    if (last.printed === printed) return last.hashes;
    const isSame = mark !== undefined && mark === last.asked.mark;
    const hashes = isSame ? hashesAfter(last.asked, services) : undefined;
    if (hashes !== undefined) {
      hashed.set(environment, { ...last, printed, hashes });
      return hashes;
    }
  }
  const hashes = parseHashes(await runCompose(project, hashArguments(name), signal, { input: printed }));
  hashed.set(environment, { directory, printed, hashes, asked: { services, hashes, mark } });
  return hashes;
}

/**
 * @param lookup the project's variables, the shell's and those of its env file
 * @throws HotenvError compose-missing, compose-invalid, env-invalid
 */
export async function resolveCompose(
  project: ComposeProject,
  lookup: Lookup,
  signal: AbortSignal,
): Promise<ResolvedCompose> {
  const printed = await runCompose(project, ["config", "--format", "json"], signal);
  let json: unknown;
  try {
    json = JSON.parse(printed);
  } catch (error) {
    throw new HotenvError("compose-invalid", "Compose printed something that is not JSON.", { cause: error });
  }
  const name = (json as { name?: unknown }).name;
  if (typeof name !== "string") throw new HotenvError("compose-invalid", "The project has no name.");
  // Read again as a project of its own, the printed model gives the hashes that `up` writes into labels,
  // `env_file` contents included; asked directly, Compose 2.26 leaves those out. Asked it is where the hash is not sure.
  const hashes = await hashesOf(project, name, printed, json, signal);
  const resolved = readResolved(json, hashes, (path) => projectRelative(project.directory, path), lookup);

  const files = new Map<string, MountedFile[]>();
  const directories: MountedDirectory[] = [];
  await Promise.all(
    resolved.binds.map(async ({ service, source, target, readOnly }) => {
      const path = projectRelative(project.directory, source);
      const kind = await kindOf(source);
      if (kind === "file")
        files.set(service, [...(files.get(service) ?? []), { path, via: "bind", target, alone: true }]);
      if (kind === "directory" && !isAbsolute(path)) directories.push({ path, service, target, readOnly });
    }),
  );
  const services = new Map(
    [...resolved.services].map(([service, model]) => [
      service,
      {
        ...model,
        files: [...model.files, ...(files.get(service) ?? [])].sort((a, b) => (a.path < b.path ? -1 : 1)),
      },
    ]),
  );
  return { name: resolved.name, services, directories };
}
