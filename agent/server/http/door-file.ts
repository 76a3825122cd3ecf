/** The files by which the user's own programs find this door, and its token. Written whole or not at all. */
import { randomBytes } from "node:crypto";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { type HttpDoor, httpDoorPath, httpTokenPath } from "../../../client/http-door.ts";
import type { ProjectPaths } from "../../../client/location.ts";
import { errnoOf, unwritable } from "../../history/private-files.ts";

function writePrivate(path: string, text: string): void {
  const draft = `${path}.${process.pid}.${randomBytes(6).toString("hex")}`;
  try {
    writeFileSync(draft, text, { flag: "wx", mode: 0o600 });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw unwritable(path, error);
  }
}

/** @returns the way to take them away again, unless a successor has written its own */
export function writeDoorFiles(paths: ProjectPaths, door: HttpDoor): () => void {
  const files = { [httpDoorPath(paths)]: `${JSON.stringify(door)}\n`, [httpTokenPath(paths)]: door.token };
  for (const [path, text] of Object.entries(files)) writePrivate(path, text);
  return () => {
    for (const path of Object.keys(files)) {
      try {
        if (readFileSync(path, "utf8").includes(door.token)) rmSync(path, { force: true });
      } catch (error) {
        if (errnoOf(error) !== "ENOENT") throw error;
      }
    }
  };
}
