/** What a compose file refers to: other files. From its text alone, tolerant of everything. */
import { parseDocument } from "yaml";

export interface FileReferences {
  readonly envFiles: readonly string[];
  /** Those of them with `format: raw`: read as `docker run --env-file` does. */
  readonly rawEnvFiles: readonly string[];
  readonly labelFiles: readonly string[];
  /** `extends: { file: … }`. */
  readonly extendsFiles: readonly string[];
  readonly includes: readonly Include[];
}

export interface Include {
  readonly paths: readonly string[];
  readonly envFiles: readonly string[];
  readonly projectDirectory: string | undefined;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === "object" && !Array.isArray(value);

/** Compose's "one or many" of paths, each a string or a map with `path`. */
function pathsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(pathsOf);
  return isRecord(value) && typeof value.path === "string" ? [value.path] : [];
}

function rawPathsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(rawPathsOf);
  return isRecord(value) && value.format === "raw" ? pathsOf(value) : [];
}

/** A project's few compose files are asked about with every save of any other file. */
const maxKnown = 32;
const known = new Map<string, FileReferences>();

/** Paths as written, not interpolated. Broken YAML gives what could be read. */
export function fileReferences(text: string): FileReferences {
  const found = known.get(text) ?? readReferences(text);
  // The one that was asked about last is forgotten last.
  known.delete(text);
  known.set(text, found);
  const [oldest] = known.keys();
  if (known.size > maxKnown && oldest !== undefined) known.delete(oldest);
  return found;
}

/** undefined where its aliases mean nothing: whoever says what is wrong with the file says that. */
function contentOf(text: string): unknown {
  try {
    return parseDocument(text, { merge: true, logLevel: "silent", prettyErrors: false }).toJS({
      maxAliasCount: 1000,
    });
  } catch {
    return undefined;
  }
}

function readReferences(text: string): FileReferences {
  const root = contentOf(text);
  const envFiles: string[] = [];
  const rawEnvFiles: string[] = [];
  const labelFiles: string[] = [];
  const extendsFiles: string[] = [];
  const includes: Include[] = [];
  if (!isRecord(root)) return { envFiles, rawEnvFiles, labelFiles, extendsFiles, includes };
  for (const service of Object.values(isRecord(root.services) ? root.services : {})) {
    if (!isRecord(service)) continue;
    envFiles.push(...pathsOf(service.env_file));
    rawEnvFiles.push(...rawPathsOf(service.env_file));
    labelFiles.push(...pathsOf(service.label_file));
    if (isRecord(service.extends) && typeof service.extends.file === "string")
      extendsFiles.push(service.extends.file);
  }
  for (const include of Array.isArray(root.include) ? root.include : []) {
    if (typeof include === "string")
      includes.push({ paths: [include], envFiles: [], projectDirectory: undefined });
    else if (isRecord(include))
      includes.push({
        paths: pathsOf(include.path),
        envFiles: pathsOf(include.env_file),
        projectDirectory:
          typeof include.project_directory === "string" ? include.project_directory : undefined,
      });
  }
  return { envFiles, rawEnvFiles, labelFiles, extendsFiles, includes };
}
