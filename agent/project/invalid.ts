/** Says why the files cannot be used: the problems in them, or what is missing outside of them. */
import { isAbsolute, resolve } from "node:path";
import { lookupIn } from "../../core/interpolate/fill.ts";
import { checkFile } from "../../core/language/check.ts";
import { valuesName } from "../../core/language/files.ts";
import { describeError, HotenvError } from "../../core/protocol/errors.ts";
import type { Problem } from "../../core/protocol/words.ts";
import { surroundingsOf } from "../lsp/surroundings.ts";
import { standardProblems } from "../schema/standard-problems.ts";
import { findStandardSchema } from "../schema/standard-schema.ts";
import { type Hide, hiderOf, textOfFile } from "./compared.ts";
import { envReadersIn } from "./env-readers.ts";
import type { Texts } from "./reading.ts";
import { schemaOf, sensitivityOf } from "./sensitivity.ts";
import type { Snapshot } from "./snapshot.ts";
import { type Environment, interpolationLookup, sourcePath } from "./sources.ts";
import type { Workshop } from "./workshop.ts";

const ofFiles = new Set(["settings-invalid", "compose-invalid", "env-invalid", "file-unreadable"]);

/** Every error in the sources that Hotenv itself can find: Compose stops at the first, and often at the wrong line. */
export function findProblems(snapshot: Snapshot, environment: Environment): Problem[] {
  const schema = schemaOf(snapshot);
  const project = snapshot.files.find((file) => file.role === "env");
  const shell = lookupIn(environment);
  const readerOf = envReadersIn(snapshot);
  const filled = interpolationLookup(environment, project === undefined ? null : textOfFile(project));
  return snapshot.files.flatMap((file) => {
    const text = textOfFile(file);
    if (text === null || (file.role !== "env" && file.role !== "compose")) return [];
    const isProject = file === project;
    const found = checkFile({
      path: file.path,
      text,
      role: file.role,
      lookup: isProject ? shell : filled,
      dialect: readerOf(file.path) === "raw" ? "raw" : "compose",
      ...(isProject && schema !== undefined ? { schema } : {}),
    });
    return found.filter(({ severity }) => severity === "error");
  });
}

/** The error itself as a problem, where it knows its place. */
function problemOf(error: HotenvError, directory: string): Problem[] {
  const { file, line = 1, column = 1 } = error.location ?? {};
  if (file === undefined) return [];
  return [
    {
      file: isAbsolute(file) ? sourcePath(directory, file) : file,
      line,
      column,
      endLine: line,
      endColumn: column + 1,
      severity: "error",
      code: error.code,
      message: error.message,
    },
  ];
}

/** The error with the place that Hotenv found for it, where that is better than what was said. */
export function sharpen(error: HotenvError, problems: readonly Problem[]): HotenvError {
  const [first] = problems;
  // An error that knows the very place was found by ourselves.
  if (first === undefined || !ofFiles.has(error.code) || error.location?.column !== undefined) return error;
  const { file, line, column } = first;
  return new HotenvError(error.code, first.message, {
    location: { file, line, column },
    todo: error.todo ?? "Correct it; what runs is left alone until then.",
    cause: error,
  });
}

/** A value that breaks the project's own schema is refused before anything else is asked. @throws HotenvError env-invalid */
export function refuseBrokenSchema(snapshot: Snapshot, environment: Environment): void {
  const [first] = findProblems(snapshot, environment).filter(({ code }) => code.startsWith("schema-"));
  if (first === undefined) return;
  throw new HotenvError("env-invalid", first.message, {
    location: { file: first.file, line: first.line, column: first.column },
    todo: "Correct the value; what runs is left alone until then.",
  });
}

/**
 * The same for a schema module of the user's. One that cannot be run refuses nothing: the editor tells of it.
 * @throws HotenvError env-invalid, cancelled
 */
export async function refuseByModule(
  directory: string,
  snapshot: Snapshot,
  environment: Environment,
  signal: AbortSignal,
): Promise<void> {
  const file = snapshot.files.find(({ role, path }) => role === "env" && path === valuesName);
  const text = file && textOfFile(file);
  if (text == null || findStandardSchema(directory) === undefined) return;
  const path = resolve(directory, valuesName);
  const around = surroundingsOf(path, environment);
  const found = await standardProblems({ path, name: valuesName, text, around, signal });
  const [first] = found.filter(({ severity }) => severity === "error");
  if (first === undefined) return;
  throw new HotenvError("env-invalid", first.message, {
    location: { file: first.file, line: first.line, column: first.column },
    todo: "Correct the value; what runs is left alone until then.",
  });
}

/** @returns the error to tell, with the best place known for it */
export function explainInvalid(
  { board, directory, environment, events }: Workshop,
  error: HotenvError,
  texts: Texts | undefined,
): HotenvError {
  if (error.code === "cancelled") return error;
  const isOfFiles = ofFiles.has(error.code);
  const found = isOfFiles && texts ? [...texts.problems, ...findProblems(texts.snapshot, environment)] : [];
  const named = error.location?.file === undefined ? undefined : sourcePath(directory, error.location.file);
  // What Hotenv finds in the file that Compose complains about; else what Compose says.
  const inNamed = named === undefined ? found : found.filter(({ file }) => file === named);
  const isFound = inNamed.some(({ line }) => line === (error.location?.line ?? line));
  const problems = isFound ? found : [...problemOf(error, directory), ...found];
  const hide = texts ? hiderOf([texts.snapshot], environment, sensitivityOf([texts.snapshot])) : undefined;
  // It is told to whoever asked, too, and noted in the audit.
  const sharp = hidden(sharpen(error, inNamed.length > 0 ? inNamed : problems), hide);
  const sentence = describeError(sharp);
  board.set({
    reading: false,
    rolling: false,
    waiting: undefined,
    problems: hide ? problems.map((problem) => ({ ...problem, message: hide(problem.message) })) : problems,
    ...(texts === undefined ? {} : { sources: texts.sources }),
    ...(isOfFiles ? { invalid: sentence, error: "" } : { invalid: "", error: sentence }),
  });
  events.emit("log", { level: isOfFiles ? "warn" : "error", message: sentence });
  return sharp;
}

function hidden(error: HotenvError, hide: Hide | undefined): HotenvError {
  if (hide === undefined || hide(describeError(error)) === describeError(error)) return error;
  const { code, message, location, todo } = error;
  return new HotenvError(code, hide(message), {
    location,
    todo: todo === undefined ? undefined : hide(todo),
  });
}
