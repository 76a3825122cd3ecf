/** The open documents of a language server, what surrounds each, and what is wrong with it. */
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { Diagnostic } from "vscode-languageserver-types";
import { servicesOfVariable } from "../../core/compose/uses.ts";
import { type DotenvDocument, parseDotenv } from "../../core/dotenv/document.ts";
import { LineIndex } from "../../core/dotenv/text.ts";
import { type Lookup, lookupIn } from "../../core/interpolate/fill.ts";
import { diagnoseCompose } from "../../core/language/compose-file.ts";
import type { LanguageContext } from "../../core/language/context.ts";
import { diagnoseSchema } from "../../core/language/diagnose.ts";
import { readExample } from "../../core/language/example.ts";
import { Diagnosis } from "../../core/language/live/diagnosis.ts";
import type { ProjectFile } from "../../core/language/names.ts";
import { variableUses } from "../../core/language/uses.ts";
import { parseSchema } from "../../core/schema/schema.ts";
import { parseSettings } from "../../core/settings/settings.ts";
import { nearestProject } from "../cli/find-project.ts";
import type { Environment } from "../project/sources.ts";
import { type FileKind, fileKind } from "./file-kind.ts";
import type { ContentChange } from "./messages.ts";
import { analyse, filesNaming, portsOf, readText } from "./project.ts";

interface OpenFile {
  readonly uri: string;
  readonly path: string;
  readonly kind: FileKind;
  readonly version: number;
  readonly text: string;
  /** Of files that hold variables. */
  readonly diagnosis: Diagnosis | undefined;
  readonly context: LanguageContext;
}

export interface Diagnosed {
  readonly uri: string;
  readonly version: number;
  readonly diagnostics: readonly Diagnostic[];
}

/** Whose diagnostics look at a file of the kind beside them. */
const lookers: Readonly<Record<FileKind, readonly FileKind[]>> = {
  values: ["part", "compose"],
  part: [],
  sample: ["values"],
  schema: ["values", "part"],
  compose: ["values", "part"],
  settings: [],
};

const isVariables = (kind: FileKind): boolean => kind === "values" || kind === "part" || kind === "sample";
const lspSeverity = { error: 1, warning: 2, info: 3, hint: 4 } as const;

export class Workspace {
  readonly #environment: Environment;
  readonly #shell: Lookup;
  readonly #open = new Map<string, OpenFile>();

  /** @param environment the shell's: it goes before `.env` */
  constructor(environment: Environment) {
    this.#environment = environment;
    this.#shell = lookupIn(environment);
  }

  /** @returns what is to be published; nothing for files that are none of Hotenv's business */
  open(uri: string, text: string, version: number): Diagnosed[] {
    const path = uri.startsWith("file:") ? fileURLToPath(uri) : undefined;
    const kind = path === undefined ? undefined : fileKind(path);
    if (path === undefined || kind === undefined) return [];
    this.#open.set(path, { uri, path, kind, version, text, diagnosis: undefined, context: { uri } });
    return this.#refresh(path, kind, true);
  }

  change(uri: string, changes: readonly ContentChange[], version: number): Diagnosed[] {
    const file = this.#file(uri);
    if (file === undefined) return [];
    let { text } = file;
    let { diagnosis } = file;
    for (const { range, text: replacement } of changes) {
      if (range === undefined) {
        text = replacement;
        diagnosis = undefined;
        continue;
      }
      const lines = diagnosis?.document.lines ?? new LineIndex(text);
      const start = lines.offsetAt(range.start);
      const end = Math.max(start, lines.offsetAt(range.end));
      text = text.slice(0, start) + replacement + text.slice(end);
      diagnosis?.edit({ start, end }, replacement);
    }
    this.#open.set(file.path, { ...file, version, text, diagnosis });
    return this.#refresh(file.path, file.kind, diagnosis === undefined);
  }

  close(uri: string): Diagnosed[] {
    const file = this.#file(uri);
    if (file === undefined) return [];
    this.#open.delete(file.path);
    return [
      { uri, version: file.version, diagnostics: [] },
      ...this.#refresh(file.path, file.kind, false).filter((other) => other.uri !== uri),
    ];
  }

  /** A file changed on disk. */
  changedOnDisk(uri: string): Diagnosed[] {
    const path = uri.startsWith("file:") ? fileURLToPath(uri) : undefined;
    const kind = path === undefined ? undefined : fileKind(path);
    // Of an open file the editor has the text.
    if (path === undefined || kind === undefined || this.#open.has(path)) return [];
    return this.#refresh(path, kind, false);
  }

  /** A document that holds variables, with all that its services want to know. */
  variables(uri: string): { document: DotenvDocument; context: LanguageContext } | undefined {
    const file = this.#file(uri);
    if (file?.diagnosis === undefined) return undefined;
    const { document } = file.diagnosis;
    const { context, path } = file;
    const directory = this.#projectOf(path);
    if (context.uses === undefined || directory === undefined) return { document, context };
    // Through other variables, too, as they are now.
    const project = this.#analyse(directory);
    const name = this.#named(directory, path);
    return { document, context: { ...context, uses: (key) => servicesOfVariable(project, key, name) } };
  }

  /** The document among all files that may name its variables. */
  naming(uri: string): { file: ProjectFile; lines: LineIndex; files: readonly ProjectFile[] } | undefined {
    const open = this.#file(uri);
    if (open === undefined) return undefined;
    const directory = this.#projectOf(open.path) ?? dirname(open.path);
    const files = filesNaming(directory, this.#analyse(directory), this.#open.keys(), this.#openText)
      // Edits must name a document as its editor does.
      .map((file) => ({ ...file, uri: this.#open.get(fileURLToPath(file.uri))?.uri ?? file.uri }));
    const file = files.find((other) => other.uri === uri);
    return file === undefined ? undefined : { file, lines: new LineIndex(file.text), files };
  }

  readonly #openText = (path: string): string | undefined => this.#open.get(path)?.text;

  #file(uri: string): OpenFile | undefined {
    return uri.startsWith("file:") ? this.#open.get(fileURLToPath(uri)) : undefined;
  }

  #projectOf(path: string): string | undefined {
    return nearestProject(dirname(path));
  }

  #analyse(directory: string): ReturnType<typeof analyse> {
    return analyse(directory, this.#shell, this.#openText);
  }

  /** As the project names it. */
  #named(directory: string, path: string): string {
    return relative(directory, path).split(sep).join("/");
  }

  /** @param anew the file's own surroundings are to be looked at, too */
  #refresh(path: string, kind: FileKind, anew: boolean): Diagnosed[] {
    const own = this.#open.get(path);
    const directory = this.#projectOf(path) ?? dirname(path);
    const others = [...this.#open.values()].filter(
      (other) =>
        other.path !== path &&
        lookers[kind].includes(other.kind) &&
        (this.#projectOf(other.path) ?? dirname(other.path)) === directory,
    );
    const diagnosed = others.map((other) => this.#diagnose(this.#lookAround(other)));
    if (own !== undefined) diagnosed.unshift(this.#diagnose(anew ? this.#lookAround(own) : own));
    return diagnosed;
  }

  #lookAround(file: OpenFile): OpenFile {
    const context = this.#contextOf(file);
    const diagnosis = isVariables(file.kind)
      ? new Diagnosis(file.diagnosis?.document ?? parseDotenv(file.text), context)
      : undefined;
    const known = { ...file, context, diagnosis };
    this.#open.set(file.path, known);
    return known;
  }

  #diagnose({ uri, version, text, kind, path, diagnosis, context }: OpenFile): Diagnosed {
    const tell = (diagnostics: readonly Diagnostic[]): Diagnosed => ({ uri, version, diagnostics });
    if (diagnosis !== undefined) return tell(diagnosis.diagnostics());
    if (kind === "schema") return tell(diagnoseSchema(parseSchema(text), context));
    if (kind === "compose") return tell(diagnoseCompose(text, context));
    return tell(
      parseSettings(text, path).problems.map(
        ({ line, column, endLine, endColumn, severity, code, message }) => ({
          range: {
            start: { line: line - 1, character: column - 1 },
            end: { line: endLine - 1, character: endColumn - 1 },
          },
          severity: lspSeverity[severity],
          code,
          source: "hotenv",
          message,
        }),
      ),
    );
  }

  #contextOf({ uri, path, kind }: OpenFile): LanguageContext {
    if (kind === "schema" || kind === "settings") return { uri };
    const directory = this.#projectOf(path);
    const project = directory === undefined ? undefined : this.#analyse(directory);
    const around = { uri, names: Object.keys(this.#environment) };
    if (kind === "compose") return { ...around, lookup: project?.lookup ?? this.#shell };
    const beside = (name: string) => readText(join(dirname(path), name), this.#openText);
    const besideUri = (name: string): string => new URL(name, uri).href;
    const schemaText = kind === "sample" ? undefined : beside(".env.schema");
    const schema = schemaText === undefined ? undefined : parseSchema(schemaText);
    const example = kind === "values" ? beside(".env.example") : undefined;
    const name = directory === undefined ? undefined : this.#named(directory, path);
    const isProjectFile = name !== undefined && project?.envFiles.includes(name) === true;
    const isPart = !isProjectFile && project !== undefined && readsFile(project, name);
    return {
      ...around,
      lookup: isPart ? project.lookup : this.#shell,
      ...(schema === undefined
        ? {}
        : { schema: { schema, uri: besideUri(".env.schema"), lines: new LineIndex(schema.file.text) } }),
      ...(example === undefined ? {} : { example: readExample(besideUri(".env.example"), example) }),
      ...(isProjectFile && directory !== undefined && project.composeFiles.length > 0
        ? { uses: variableUses(project), ports: portsOf(directory, project, this.#openText) }
        : {}),
      ...(kind === "part" ? { levels: { "schema-missing": "off" } } : {}),
    };
  }
}

function readsFile({ services }: ReturnType<typeof analyse>, name: string | undefined): boolean {
  return [...services.values()].some(({ files }) =>
    files.some(({ via, path }) => via === "env-file" && path === name),
  );
}
