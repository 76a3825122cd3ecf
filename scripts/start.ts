// npm start [-- DIR [OPTIONS]]: builds the agent and runs it in the foreground, in this very process, so that the
// terminal, its keys and its signals are the agent's own.
//
// DIR is seen from where npm was called; examples/quickstart without it. OPTIONS go to `hotenv agent`.
import path from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "./build.ts";

const root = path.join(import.meta.dirname, "..");

/** @returns the arguments of `hotenv` for those of `npm start` */
export function agentArguments(given: readonly string[], calledFrom: string): readonly string[] {
  const [first, ...rest] = given;
  const isFolder = first !== undefined && !first.startsWith("-");
  const folder = isFolder ? path.resolve(calledFrom, first) : path.join(root, "examples/quickstart");
  return ["--project", folder, "agent", ...(isFolder ? rest : given)];
}

/** npm hands a SIGTERM to its shell, which dies of it and tells nobody: the agent is not to live on unseen. */
function endWithParent(): void {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, "SIGTERM");
  }, 250);
  watch.unref();
}

if (import.meta.main) {
  try {
    await build({ only: ["agent"] });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
  endWithParent();
  const bundle = path.join(root, "dist/hotenv.cjs");
  const args = agentArguments(process.argv.slice(2), process.env.INIT_CWD ?? process.cwd());
  process.argv = [process.execPath, bundle, ...args];
  await import(pathToFileURL(bundle).href);
}
