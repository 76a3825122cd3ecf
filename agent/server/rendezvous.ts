/** The file by which clients find this agent. Written only when it listens, whole or not at all. */
import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import type { Rendezvous } from "../../core/protocol/messages.ts";
import { errnoOf, unwritable } from "../history/private-files.ts";

/** @param path in a directory of ours, 0700 */
export function writeRendezvous(path: string, rendezvous: Rendezvous): void {
  const draft = `${path}.${process.pid}.${randomBytes(6).toString("hex")}`;
  try {
    const file = openSync(draft, "wx", 0o600);
    try {
      writeSync(file, `${JSON.stringify(rendezvous)}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw unwritable(path, error);
  }
}

/** Leaves a file alone that does not bear our token: it is a successor's. */
export function removeRendezvous(path: string, token: string): void {
  try {
    if (readFileSync(path, "utf8").includes(token)) rmSync(path, { force: true });
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
  }
}
