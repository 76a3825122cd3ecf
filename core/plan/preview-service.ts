/** The preview of what an editor holds unsaved, worked out anew whenever it is asked for: files read before are not read again. */
import { projectName, resolvePath } from "../compose/paths.ts";
import { analyseProject, type StaticProject, type TreeCache } from "../compose/static.ts";
import { lookupIn } from "../interpolate/fill.ts";
import { isSensitive, parseSchema } from "../schema/schema.ts";
import { readBrief } from "../settings/brief.ts";
import { settingsFileNames } from "../settings/file-names.ts";
import { type EditedFile, type Preview, previewEdit } from "./preview.ts";
import { impactOfVariables, type StaticImpact } from "./static-impact.ts";

export interface PreviewHost {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Text on disk; undefined where there is none. @param path absolute */
  readonly read: (path: string) => string | undefined;
}

export interface Previewed extends Preview {
  /** As the editor has it. */
  readonly project: StaticProject;
  /** What a new value of the key would need. @param file where it stands, as the project names it */
  readonly ofKey: (key: string, file: string) => readonly StaticImpact[];
  /** Whose changes are not applied before somebody has said yes. */
  readonly confirm: readonly Preview["change"]["severity"][];
}

/** Nobody asks a project's preview more often than another text is typed. */
interface Trees {
  readonly saved: TreeCache;
  readonly edited: TreeCache;
}

export class PreviewService {
  readonly #host: PreviewHost;
  readonly #trees = new Map<string, Trees>();

  constructor(host: PreviewHost) {
    this.#host = host;
  }

  /**
   * @param directory of the project, absolute
   * @param unsaved texts by absolute path, as the editor has them
   */
  preview(directory: string, unsaved: ReadonlyMap<string, string>): Previewed {
    const trees = this.#treesOf(directory);
    const onDisk = new Map<string, string | undefined>();
    const saved = (path: string): string | undefined => {
      const absolute = resolvePath(directory, path);
      if (!onDisk.has(absolute)) onDisk.set(absolute, this.#host.read(absolute));
      return onDisk.get(absolute);
    };
    const texts = new Map([...unsaved].map(([path, text]) => [projectName(directory, path), text]));
    const edited = (path: string): string | undefined => texts.get(path) ?? saved(path);
    const before = this.#analyse(directory, saved, trees.saved);
    const after = texts.size === 0 ? before : this.#analyse(directory, edited, trees.edited);
    const schemaText = edited(".env.schema");
    const schema = schemaText === undefined ? undefined : parseSchema(schemaText);
    const settings = readBrief(settingsFileNames.map(edited).find((text) => text !== undefined));
    const files = [...texts].map(([path, text]): EditedFile => ({ path, before: saved(path), after: text }));
    return {
      ...previewEdit(before, after, files, { isSensitive: (key) => isSensitive(key, schema), settings }),
      project: after,
      ofKey: (key, file) => impactOfVariables(after, [key], file),
      confirm: settings.confirm,
    };
  }

  #analyse(directory: string, read: (path: string) => string | undefined, cache: TreeCache): StaticProject {
    return analyseProject({
      directory,
      shell: lookupIn(this.#host.environment),
      read,
      settingsFile: settingsFileNames.find((name) => read(name) !== undefined),
      cache,
    });
  }

  #treesOf(directory: string): Trees {
    const known = this.#trees.get(directory);
    if (known !== undefined) return known;
    const made: Trees = { saved: new Map(), edited: new Map() };
    this.#trees.set(directory, made);
    return made;
  }
}
