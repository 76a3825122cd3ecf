/** The image that the tests' containers run: busybox, built from scratch so that no registry is needed. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { docker, testLabel } from "./docker.ts";

const fromScratch = `FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox", "mkdir", "-p", "/usr/bin", "/usr/sbin", "/sbin", "/tmp", "/etc", "/var/www"]
RUN ["/bin/busybox", "--install", "/bin"]
LABEL ${testLabel}
CMD ["/bin/sh"]
`;

/** Where this machine has no static busybox of Linux (macOS, say), the public image does. */
const fromRegistry = `FROM busybox:1.37
LABEL ${testLabel}
`;

let built: Promise<string> | undefined;

/** The image's tag, which names its content: it is built on first use and found again by later runs. */
export function testImage(): Promise<string> {
  built ??= buildImage();
  return built;
}

async function buildImage(): Promise<string> {
  const busybox = await staticBusybox();
  const dockerfile = busybox === undefined ? fromRegistry : fromScratch;
  const hash = createHash("sha256").update(dockerfile);
  if (busybox !== undefined) hash.update(await readFile(busybox));
  const tag = `hotenv-test/busybox:${hash.digest("hex").slice(0, 12)}`;
  if (await exists(tag)) return tag;
  const context = await mkdtemp(path.join(tmpdir(), "hotenv-image-"));
  try {
    if (busybox !== undefined) await copyFile(busybox, path.join(context, "busybox"));
    await writeFile(path.join(context, "Dockerfile"), dockerfile);
    await docker(["build", "--quiet", "--tag", tag, context]);
  } finally {
    await rm(context, { recursive: true });
  }
  return tag;
}

async function exists(tag: string): Promise<boolean> {
  return (await docker(["image", "ls", "--quiet", tag])).trim() !== "";
}

async function staticBusybox(): Promise<string | undefined> {
  if (process.platform !== "linux") return undefined;
  for (const candidate of ["/bin/busybox", "/usr/bin/busybox"]) {
    if (await isStatic(candidate)) return candidate;
  }
  return undefined;
}

/** `ldd` succeeds for what needs a dynamic loader, and for nothing else. */
async function isStatic(file: string): Promise<boolean> {
  try {
    await readFile(file);
  } catch {
    return false;
  }
  return promisify(execFile)("ldd", [file]).then(
    () => false,
    () => true,
  );
}
