/** `hotenv open`: lets one browser in to an agent that serves HTTP. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { oneTimeCode, oneTimeLink, readHttpDoor } from "../../../client/http-door.ts";
import { HotenvError } from "../../../core/protocol/errors.ts";
import { pathsOf, reachAgent } from "../access.ts";
import { answer, type Context } from "../context.ts";

const lifetimeMs = 60_000;
/** The browser has read the file long before. */
const readMs = 5000;

export async function open(
  context: Context,
  options: { readonly print?: true; readonly code?: true },
): Promise<number> {
  const agent = await reachAgent(context, "there is nothing to open");
  agent.close();
  const paths = pathsOf(context);
  const door = await readHttpDoor(paths, agent.rendezvous.pid);
  if (door === undefined)
    throw new HotenvError("agent-unreachable", "The agent that runs serves no HTTP.", {
      todo: "Stop it (hotenv stop) and start one that does: hotenv agent --http 4711",
    });
  if (options.code === true) {
    const code = oneTimeCode(door.token, lifetimeMs);
    answer(context, "open", { url: door.url, code }, () => `${code}\n`);
    return 0;
  }
  const link = oneTimeLink(door, lifetimeMs);
  if (options.print === true) {
    answer(context, "open", { url: door.url, link }, () => `${link}\n`);
    return 0;
  }
  await openUnseen(link, join(paths.stateDirectory, "open.html"));
  answer(context, "open", { url: door.url }, () => `Opened ${door.url} in the browser.\n`);
  return 0;
}

/** Other users see a process's arguments: the browser is given a file of ours that knows the way. */
async function openUnseen(link: string, file: string): Promise<void> {
  const page = `<!DOCTYPE html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><title>Hotenv</title><meta http-equiv="refresh" content="0;url=${link}">\n`;
  rmSync(file, { force: true });
  writeFileSync(file, page, { flag: "wx", mode: 0o600 });
  try {
    await launch(pathToFileURL(file).href);
    await wait(readMs);
  } finally {
    rmSync(file, { force: true });
  }
}

async function launch(url: string): Promise<void> {
  const [command = "", ...args] =
    process.platform === "darwin"
      ? ["open", url]
      : process.platform === "win32"
        ? ["rundll32", "url.dll,FileProtocolHandler", url]
        : ["xdg-open", url];
  const child = spawn(command, args, { stdio: "ignore", detached: true });
  child.unref();
  try {
    await once(child, "spawn");
  } catch (error) {
    throw new HotenvError("process-failed", `No browser could be opened (${command}).`, {
      todo: "Open the link yourself: hotenv open --print",
      cause: error,
    });
  }
}
