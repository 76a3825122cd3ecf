/** The extension as it is shipped. */
import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { artifacts, root } from "./places.ts";

let packed: Promise<string> | undefined;

/**
 * Builds the extension for production and packs it, once in a process; or gives the package that HOTENV_VSIX names.
 * @returns the file
 * @throws Error with what npm and vsce said
 */
export function packageExtension(): Promise<string> {
  const named = process.env.HOTENV_VSIX;
  packed ??= named === undefined ? pack(join(artifacts, "hotenv.vsix")) : Promise.resolve(resolve(named));
  return packed;
}

async function pack(file: string): Promise<string> {
  await mkdir(dirname(file), { recursive: true });
  // The same command that a release runs; its last `--out` counts.
  await promisify(execFile)("npm", ["run", "--silent", "package", "--", "--out", file], { cwd: root });
  return file;
}
