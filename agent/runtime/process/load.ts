/**
 * Turns the local services of hotenv.yaml into models: env files read, variables filled in, commands split.
 * Rules and precedence are Compose's: environment over env_file over what the agent itself was given.
 */
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { isAbsolute, relative, resolve, sep } from "node:path";
import type { ServiceModel } from "../../../core/compose/model.ts";
import { parseDotenv } from "../../../core/dotenv/document.ts";
import { evaluate } from "../../../core/dotenv/evaluate.ts";
import type { Dialect } from "../../../core/dotenv/pieces.ts";
import { fillTemplate, type Lookup, lookupIn } from "../../../core/interpolate/fill.ts";
import { parseTemplate } from "../../../core/interpolate/template.ts";
import { HotenvError } from "../../../core/protocol/errors.ts";
import type { SourceInfo } from "../../../core/protocol/words.ts";
import { type LocalService, parseSettings, type Settings } from "../../../core/settings/settings.ts";
import type { Snapshot } from "../../project/snapshot.ts";
import type { ProcessConfig } from "./config.ts";
import { splitWords } from "./shell-words.ts";
import type { Variables } from "./spawn.ts";

export interface LoadRequest {
  /** The project's, absolute. */
  readonly directory: string;
  /** The shell's variables: in interpolation they beat those of `.env`. */
  readonly environment: Variables;
  readonly settings: Settings;
  /** Files that it does not hold are read from disk. */
  readonly snapshot: Snapshot;
}

type Path = readonly (string | number)[];

/** What the steps below share. */
interface Context {
  readonly request: LoadRequest;
  /** Variables of the shell and of the project's `.env`. */
  readonly lookup: Lookup;
}

/** @throws HotenvError settings-invalid, env-invalid or file-unreadable, with file and line */
export function loadProcessServices(request: LoadRequest): Map<string, ServiceModel> {
  const context: Context = { request, lookup: projectLookup(request) };
  const locals = [...request.settings.services].flatMap(([name, { local }]) =>
    local ? [{ name, local }] : [],
  );
  const awaitedToComplete = new Set(
    locals.flatMap(({ local }) =>
      local.dependsOn
        .filter(({ condition }) => condition === "service_completed_successfully")
        .map(({ service }) => service),
    ),
  );
  return new Map(
    locals.map(({ name, local }) => [name, modelOf(context, name, local, awaitedToComplete.has(name))]),
  );
}

/** The files that local services take variables from: sources of the project, all of them. */
export function localEnvFiles(request: LoadRequest): readonly SourceInfo[] {
  const context: Context = { request, lookup: projectLookup(request) };
  const paths = [...request.settings.services].flatMap(([name, { local }]) =>
    (local?.envFiles ?? []).map(({ path }, index) =>
      sourcePath(request.directory, fill(context, ["services", name, "env_file", index], path)),
    ),
  );
  return [...new Set(paths)].sort().map((path) => ({ path, role: "env" as const }));
}

function modelOf(context: Context, name: string, local: LocalService, completes: boolean): ServiceModel {
  const at = (...rest: Path): Path => ["services", name, ...rest];
  const { test, disable, interval, timeout, retries, start_period } = local.healthcheck ?? {};
  const checks = test !== undefined && test[0] !== "NONE" && disable !== true;
  const config: ProcessConfig = {
    command: [...commandOf(context, at("command"), local.command)],
    environment: environmentOf(context, name, local),
    working_dir: fill(context, at("working_dir"), local.workingDirectory ?? "."),
    healthcheck: checks
      ? {
          test: test.map((word, index) => fill(context, at("healthcheck", "test", index), word)),
          interval: interval ?? 0,
          timeout: timeout ?? 0,
          retries: retries ?? 1,
          start_period: start_period ?? 0,
        }
      : null,
    stop_signal: signalOf(context, at("stop_signal"), local.stopSignal),
    stop_grace_period: local.stopGraceMs,
    completes,
  };
  return { name, runtime: "process", config: { ...config }, dependsOn: local.dependsOn, files: [] };
}

function signalOf(context: Context, path: Path, name: string): string {
  if (Object.hasOwn(constants.signals, name)) return name;
  throw invalid(
    context,
    path,
    `names ${name}, which is no signal of this system.`,
    "Write SIGTERM, SIGINT or the like.",
  );
}

function commandOf(context: Context, path: Path, command: string | readonly string[]): readonly string[] {
  if (typeof command !== "string") return command.map((word, index) => fill(context, [...path, index], word));
  const words = splitWords(fill(context, path, command));
  if (words === undefined) throw invalid(context, path, "has a quote that is never closed.", "Close it.");
  if (words.length === 0) throw invalid(context, path, "is empty.", "Name a program.");
  return words;
}

function environmentOf(context: Context, name: string, local: LocalService): Record<string, string> {
  const variables = new Map<string, string>();
  for (const [index, { path, required, format }] of local.envFiles.entries()) {
    const at: Path = ["services", name, "env_file", index];
    const file = sourcePath(context.request.directory, fill(context, at, path));
    const text = textOf(context.request, file);
    if (text === null) {
      if (!required) continue;
      throw invalid(
        context,
        at,
        `names ${file}, which does not exist.`,
        "Create it, or set required: false.",
      );
    }
    // What surrounds the file: the project's variables, then those of the files before it.
    const outer: Lookup = (key) => context.lookup(key) ?? variables.get(key);
    for (const [key, value] of readEnvFile(file, text, format === "raw" ? "raw" : "compose", outer))
      variables.set(key, value);
  }
  for (const [key, value] of local.environment) {
    if (value !== null) variables.set(key, fill(context, ["services", name, "environment", key], value));
    else {
      const inherited = context.lookup(key);
      if (inherited === undefined) variables.delete(key);
      else variables.set(key, inherited);
    }
  }
  return Object.fromEntries([...variables].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** @throws HotenvError env-invalid where Compose would load nothing from it */
function readEnvFile(file: string, text: string, dialect: Dialect, lookup: Lookup): Map<string, string> {
  const document = parseDotenv(text, { dialect });
  const { variables, problems, refused } = evaluate(document, lookup);
  if (!refused) return new Map([...variables].map(([key, { value }]) => [key, value]));
  const skipped = document.pieces.flatMap((piece, index) =>
    piece.kind === "skipped"
      ? piece.problems
          .filter((problem) => problem.refused)
          .map(({ message, range }) => ({ message, start: (document.starts[index] ?? 0) + range.start }))
      : [],
  );
  const inEntries = problems
    .filter((problem) => problem.refused)
    .map((problem) => ({
      message:
        problem.kind === "syntax"
          ? problem.problem.message
          : problem.kind === "required"
            ? `The required variable ${problem.reference.name} is missing a value: ${problem.message}`
            : `The variable ${problem.reference.name} is not set.`,
      start: problem.range.start,
    }));
  const first = [...skipped, ...inEntries].sort((a, b) => a.start - b.start)[0];
  const { line, character } = document.lines.positionAt(first?.start ?? 0);
  throw new HotenvError("env-invalid", first?.message ?? "The file cannot be read.", {
    location: { file, line: line + 1, column: character + 1 },
  });
}

/** The shell's variables over those of `.env` (or of what COMPOSE_ENV_FILES names: later files win). */
function projectLookup(request: LoadRequest): Lookup {
  const { environment } = request;
  const variables = new Map<string, string>();
  const files = environment.COMPOSE_ENV_FILES?.split(",").filter((path) => path !== "") ?? [".env"];
  const shell = lookupIn(environment);
  const lookup: Lookup = (name) => shell(name) ?? variables.get(name);
  for (const path of files) {
    const file = sourcePath(request.directory, path);
    const text = textOf(request, file);
    if (text !== null)
      for (const [key, value] of readEnvFile(file, text, "compose", lookup)) variables.set(key, value);
  }
  return lookup;
}

function textOf({ directory, snapshot }: LoadRequest, path: string): string | null {
  const known = snapshot.files.find((file) => file.path === path);
  if (known) return known.bytes && new TextDecoder("utf-8", { ignoreBOM: true }).decode(known.bytes);
  try {
    return readFileSync(resolve(directory, path), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new HotenvError("file-unreadable", `${path} cannot be read: ${(error as Error).message}.`, {
      location: { file: path },
      cause: error,
    });
  }
}

function sourcePath(directory: string, path: string): string {
  const absolute = resolve(directory, path);
  const inside = relative(directory, absolute);
  return inside.startsWith("..") || isAbsolute(inside) ? absolute : inside.split(sep).join("/");
}

function fill({ request, lookup }: Context, path: Path, text: string): string {
  return fillTemplate(parseTemplate(text), lookup, (issue) => {
    if (issue.kind === "broken")
      throw invalid(
        { request, lookup },
        path,
        "has a ${ that is no reference.",
        "Write $$ for a literal dollar sign.",
      );
    if (issue.kind === "required") {
      const why = issue.message === "" ? "" : `: ${issue.message}`;
      throw invalid(
        { request, lookup },
        path,
        `needs the variable ${issue.part.name}${why}.`,
        "Set it in .env.",
      );
    }
  });
}

/** The place is looked up only now: most projects have no error. */
function invalid({ request }: Context, path: Path, predicate: string, todo: string): HotenvError {
  const file = request.snapshot.files.find(({ role }) => role === "settings");
  const name = path.filter((step) => typeof step === "string").join(".");
  const text = file?.bytes ? new TextDecoder().decode(file.bytes) : "";
  const { line, column } = parseSettings(text, "").locate(path);
  return new HotenvError("settings-invalid", `${name} ${predicate}`, {
    location: file ? { file: file.path, line, column } : undefined,
    todo,
  });
}
