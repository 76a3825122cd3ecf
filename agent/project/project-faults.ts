/**
 * What is wrong with a project beyond the syntax of its files, where Compose has refused it: Compose says it in other
 * words with every version, and without the line. Only faults that Compose refuses are looked for.
 */
import { isUtf8 } from "node:buffer";
import { isMap, isScalar, parseDocument, visit } from "yaml";
import { locatePath } from "../../core/compose/locate.ts";
import type { Json } from "../../core/compose/model.ts";
import type { StaticProject } from "../../core/compose/static.ts";
import type { StaticService } from "../../core/compose/static-service.ts";
import { LineIndex } from "../../core/dotenv/text.ts";
import { findCycle } from "../../core/plan/phases.ts";
import type { Location } from "../../core/protocol/errors.ts";
import { analyseSnapshot } from "./analyse.ts";
import { textOfFile } from "./compared.ts";
import { isMeant } from "./env-readers.ts";
import type { Snapshot, SnapshotFile } from "./snapshot.ts";
import type { Environment } from "./sources.ts";

export interface Fault {
  readonly message: string;
  readonly location: Location;
}

/** In the order in which Compose comes to them. */
export function faultsIn(directory: string, environment: Environment, snapshot: Snapshot): Fault[] {
  const files = snapshot.files.filter(({ role }) => role === "compose");
  const ofFiles = [
    ...files.flatMap(encodingFaults),
    ...missingFiles(snapshot),
    ...files.flatMap(shapeFaults),
  ];
  // What cannot be read as a whole would lack what the other part has.
  return ofFiles.length > 0 ? ofFiles : modelFaults(analyseSnapshot(directory, environment, snapshot), files);
}

function encodingFaults({ path, bytes }: SnapshotFile): Fault[] {
  if (bytes === null || isUtf8(bytes)) return [];
  const lines = Buffer.from(bytes).toString("latin1").split("\n");
  const line = lines.findIndex((text) => !isUtf8(Buffer.from(text, "latin1"))) + 1;
  return [
    {
      message: "This is not UTF-8, and Compose cannot read the file.",
      location: { file: path, line, column: 1 },
    },
  ];
}

function shapeFaults(file: SnapshotFile): Fault[] {
  const text = textOfFile(file);
  if (text === null) return [];
  const { contents, errors } = parseDocument(text, { logLevel: "silent", prettyErrors: false });
  const at = (message: string): Fault[] => [{ message, location: { file: file.path, line: 1, column: 1 } }];
  if (errors.length > 0) return [];
  const blind = blindAlias(text);
  if (blind !== undefined)
    return [faultAt("Nothing before this has the anchor that it names.", file.path, text, blind)];
  if (contents === null) return at("The file is empty, and Compose does not accept that.");
  return isMap(contents) ? [] : at("Compose expects a mapping here, with `services:` in it.");
}

/** Files that others name, and that are not there. */
function missingFiles({ files }: Snapshot): Fault[] {
  const sources = files.filter(({ role }) => role === "compose");
  return files
    .filter(({ bytes }) => bytes === null)
    .flatMap(({ path }) =>
      sources.flatMap((source) => {
        const text = textOfFile(source) ?? "";
        const offset = referenceTo(path, text);
        if (offset === undefined) return [];
        return [faultAt(`There is no file ${path}, and Compose needs it.`, source.path, text, offset)];
      }),
    );
}

/** The keys whose values name files that Compose itself reads. */
const naming = new Set(["include", "extends", "env_file", "label_file"]);

/** Where the file is named and has to be there. */
function referenceTo(path: string, text: string): number | undefined {
  let offset: number | undefined;
  visit(parseDocument(text, { logLevel: "silent", prettyErrors: false }), {
    Pair(_, { key, value }) {
      if (!isScalar(key) || !naming.has(String(key.value))) return undefined;
      visit(value as Parameters<typeof visit>[0], {
        Map: (__, map) => (map.get("required") === false ? visit.SKIP : undefined),
        Scalar(where, { value: written, range }) {
          if (where === "key" || typeof written !== "string" || !isMeant(written, path)) return undefined;
          offset = range?.[0];
          return visit.BREAK;
        },
      });
      return offset === undefined ? visit.SKIP : visit.BREAK;
    },
  });
  return offset;
}

function modelFaults({ services }: StaticProject, files: readonly SnapshotFile[]): Fault[] {
  const fault = (message: string, ...path: readonly string[]): Fault => ({
    message,
    location: placeOf(files, path),
  });
  const own = [...services.values()].filter(({ runtime }) => runtime === "compose");
  const faults = own.flatMap((service): Fault[] => {
    const { name, config } = service;
    const at = ["services", name];
    return [
      ...(["image", "build", "provider"].some((key) => config[key] != null)
        ? []
        : [fault(`${name} has neither an image nor a build.`, ...at)]),
      ...dependenciesOf(service)
        .filter(({ needed, on }) => needed && !services.has(on))
        .map(({ on }) =>
          fault(`${name} depends on ${on}, and there is no such service.`, ...at, "depends_on", on),
        ),
      ...undeclared(service).map(({ kind, used }) =>
        fault(`${name} uses ${used} of ${kind}, which has no such entry.`, ...at, kind, used),
      ),
    ];
  });
  const cycle = findCycle(
    new Map(
      own.map((one) => [
        one.name,
        { dependsOn: dependenciesOf(one).map(({ on: service }) => ({ service })) },
      ]),
    ),
  );
  const [first = "", second = ""] = cycle ?? [];
  const circle = `The services depend on each other in a circle: ${cycle?.join(" -> ")}.`;
  return cycle === undefined ? faults : [...faults, fault(circle, "services", first, "depends_on", second)];
}

const entriesOf = (node: Json | undefined): readonly (readonly [string, Json])[] =>
  node !== null && typeof node === "object" && !Array.isArray(node) ? Object.entries(node) : [];

const dependenciesOf = ({ config }: StaticService) =>
  entriesOf(config.depends_on).map(([on, how]) => ({
    on,
    needed: !entriesOf(how).some(([key, value]) => key === "required" && String(value) === "false"),
  }));

function undeclared({ config }: StaticService): { readonly kind: string; readonly used: string }[] {
  const declared = new Map(entriesOf(config.resources).map(([kind, of]) => [kind, new Map(entriesOf(of))]));
  return (["networks", "configs", "secrets"] as const).flatMap((kind) => {
    const { [kind]: written } = config;
    const names = Array.isArray(written)
      ? written.flatMap((one) =>
          typeof one === "string" ? one : (new Map(entriesOf(one)).get("source") ?? []),
        )
      : entriesOf(written).map(([name]) => name);
    return names
      .filter((name): name is string => typeof name === "string" && name !== "default")
      .filter((used) => !declared.get(kind)?.has(used))
      .map((used) => ({ kind, used }));
  });
}

/** In the file that has most of the path. */
function placeOf(files: readonly SnapshotFile[], path: readonly string[]): Location {
  for (let end = path.length; end > 0; end -= 1)
    for (const file of files) {
      const found = locatePath(textOfFile(file) ?? "", path.slice(0, end));
      if (found !== undefined && found.depth === end) return { file: file.path, ...found.place };
    }
  return { file: files[0]?.path ?? "compose.yaml" };
}

/** An alias before or without its anchor: where it stands. */
function blindAlias(text: string): number | undefined {
  const document = parseDocument(text, { logLevel: "silent", prettyErrors: false });
  let offset: number | undefined;
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) !== undefined) return undefined;
      offset = alias.range?.[0];
      return visit.BREAK;
    },
  });
  return offset;
}

function faultAt(message: string, file: string, text: string, offset: number): Fault {
  const { line, character } = new LineIndex(text).positionAt(offset);
  return { message, location: { file, line: line + 1, column: character + 1 } };
}
