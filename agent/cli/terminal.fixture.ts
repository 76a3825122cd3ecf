/** The command line in this process, on a terminal that remembers. */
import { plain } from "./golden/golden.ts";
import { run } from "./run.ts";
import type { Terminal } from "./terminal.ts";

export interface Said {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

export async function hotenv(cwd: string, ...args: string[]): Promise<Said & { readonly hints: string[] }> {
  const said = { out: "", err: "", hints: [] as string[] };
  const terminal: Terminal = {
    cwd,
    interactive: false,
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
    hint: (text) => {
      said.hints.push(text);
    },
    view: () => plain,
    errView: () => plain,
    gone: new AbortController().signal,
  };
  return { exitCode: await run(args, terminal, "1.2.3"), ...said };
}
