/**
 * How a person's programs find the agent's HTTP side: a file of the user's own, written at each start. Whoever
 * can read it may make a link that lets one browser in, once.
 */
import { createHmac, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod/mini";
import type { ProjectPaths } from "./location.ts";

export const httpDoorSchema = z.object({
  pid: z.int(),
  /** Ends without a slash. */
  url: z.string(),
  /** 256 bits, hexadecimal. */
  token: z.string(),
});
export type HttpDoor = z.infer<typeof httpDoorSchema>;

/** 0600, in a directory of 0700. */
export const httpDoorPath = (paths: Pick<ProjectPaths, "stateDirectory">): string =>
  join(paths.stateDirectory, "http.json");

/** For `Authorization:`; the same token as in the file beside it, for programs that read a bare one. */
export const httpTokenPath = (paths: Pick<ProjectPaths, "stateDirectory">): string =>
  join(paths.stateDirectory, "http-token");

/** @returns undefined where the agent with this process ID serves no HTTP */
export async function readHttpDoor(
  paths: Pick<ProjectPaths, "stateDirectory">,
  pid: number,
): Promise<HttpDoor | undefined> {
  const text = await readFile(httpDoorPath(paths), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const door = httpDoorSchema.parse(JSON.parse(text));
  // What a killed agent left behind opens nothing.
  return door.pid === pid ? door : undefined;
}

/** What a code is signed with; the agent checks it the same way. */
export function signCode(token: string, expiry: string, nonce: string): string {
  return createHmac("sha256", token).update(`hotenv one-time code\n${expiry}\n${nonce}`).digest("hex");
}

/**
 * A code that opens the door once, and only for a while. It can be made without asking the agent.
 * @param now in ms since the epoch
 */
export function oneTimeCode(token: string, lifetimeMs: number, now: number = Date.now()): string {
  const expiry = Math.ceil((now + lifetimeMs) / 1000).toString(36);
  const nonce = randomBytes(16).toString("hex");
  return `${expiry}-${nonce}-${signCode(token, expiry, nonce)}`;
}

/** The code is in the fragment: browsers send it to nobody, and no log or referrer gets it. */
export function oneTimeLink(door: Pick<HttpDoor, "url" | "token">, lifetimeMs: number): string {
  return `${door.url}/#code=${oneTimeCode(door.token, lifetimeMs)}`;
}
