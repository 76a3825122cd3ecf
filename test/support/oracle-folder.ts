import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface OracleFolder extends AsyncDisposable {
  readonly directory: string;
}

/** A directory to ask Compose in. It has the same name each time: Compose calls a project by it, in lower case. */
export async function oracleFolder(): Promise<OracleFolder> {
  const parent = await realpath(await mkdtemp(join(tmpdir(), "hotenv-oracle-")));
  const directory = join(parent, "Project");
  await mkdir(directory);
  return {
    directory,
    [Symbol.asyncDispose]: () => rm(parent, { recursive: true, force: true }),
  };
}
