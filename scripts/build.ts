// Bundles the three programs of the house into dist/, the extension in four parts, its pages in two, and the browser's side of the timeline.
//
//   node scripts/build.ts [--production] [extension] [main] [language] [form-editor] [agent] [webview] [browser-host] [form]
//
// --production: minified and without source maps, as they are packaged.
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type BuildOptions, build as bundle, type Plugin } from "esbuild";
import { leaveOut } from "./leave-out.ts";

const root = path.join(import.meta.dirname, "..");

/** The oldest Node and browser engine that may run them: VS Code 1.110's own (see docs/development.md). */
const nodeTarget = "node22.22";
const browserTarget = "chrome142";

interface Program {
  readonly name:
    | "extension"
    | "main"
    | "language"
    | "form-editor"
    | "agent"
    | "webview"
    | "form"
    | "browser-host";
  readonly entry: string;
  readonly output: string;
  readonly options: BuildOptions;
}

const node: BuildOptions = {
  platform: "node",
  target: nodeTarget,
  format: "cjs",
  // Packages that ship both: the ES module is the one that can be shaken.
  mainFields: ["module", "main"],
};

/**
 * Sources that are bundles of their own, loaded when they are needed: the extension behind its entry; what reads YAML,
 * more than half of it, with the first file that it is for; the form of a .env file with the first one that is opened.
 */
const apart: Readonly<Record<string, string>> = {
  "extension/main.ts": "main.cjs",
  "extension/apart.ts": "language.cjs",
  "extension/form/form-editor.ts": "form-editor.cjs",
};
const loadedApart: Plugin = {
  name: "loaded-apart",
  setup(extension) {
    extension.onResolve({ filter: /\.ts$/ }, ({ kind, path: imported, resolveDir }) => {
      const file = apart[path.relative(root, path.join(resolveDir, imported)).replaceAll(path.sep, "/")];
      return kind === "dynamic-import" && file !== undefined
        ? { path: `./${file}`, external: true }
        : undefined;
    });
  },
};

const inEditor: BuildOptions = { ...node, external: ["vscode"], plugins: [loadedApart] };

const page: BuildOptions = {
  platform: "browser",
  target: browserTarget,
  format: "esm",
  loader: { ".ttf": "file", ".svg": "text" },
  assetNames: "[name]",
};

const programs: readonly Program[] = [
  { name: "extension", entry: "extension/entry.ts", output: "dist/extension.cjs", options: inEditor },
  { name: "main", entry: "extension/main.ts", output: "dist/main.cjs", options: inEditor },
  { name: "language", entry: "extension/apart.ts", output: "dist/language.cjs", options: node },
  {
    name: "form-editor",
    entry: "extension/form/form-editor.ts",
    output: "dist/form-editor.cjs",
    options: inEditor,
  },
  {
    name: "agent",
    entry: "agent/main.ts",
    output: "dist/hotenv.cjs",
    options: { ...node, plugins: [leaveOut] },
  },
  {
    name: "webview",
    entry: "webview-ui/main.ts",
    output: "dist/webview.js",
    options: page,
  },
  { name: "form", entry: "webview-ui/form/main.ts", output: "dist/form.js", options: page },
  {
    name: "browser-host",
    entry: "webview-ui/browser/main.ts",
    output: "dist/browser-host.js",
    options: { ...page, format: "iife" },
  },
];

export interface BuildResult {
  readonly program: Program["name"];
  /** From the root. */
  readonly output: string;
  readonly bytes: number;
}

/**
 * @param only the programs to build; all without it
 * @throws with one line per program that could not be built
 */
export async function build({
  production = false,
  only,
}: {
  production?: boolean;
  only?: readonly Program["name"][];
} = {}): Promise<readonly BuildResult[]> {
  const wanted = programs.filter(({ name }) => only === undefined || only.includes(name));
  const outcomes = await Promise.allSettled(wanted.map((program) => buildOne(program, production)));
  const failures = outcomes.filter((outcome) => outcome.status === "rejected");
  if (failures.length > 0) throw new Error(failures.map(({ reason }) => messageOf(reason)).join("\n"));
  return outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
}

async function buildOne(
  { name, entry, output, options }: Program,
  production: boolean,
): Promise<BuildResult> {
  if (!existsSync(path.join(root, entry))) {
    throw new Error(`The ${name} was not built: its entry ${entry} does not exist.`);
  }
  const result = await bundle({
    ...options,
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: output,
    bundle: true,
    minify: production,
    sourcemap: production ? false : "linked",
    define: { "process.env.NODE_ENV": JSON.stringify(production ? "production" : "development") },
    legalComments: "none",
    logLevel: "warning",
  }).catch(() => {
    // esbuild has printed every error with its place.
    throw new Error(`The ${name} was not built: see the errors above.`);
  });
  // A warning here is a bug there: import.meta that is empty in CommonJS, a require that nothing can resolve.
  if (result.warnings.length > 0) throw new Error(`The ${name} was built with warnings, see above.`);
  const file = path.join(root, output);
  if (name === "agent") chmodSync(file, 0o755);
  if (options.external?.includes("vscode")) takeEditorAsItIs(file);
  return { program: name, output, bytes: statSync(file).size };
}

/**
 * esbuild copies the hundreds of names of `vscode` for each file that imports it, in case somebody asks for its default
 * export: a quarter of what loading the extension costs.
 */
function takeEditorAsItIs(file: string): void {
  const before = readFileSync(file, "utf8");
  const after = before.replace(/(?<=[=\s])[\w$]+\((require\("vscode"\)), ?1\)/g, "$1");
  if (after === before || /\(require\("vscode"\)/.test(after))
    throw new Error(`${path.basename(file)} imports vscode in another way than scripts/build.ts knows.`);
  writeFileSync(file, after);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

if (import.meta.main) {
  const named = programs.map(({ name }) => name).filter((name) => process.argv.includes(name));
  try {
    const results = await build({
      production: process.argv.includes("--production"),
      ...(named.length > 0 ? { only: named } : {}),
    });
    for (const { output, bytes } of results) console.log(`${output}  ${(bytes / 1024).toFixed(0)} KB`);
  } catch (error) {
    console.error(messageOf(error));
    process.exitCode = 1;
  }
}
