/**
 * Why Compose refuses a project, and where: what Compose says differs from version to version, and mostly lacks the line.
 * Our own readers know; what they do not know is told in Compose's words, where a name of the project's stands in them.
 */
import { sep } from "node:path";
import { namedPlace } from "../../core/compose/locate.ts";
import type { Code } from "../../core/language/codes.ts";
import { HotenvError, type Location } from "../../core/protocol/errors.ts";
import type { Problem } from "../../core/protocol/words.ts";
import { hiderOf, textOfFile } from "./compared.ts";
import { findProblems } from "./invalid.ts";
import { type Fault, faultsIn } from "./project-faults.ts";
import { sensitivityOf } from "./sensitivity.ts";
import type { Snapshot } from "./snapshot.ts";
import type { Environment } from "./sources.ts";

/** What every Compose refuses. The others are errors for some version, some reader or some container. */
const alwaysRefused: ReadonlySet<string> = new Set<Code>([
  "unterminated-quote",
  "invalid-key",
  "key-with-space",
  "comment-after-bare-key",
  "invalid-reference",
  "required-reference",
  "compose-syntax",
]);

interface Around {
  readonly directory: string;
  readonly environment: Environment;
  /** The files as they were when Compose was asked. */
  readonly snapshot: Snapshot;
}

/** @returns the error as it came, where it is no refusal */
export function explainRefusal(error: unknown, around: Around): unknown {
  if (!(error instanceof HotenvError) || error.code !== "compose-invalid") return error;
  const { snapshot, environment, directory } = around;
  const { todo } = error;
  const said = error.message.replaceAll(`${directory}${sep}`, "");
  const problems = findProblems(snapshot, environment);
  const sure = problems.filter(({ code }) => alwaysRefused.has(code)).map(asFault);
  const own = firstOf([...sure, ...faultsIn(directory, environment, snapshot)], said);
  const named = (): Location | undefined => {
    const files = snapshot.files.flatMap((file) =>
      file.role === "compose" ? [{ path: file.path, text: textOfFile(file) ?? "" }] : [],
    );
    return namedPlace(said, files);
  };
  const place = own === undefined ? named() : undefined;
  const fault = own ?? (place === undefined ? firstOf(problems.map(asFault), said) : undefined);
  const location = fault?.location ?? place;
  const hide = hiderOf([snapshot], environment, sensitivityOf([snapshot]));
  const isEnv = snapshot.files.some(({ path, role }) => path === location?.file && role === "env");
  return new HotenvError(isEnv ? "env-invalid" : "compose-invalid", hide(fault?.message ?? said), {
    location,
    todo,
    cause: error,
  });
}

const asFault = ({ file, line, column, message }: Problem): Fault => ({
  message,
  location: { file, line, column },
});

/** One in a file that Compose names, however it does; else the first. */
function firstOf(faults: readonly Fault[], said: string): Fault | undefined {
  const words = said.split(/[\s"':,]+/).map((word) => word.replaceAll("\\", "/"));
  const isNamed = (file: string) => words.some((word) => word === file || word.endsWith(`/${file}`));
  return faults.find(({ location }) => isNamed(location.file)) ?? faults[0];
}
