/**
 * The suite as the extension host loads it: one CommonJS entry and one file for each spec, in a directory of
 * their own. Mocha stays where it is installed, so that entry and specs share one.
 */
import { basename, join } from "node:path";
import { build, type Plugin } from "esbuild";
import { root } from "../workbench/places.ts";

export interface HostSuite {
  /** A module that exports `run()`, without its extension. */
  readonly entry: string;
  readonly specs: readonly string[];
}

export async function bundleHostSuite(sources: readonly string[], directory: string): Promise<HostSuite> {
  const named = sources.map((source) => [basename(source, ".ts"), source] as const);
  await build({
    entryPoints: Object.fromEntries([["index", join(import.meta.dirname, "index.ts")], ...named]),
    outdir: directory,
    // Said by the name, because no package.json beside them says it.
    outExtension: { ".js": ".cjs" },
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node22",
    sourcemap: "inline",
    logLevel: "warning",
    external: ["vscode"],
    plugins: [installedMocha],
  });
  return {
    entry: join(directory, "index.cjs"),
    specs: named.map(([name]) => join(directory, `${name}.cjs`)),
  };
}

const installedMocha: Plugin = {
  name: "installed-mocha",
  setup(bundle) {
    const path = join(root, "node_modules/mocha/index.js");
    bundle.onResolve({ filter: /^mocha$/ }, () => ({ path, external: true }));
  },
};
