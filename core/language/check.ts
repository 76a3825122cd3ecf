/** One file, checked: what `hotenv check` and the agent call. */
import { parseDotenv } from "../dotenv/document.ts";
import type { Dialect } from "../dotenv/pieces.ts";
import { LineIndex } from "../dotenv/text.ts";
import type { Lookup } from "../interpolate/fill.ts";
import type { Problem, Role } from "../protocol/words.ts";
import { parseSchema, type Schema } from "../schema/schema.ts";
import { composeFindings } from "./compose-file.ts";
import type { LanguageContext } from "./context.ts";
import { findingsIn, inOrder } from "./diagnose.ts";
import { type Finding, levelOf } from "./finding.ts";
import { schemaFileFindings } from "./schema-findings.ts";

export interface CheckRequest {
  /** As the problems shall name it. */
  readonly path: string;
  readonly text: string;
  /** `settings` and `file` have no rules here, and no problems. */
  readonly role: Role;
  readonly dialect?: Dialect;
  readonly schema?: Schema;
  /** Which keys there should be, where there is no schema. */
  readonly example?: NonNullable<LanguageContext["example"]>;
  /** The services that use a variable, where the project is known. */
  readonly uses?: NonNullable<LanguageContext["uses"]>;
  readonly ports?: NonNullable<LanguageContext["ports"]>;
  /** What surrounds the file: the shell's variables; for a Compose file those of `.env`, too. */
  readonly lookup?: Lookup;
  readonly levels?: NonNullable<LanguageContext["levels"]>;
}

/** In the order of the file. Never throws. */
export function checkFile(request: CheckRequest): Problem[] {
  const { path, text, role, dialect, schema } = request;
  const context: LanguageContext = {
    uri: path,
    ...(request.lookup === undefined ? {} : { lookup: request.lookup }),
    ...(request.example === undefined ? {} : { example: request.example }),
    ...(request.uses === undefined ? {} : { uses: request.uses }),
    ...(request.ports === undefined ? {} : { ports: request.ports }),
    ...(request.levels === undefined ? {} : { levels: request.levels }),
    ...(schema === undefined ? {} : { schema: { schema, uri: "", lines: new LineIndex(schema.file.text) } }),
  };
  const lookup = request.lookup ?? ((): undefined => undefined);
  switch (role) {
    case "env": {
      const document = parseDotenv(text, dialect === undefined ? {} : { dialect });
      return toProblems(findingsIn(document, context), document.lines, path, context);
    }
    case "compose":
      return toProblems(composeFindings(text, lookup), new LineIndex(text), path, context);
    case "schema":
      return toProblems(schemaFileFindings(parseSchema(text)), new LineIndex(text), path, context);
    case "settings":
    case "file":
      return [];
  }
}

/** In the order of the file, as the command line and the agent tell them. @param file as the problems shall name it */
export function toProblems(
  findings: readonly Finding[],
  lines: LineIndex,
  file: string,
  context: LanguageContext,
): Problem[] {
  return inOrder(findings).flatMap((finding) => {
    const severity = levelOf(finding, context);
    if (severity === "off") return [];
    const start = lines.positionAt(finding.range.start);
    const end = lines.positionAt(finding.range.end);
    return {
      file,
      line: start.line + 1,
      column: start.character + 1,
      endLine: end.line + 1,
      endColumn: end.character + 1,
      severity,
      code: finding.code,
      message: finding.message,
    };
  });
}
