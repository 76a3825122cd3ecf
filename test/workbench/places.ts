/** Where the tests find what they drive, and where they leave what a person looks at. */
import { accessSync, constants, existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join, resolve } from "node:path";

export const root = resolve(import.meta.dirname, "../..");
export const artifacts = join(root, "test/.artifacts");

const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "hotenv-test");

/** VS Code's own server, which code-server contains. */
export function serverScript(): string {
  const script = join(cache, "code-server/node_modules/code-server/lib/vscode/out/server-main.js");
  if (existsSync(script)) return script;
  throw new Error(`There is no code-server in ${cache}: run "bash test/provision.sh code-server" first.`);
}

const browserNames = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** HOTENV_CHROMIUM, or the first of the usual names on PATH (the same rule as test/provision.sh). */
export function browserExecutable(): string {
  const named = process.env.HOTENV_CHROMIUM;
  if (named !== undefined && named !== "") return named;
  const directories = (process.env.PATH ?? "").split(delimiter);
  for (const name of browserNames) {
    const found = directories.map((directory) => join(directory, name)).find(isExecutable);
    if (found !== undefined) return found;
  }
  throw new Error('There is no Chromium on PATH: run "bash test/provision.sh browser" first.');
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}
