/** An image with Debian's nginx, HAProxy and Caddy: their files and libraries over the tests' busybox, from no registry. */
import { createHash } from "node:crypto";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { docker, testLabel } from "./docker.ts";
import { testImage } from "./docker-image.ts";

/** Where test/provision.sh unpacks them. */
const unpacked = path.join(
  process.env.XDG_CACHE_HOME ?? path.join(homedir(), ".cache"),
  "hotenv-test/servers",
);

/** @returns the image's tag; undefined where the packages cannot be had */
export async function serversImage(): Promise<string | undefined> {
  let versions: string;
  try {
    versions = await readFile(path.join(unpacked, ".versions"), "utf8");
  } catch {
    return undefined;
  }
  const dockerfile = `FROM ${await testImage()}
COPY root /
COPY accounts /etc
RUN mkdir -p /var/log/nginx /var/lib/nginx /run
LABEL ${testLabel}
`;
  const hash = createHash("sha256").update(dockerfile).update(versions).digest("hex").slice(0, 12);
  const tag = `hotenv-test/servers:${hash}`;
  if ((await docker(["image", "ls", "--quiet", tag])).trim() !== "") return tag;
  const context = await mkdtemp(path.join(tmpdir(), "hotenv-image-"));
  try {
    await cp(path.join(unpacked, "root"), path.join(context, "root"), {
      recursive: true,
      verbatimSymlinks: true,
    });
    await writeFile(path.join(context, "Dockerfile"), dockerfile);
    await cp(path.join(import.meta.dirname, "accounts"), path.join(context, "accounts"), { recursive: true });
    await docker(["build", "--quiet", "--tag", tag, context]);
  } finally {
    await rm(context, { recursive: true });
  }
  return tag;
}
