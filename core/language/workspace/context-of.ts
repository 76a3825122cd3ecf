/** What a document's services must know of its surroundings. */
import { folderOf, projectName, resolvePath } from "../../compose/paths.ts";
import type { StaticProject } from "../../compose/static.ts";
import { parseDotenv } from "../../dotenv/document.ts";
import { evaluate } from "../../dotenv/evaluate.ts";
import { LineIndex } from "../../dotenv/text.ts";
import { type Lookup, lookupIn } from "../../interpolate/fill.ts";
import { readSchema, type SchemaReader } from "../../schema/imports.ts";
import type { LanguageContext, SchemaSource } from "../context.ts";
import { readExample } from "../example.ts";
import { exampleName, type FileKind, schemaName, valuesName } from "../files.ts";
import { namesReferredTo, variableUses } from "../uses.ts";
import type { WorkspaceHost } from "./host.ts";
import { envFileDialect, portsOf, type ReadText } from "./project.ts";

export interface KnownProject {
  readonly directory: string;
  readonly model: StaticProject;
}

export function contextOf(
  { uri, path, kind }: { readonly uri: string; readonly path: string; readonly kind: FileKind },
  project: KnownProject | undefined,
  host: WorkspaceHost,
  read: ReadText,
): LanguageContext {
  const levels = host.levels?.(uri) ?? {};
  if (kind === "schema" || kind === "settings") return { uri, levels };
  const shell = lookupIn(host.environment);
  const names = Object.keys(host.environment);
  if (kind === "compose") {
    const schema = schemaIn(project?.directory ?? folderOf(path), host, read);
    const lookup = project?.model.lookup ?? shell;
    const known = project?.model.definitions.map(({ key }) => key) ?? [];
    return { uri, levels, lookup, names: [...new Set([...known, ...names])], ...schema };
  }
  const name = project === undefined ? undefined : projectName(project.directory, path);
  const isProjectFile = name !== undefined && project?.model.envFiles.includes(name) === true;
  const around = isProjectFile || kind !== "part" ? undefined : surroundings(path, project, shell, read);
  const exampleUri = resolvePath(folderOf(path), exampleName);
  const example = kind === "values" ? read(exampleUri) : undefined;
  return {
    uri,
    levels: { ...(kind === "part" ? { "schema-missing": "off" } : {}), ...levels },
    // compose-spec 12-interpolation: the shell goes before .env; an env_file sees what both give.
    lookup: around?.lookup ?? shell,
    names: [...new Set([...(around?.names ?? []), ...names])],
    ...(kind === "sample" ? {} : schemaIn(folderOf(path), host, read)),
    ...(example === undefined ? {} : { example: readExample(host.uriOf(exampleUri), example) }),
    ...(isProjectFile && project.model.composeFiles.length > 0
      ? {
          uses: variableUses(project.model, name),
          wanted: namesReferredTo(project.model),
          ports: portsOf(project.directory, project.model, read),
        }
      : {}),
  };
}

/** An `env_file` sees the project's variables; what no service reads is taken for one of the `.env` beside it. */
function surroundings(
  path: string,
  project: KnownProject | undefined,
  shell: Lookup,
  read: ReadText,
): { readonly lookup: Lookup; readonly names: readonly string[] } | undefined {
  if (project !== undefined && envFileDialect(project.directory, project.model, path) !== undefined)
    return { lookup: project.model.lookup, names: project.model.definitions.map(({ key }) => key) };
  const text = read(resolvePath(folderOf(path), valuesName));
  if (text === undefined) return undefined;
  const { variables } = evaluate(parseDotenv(text), shell);
  return { lookup: (name) => shell(name) ?? variables.get(name)?.value, names: [...variables.keys()] };
}

/** Schemas by their absolute paths. */
export const schemaReader = (read: ReadText): SchemaReader => ({
  read,
  resolve: (from, relative) => resolvePath(folderOf(from), relative),
});

function schemaIn(
  directory: string,
  { uriOf }: Pick<WorkspaceHost, "uriOf">,
  read: ReadText,
): { schema?: SchemaSource } {
  const path = resolvePath(directory, schemaName);
  const schema = readSchema(path, schemaReader(read));
  if (schema === undefined) return {};
  return { schema: { schema, uri: uriOf(path), lines: new LineIndex(schema.file.text) } };
}
