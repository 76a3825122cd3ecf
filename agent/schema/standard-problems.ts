/** What the user's own schema module, `env.schema.{ts,mjs,js}`, says of a file's values: problems at their keys. */
import { basename, dirname } from "node:path";
import { parseDotenv } from "../../core/dotenv/document.ts";
import { evaluate } from "../../core/dotenv/evaluate.ts";
import { toProblems } from "../../core/language/check.ts";
import { standardFindings } from "../../core/language/standard-findings.ts";
import { HotenvError } from "../../core/protocol/errors.ts";
import type { Problem } from "../../core/protocol/words.ts";
import { isSensitive } from "../../core/schema/schema.ts";
import { kindOf, type Surroundings } from "../lsp/surroundings.ts";
import { findStandardSchema, runStandardSchema } from "./standard-schema.ts";

export interface StandardCheck {
  /** Absolute. */
  readonly path: string;
  /** As the problems name it. */
  readonly name: string;
  readonly text: string;
  readonly around: Surroundings;
  readonly signal?: AbortSignal;
}

/**
 * Runs the module beside the file: only for workspaces that are trusted. A module that cannot be used is a problem
 * itself. Nothing where there is no module, or where Compose refuses the file.
 * @throws cancelled
 */
export async function standardProblems(check: StandardCheck): Promise<Problem[]> {
  const { path, name, text, around, signal } = check;
  const module = kindOf(path) === "values" ? findStandardSchema(dirname(path)) : undefined;
  if (module === undefined) return [];
  const { context, dialect } = around;
  const document = parseDotenv(text, { dialect });
  const evaluation = evaluate(document, context.lookup ?? (() => undefined));
  if (evaluation.refused) return [];
  try {
    const issues = await runStandardSchema({
      path: module,
      values: Object.fromEntries([...evaluation.variables].map(([key, { value }]) => [key, value])),
      isSensitive: (key) => isSensitive(key, context.schema?.schema),
      ...(signal === undefined ? {} : { signal }),
    });
    return toProblems(standardFindings(document, evaluation, issues), document.lines, name, context);
  } catch (error) {
    if (!(error instanceof HotenvError) || error.code !== "process-failed") throw error;
    const file = name.slice(0, name.length - basename(path).length) + basename(module);
    return [
      {
        file,
        line: 1,
        column: 1,
        endLine: 1,
        endColumn: 1,
        severity: "warning",
        code: "schema-invalid",
        message: error.message,
      },
    ];
  }
}
