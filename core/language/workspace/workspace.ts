/** The open documents of an editor, what surrounds each, and what is wrong with it. */
import type { Diagnostic, Range as LspRange } from "vscode-languageserver-types";
import { folderOf, projectName, resolvePath } from "../../compose/paths.ts";
import type { StaticProject, TreeCache } from "../../compose/static.ts";
import { servicesOfVariable } from "../../compose/uses.ts";
import { type DotenvDocument, parseDotenv } from "../../dotenv/document.ts";
import type { Dialect } from "../../dotenv/pieces.ts";
import { LineIndex } from "../../dotenv/text.ts";
import { type Lookup, lookupIn } from "../../interpolate/fill.ts";
import { readSchema } from "../../schema/imports.ts";
import { parseSchema } from "../../schema/schema.ts";
import { diagnoseCompose } from "../compose-file.ts";
import type { LanguageContext } from "../context.ts";
import { diagnoseSchema } from "../diagnose.ts";
import { type FileKind, fileKind, holdsVariables, valuesName } from "../files.ts";
import { Diagnosis } from "../live/diagnosis.ts";
import type { ProjectFile } from "../names.ts";
import { contextOf, schemaReader } from "./context-of.ts";
import type { WorkspaceHost } from "./host.ts";
import { analyse, envFileDialect, filesNaming, nearestProject } from "./project.ts";

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

/** Replaces a range of the text, or all of it. */
export interface ContentChange {
  readonly range?: LspRange | undefined;
  readonly text: string;
}

export interface Diagnosed {
  readonly uri: string;
  readonly version: number;
  readonly diagnostics: readonly Diagnostic[];
}

/** A document that holds variables, with all that its services want to know. */
export interface VariablesDocument {
  readonly document: DotenvDocument;
  readonly context: LanguageContext;
}

export interface ComposeDocument {
  readonly text: string;
  readonly lines: LineIndex;
  readonly context: LanguageContext;
  readonly project: StaticProject;
  readonly shell: Lookup;
}

/** Whose diagnostics look at a file of the kind beside them. */
const lookers: Readonly<Record<FileKind, readonly FileKind[]>> = {
  values: ["part", "compose"],
  part: [],
  sample: ["values"],
  schema: ["values", "part"],
  compose: ["values", "part", "compose"],
  settings: ["values"],
};

const lspSeverity = { error: 1, warning: 2, info: 3, hint: 4 } as const;

export class Workspace {
  readonly #host: WorkspaceHost;
  readonly #shell: Lookup;
  readonly #open = new Map<string, OpenFile>();
  /** By project directory. */
  readonly #trees = new Map<string, TreeCache>();

  constructor(host: WorkspaceHost) {
    this.#host = host;
    this.#shell = lookupIn(host.environment);
  }

  /** @returns what is to be published; undefined for files that are none of Hotenv's business */
  open(uri: string, text: string, version: number): Diagnosed | undefined {
    const path = this.#pathOf(uri);
    const kind = path === undefined ? undefined : this.#kindOf(path);
    if (path === undefined || kind === undefined) return undefined;
    this.#open.set(path, { uri, path, kind, version, text, diagnosis: undefined, context: { uri } });
    return this.#lookAgain(path);
  }

  /** Each change counts from the one before. undefined for files that are not open, or none of Hotenv's business. */
  change(uri: string, changes: readonly ContentChange[], version: number): Diagnosed | undefined {
    const file = this.#file(uri);
    if (file === undefined) return undefined;
    let { text, diagnosis } = file;
    for (const { range, text: replacement } of changes) {
      if (range === undefined) {
        text = replacement;
        diagnosis = undefined;
        continue;
      }
      const lines = diagnosis?.document.lines ?? new LineIndex(text);
      const start = lines.offsetAt(range.start);
      const end = Math.max(start, lines.offsetAt(range.end));
      diagnosis?.edit({ start, end }, replacement);
      text = diagnosis?.document.text ?? text.slice(0, start) + replacement + text.slice(end);
    }
    const changed = { ...file, version, text, diagnosis };
    this.#open.set(file.path, changed);
    return diagnosis === undefined ? this.#lookAgain(file.path) : this.#diagnose(changed);
  }

  /** @returns what takes its problems away */
  close(uri: string): Diagnosed | undefined {
    const file = this.#file(uri);
    if (file === undefined) return undefined;
    this.#open.delete(file.path);
    return { uri, version: file.version, diagnostics: [] };
  }

  has(uri: string): boolean {
    return this.#file(uri) !== undefined;
  }

  textOf(uri: string): string | undefined {
    return this.#file(uri)?.text;
  }

  /** What the open documents that look at this one have to say, now that it has changed, in the editor or on disk. */
  around(uri: string): Diagnosed[] {
    const path = this.#pathOf(uri);
    if (path === undefined) return [];
    const kind = this.#open.get(path)?.kind ?? fileKind(path) ?? "part";
    const directory = this.#projectOf(path) ?? folderOf(path);
    return [...this.#open.values()]
      .filter(
        (other) =>
          other.path !== path &&
          lookers[kind].includes(other.kind) &&
          (this.#projectOf(other.path) ?? folderOf(other.path)) === directory,
      )
      .flatMap((other) => this.#lookAgain(other.path) ?? []);
  }

  /** Every open document, with new eyes: the user's settings changed. */
  all(): Diagnosed[] {
    return [...this.#open.keys()].flatMap((path) => this.#lookAgain(path) ?? []);
  }

  variables(uri: string): VariablesDocument | undefined {
    const file = this.#file(uri);
    if (file?.diagnosis === undefined) return undefined;
    const { document } = file.diagnosis;
    const { context, path } = file;
    const directory = this.#projectOf(path);
    if (directory === undefined) return { document, context };
    const project = this.#analyse(directory);
    const name = projectName(directory, path);
    const isRead = context.uses !== undefined || envFileDialect(directory, project, path) !== undefined;
    if (!isRead) return { document, context };
    // Through other variables, too, as they are now.
    return { document, context: { ...context, uses: (key) => servicesOfVariable(project, key, name) } };
  }

  compose(uri: string): ComposeDocument | undefined {
    const file = this.#file(uri);
    if (file?.kind !== "compose") return undefined;
    const { text, context, path } = file;
    const project = this.#analyse(this.#projectOf(path) ?? folderOf(path));
    return { text, lines: new LineIndex(text), context, project, shell: this.#shell };
  }

  /** The first of the files that set the variables of a document's project; undefined where it is not there. */
  projectEnv(uri: string): { readonly uri: string; readonly text: string } | undefined {
    const file = this.#file(uri);
    if (file === undefined) return undefined;
    const directory = this.#projectOf(file.path) ?? folderOf(file.path);
    const [first = valuesName] = this.#analyse(directory).envFiles;
    const path = resolvePath(directory, first);
    const text = this.#read(path);
    return text === undefined ? undefined : { uri: this.#uriOf(path), text };
  }

  /** The document among all files that may name its variables. */
  naming(uri: string): { file: ProjectFile; lines: LineIndex; files: readonly ProjectFile[] } | undefined {
    const open = this.#file(uri);
    if (open === undefined) return undefined;
    const directory = this.#projectOf(open.path) ?? folderOf(open.path);
    const files = filesNaming(directory, this.#analyse(directory), this.#open.keys(), this.#read, {
      names: this.#host.names,
      uriOf: this.#uriOf,
    });
    const file = files.find((other) => other.uri === uri);
    return file === undefined ? undefined : { file, lines: new LineIndex(file.text), files };
  }

  readonly #read = (path: string): string | undefined => this.#open.get(path)?.text ?? this.#host.read(path);

  /** Edits must name a document as its editor does. */
  readonly #uriOf = (path: string): string => this.#open.get(path)?.uri ?? this.#host.uriOf(path);

  #pathOf(uri: string): string | undefined {
    const path = this.#host.pathOf(uri);
    return path === undefined ? undefined : resolvePath(path, ".");
  }

  #file(uri: string): OpenFile | undefined {
    const path = this.#pathOf(uri);
    return path === undefined ? undefined : this.#open.get(path);
  }

  /** Whatever a service reads as its `env_file` is one, whatever it is called. */
  #kindOf(path: string): FileKind | undefined {
    const kind = fileKind(path);
    if (kind !== undefined) return kind;
    const directory = this.#projectOf(path);
    if (directory === undefined) return undefined;
    return envFileDialect(directory, this.#analyse(directory), path) === undefined ? undefined : "part";
  }

  #projectOf(path: string): string | undefined {
    return nearestProject(folderOf(path), this.#host.exists);
  }

  #analyse(directory: string): StaticProject {
    const cache = this.#trees.get(directory) ?? new Map();
    this.#trees.set(directory, cache);
    return analyse(directory, this.#host.environment, this.#read, cache);
  }

  #lookAgain(path: string): Diagnosed | undefined {
    const file = this.#open.get(path);
    if (file === undefined) return undefined;
    const directory = this.#projectOf(path);
    const project = directory === undefined ? undefined : { directory, model: this.#analyse(directory) };
    const context = contextOf(file, project, this.#host, this.#read);
    const dialect: Dialect =
      project === undefined
        ? "compose"
        : (envFileDialect(project.directory, project.model, path) ?? "compose");
    const known = { ...file, context, diagnosis: this.#diagnosisOf(file, context, dialect) };
    this.#open.set(path, known);
    return this.#diagnose(known);
  }

  #diagnosisOf(file: OpenFile, context: LanguageContext, dialect: Dialect): Diagnosis | undefined {
    if (!holdsVariables(file.kind)) return undefined;
    const parsed = file.diagnosis?.document;
    return new Diagnosis(parsed?.dialect === dialect ? parsed : parseDotenv(file.text, { dialect }), context);
  }

  #diagnose({ uri, version, text, kind, path, diagnosis, context }: OpenFile): Diagnosed {
    const tell = (diagnostics: readonly Diagnostic[]): Diagnosed => ({ uri, version, diagnostics });
    if (diagnosis !== undefined) return tell(diagnosis.diagnostics());
    if (kind === "schema") {
      const schema = readSchema(path, schemaReader(this.#read)) ?? parseSchema(text);
      return tell(diagnoseSchema(schema, context));
    }
    if (kind === "compose") return tell(diagnoseCompose(text, context));
    const problems = this.#host.settingsProblems?.(text, path) ?? [];
    return tell(
      problems.map(({ line, column, endLine, endColumn, severity, code, message }) => ({
        range: {
          start: { line: line - 1, character: column - 1 },
          end: { line: endLine - 1, character: endColumn - 1 },
        },
        severity: lspSeverity[severity],
        code,
        source: "hotenv",
        message,
      })),
    );
  }
}
