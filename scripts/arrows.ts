// Keeps the arrows of the house one-way: which room may import which, type-only imports included.
//
//   node scripts/arrows.ts [FOLDER]     prints each import that goes against an arrow; exit code 1 if there is any
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseSync, Visitor } from "oxc-parser";

interface Room {
  /** Rooms that it may import, besides itself. A room is named by its folder, or its only file; "core" means all of core. */
  readonly rooms: readonly string[];
  /** Packages that may be imported from this room and no other; `node:` stands for all of Node's own modules. */
  readonly forbidden: readonly string[];
}

/** Bottom to top: a folder of core imports from those before it only. The last two do not see each other. */
const coreFloors: readonly (readonly string[])[] = [
  ["l10n"],
  ["protocol"],
  ["interpolate"],
  ["dotenv"],
  ["schema"],
  ["compose"],
  ["settings"],
  ["change"],
  ["plan", "language"],
];

const rooms: Readonly<Record<string, Room>> = {
  ...coreRooms(),
  client: { rooms: ["core"], forbidden: ["vscode", "dockerode"] },
  agent: { rooms: ["core", "client"], forbidden: ["vscode", "dockerode"] },
  "agent/runtime/compose": { rooms: ["core", "client", "agent"], forbidden: ["vscode"] },
  extension: { rooms: ["core", "client"], forbidden: ["dockerode"] },
  "webview-ui": { rooms: ["core/l10n", "core/protocol"], forbidden: ["node:", "vscode", "dockerode"] },
};

/** What stands at the top of the house, where every room may be seen: the tests across rooms, and the scripts. */
const open = ["test", "scripts"];

function coreRooms(): Record<string, Room> {
  const below: string[] = [];
  const result: Record<string, Room> = {};
  for (const floor of coreFloors) {
    for (const name of floor) {
      result[`core/${name}`] = { rooms: [...below], forbidden: ["node:", "vscode", "dockerode"] };
    }
    below.push(...floor.map((name) => `core/${name}`));
  }
  return result;
}

export interface ImportSite {
  readonly specifier: string;
  /** 1-based. */
  readonly line: number;
}

/** Every import of a module: static, re-exporting, dynamic, type-only, and `import("x")` in a type. */
export function importsOf(fileName: string, text: string): readonly ImportSite[] {
  const { program, errors } = parseSync(fileName, text);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${fileName} cannot be parsed: ${error.message}`);
  const sites: ImportSite[] = [];
  const add = (source: { readonly value?: unknown; readonly start: number } | null): void => {
    if (typeof source?.value !== "string") return;
    sites.push({ specifier: source.value, line: text.slice(0, source.start).split("\n").length });
  };
  new Visitor({
    ImportDeclaration: (node) => add(node.source),
    ExportNamedDeclaration: (node) => add(node.source),
    ExportAllDeclaration: (node) => add(node.source),
    ImportExpression: (node) => add("value" in node.source ? node.source : null),
    TSImportType: (node) => add(node.source),
  }).visit(program);
  return sites;
}

/** The innermost room that a file stands in; undefined for what is not in the house. */
function roomOf(file: string): string | undefined {
  const place = file.replace(/(?:\.test)?\.ts$/, "");
  return Object.keys(rooms)
    .filter((room) => isWithin(place, room))
    .sort((a, b) => b.length - a.length)[0];
}

const isWithin = (room: string, other: string): boolean => room === other || room.startsWith(`${other}/`);

/** Test files may use Node and drive rooms through what they stand beside, but obey the arrows between rooms. */
const isTest = (file: string): boolean => file.endsWith(".test.ts");

/**
 * Why a file may not import a module.
 * @param file from the top of the house, with "/"
 * @returns undefined if it may
 */
export function objection(file: string, specifier: string): string | undefined {
  const from = roomOf(file);
  if (from === undefined) {
    if (open.some((top) => file.startsWith(`${top}/`))) return undefined;
    return "the file stands in no room of the house (scripts/arrows.ts names them)";
  }
  const room = rooms[from];
  if (room === undefined) return undefined;
  if (!specifier.startsWith(".")) {
    const forbidden = room.forbidden.find((name) =>
      name === "node:" ? specifier.startsWith(name) && !isTest(file) : isWithin(specifier, name),
    );
    return forbidden === undefined ? undefined : `${from} may not import ${forbidden}`;
  }
  const target = path.posix.normalize(path.posix.join(path.posix.dirname(file), specifier));
  const to = roomOf(target);
  if (to === undefined) {
    // What tests share (test/support) is seen by tests alone; the manifest says the version to whoever asks.
    if (isTest(file) && target.startsWith("test/support/")) return undefined;
    if (target === "package.json" && !room.forbidden.includes("node:")) return undefined;
    return `${from} may not import ${target}, which stands in no room below it`;
  }
  if (isWithin(to, from) || room.rooms.some((allowed) => isWithin(to, allowed))) return undefined;
  return `${from} may not import ${to}`;
}

/** All objections under a folder, as `file:line: text`. */
export function checkArrows(folder: string): readonly string[] {
  const files = globSync(
    [...new Set([...Object.keys(rooms).map((room) => room.split("/")[0]), ...open])].map(
      (top) => `${top}/**/*.ts`,
    ),
    {
      cwd: folder,
      exclude: (name) => name === "node_modules" || name === "fixtures",
    },
  );
  return files.sort().flatMap((name) => {
    const file = name.replaceAll(path.sep, "/");
    return importsOf(file, readFileSync(path.join(folder, name), "utf8")).flatMap(({ specifier, line }) => {
      const text = objection(file, specifier);
      return text === undefined ? [] : [`${file}:${line}: ${text} ("${specifier}")`];
    });
  });
}

if (import.meta.main) {
  const objections = checkArrows(process.argv[2] ?? path.join(import.meta.dirname, ".."));
  for (const line of objections) console.error(line);
  process.exitCode = objections.length > 0 ? 1 : 0;
}
