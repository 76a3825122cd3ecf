/** Whether it is Podman that answers as Docker does. */
import type Docker from "dockerode";
import { dockerError } from "./docker-error.ts";
import { readEngine } from "./versions.ts";

const asked = new WeakMap<Docker, boolean>();

/** Asks once. @throws HotenvError docker-unreachable, docker-failed */
export async function isPodman(docker: Docker): Promise<boolean> {
  const known = asked.get(docker);
  if (known !== undefined) return known;
  try {
    const found = readEngine(await docker.version()).name === "Podman";
    asked.set(docker, found);
    return found;
  } catch (error) {
    throw dockerError("Docker did not tell its version", error);
  }
}
