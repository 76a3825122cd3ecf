/** The language server, on standard input and output. */
import { serveLanguage } from "../../lsp/server.ts";
import type { Context } from "../context.ts";

export async function lsp({ terminal, version }: Context): Promise<number> {
  return serveLanguage({ input: process.stdin, output: process.stdout }, version, process.env, (message) =>
    terminal.err(`hotenv: ${message}\n`),
  );
}
