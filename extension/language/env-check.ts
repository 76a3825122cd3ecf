/** The diagnostics of one .env file, given what stands beside it. */
import type { Diagnostic } from "vscode-languageserver-types";
import { type DotenvDocument, parseDotenv } from "../../core/dotenv/document.ts";
import { evaluate } from "../../core/dotenv/evaluate.ts";
import { LineIndex } from "../../core/dotenv/text.ts";
import type { Lookup } from "../../core/interpolate/fill.ts";
import type { LanguageContext } from "../../core/language/context.ts";
import { diagnose, diagnoseSchema } from "../../core/language/diagnose.ts";
import { parseSchema } from "../../core/schema/schema.ts";
import type { EnvFileKind } from "./env-files.ts";

export interface Beside {
  /** `.env.schema` of the same folder. */
  readonly schema: { readonly text: string; readonly uri: string } | undefined;
  /** Text of the `.env` of the same folder, where the document is another file. */
  readonly env: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

export function envContext(
  kind: EnvFileKind,
  uri: string,
  beside: Beside,
  environment: Environment,
): LanguageContext {
  const { schema } = beside;
  return {
    uri,
    ...surroundings(kind, beside, environment),
    ...(schema === undefined || kind === "sample" || kind === "schema"
      ? {}
      : { schema: { schema: parseSchema(schema.text), uri: schema.uri, lines: new LineIndex(schema.text) } }),
    // Only .env itself is to have every key.
    ...(kind === "part" ? { levels: { "schema-missing": "off" } } : {}),
  };
}

export function checkEnvFile(
  kind: EnvFileKind,
  document: DotenvDocument,
  context: LanguageContext,
): Diagnostic[] {
  return kind === "schema"
    ? diagnoseSchema(parseSchema(document.text), context)
    : diagnose(document, context);
}

/** compose-spec 12-interpolation: the shell goes before .env; an env_file sees what both give. */
function surroundings(
  kind: EnvFileKind,
  { env }: Beside,
  environment: Environment,
): Required<Pick<LanguageContext, "lookup" | "names">> {
  const shell: Lookup = (name) => environment[name];
  if (kind !== "part" || env === undefined) return { lookup: shell, names: Object.keys(environment) };
  const { variables } = evaluate(parseDotenv(env), shell);
  return {
    lookup: (name) => shell(name) ?? variables.get(name)?.value,
    names: [...new Set([...variables.keys(), ...Object.keys(environment)])],
  };
}
