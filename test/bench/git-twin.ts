/** A git repository of the same files, one commit a revision. */
import { execFileSync, spawnSync } from "node:child_process";
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { composeText, envText, settingsText } from "./long-project.ts";

const environment = { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" };

export function runGit(repository: string, ...args: string[]): string {
  return execFileSync("git", ["--no-pager", "-C", repository, ...args], {
    env: environment,
    encoding: "utf8",
    maxBuffer: 1 << 30,
  });
}

/** Of everything below it, in bytes. */
export function sizeOf(directory: string): number {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;

function commitText(n: number): string {
  const rest =
    n === 1
      ? `M 644 inline compose.yaml\n${data(composeText)}M 644 inline hotenv.yaml\n${data(settingsText)}`
      : "";
  const author = n % 3 === 0 ? "Grace" : "Ada";
  const seconds = Date.UTC(2026, 0, 1) / 1000 + n * 60;
  return `commit refs/heads/main\nmark :${n}\ncommitter ${author} <team@example.org> ${seconds} +0000\n${data("Saved.")}${rest}M 644 inline .env\n${data(envText(n))}\n`;
}

/** @returns how long the import took, and the commits' names, oldest first */
export function importIntoGit(
  repository: string,
  revisions: number,
): { readonly importMs: number; readonly commits: readonly string[] } {
  mkdirSync(repository);
  execFileSync("git", ["init", "--quiet", "--bare", "--initial-branch=main", repository], {
    env: environment,
  });
  const [stream, marks] = [join(repository, "import"), join(repository, "import-marks")];
  const file = openSync(stream, "wx");
  for (let n = 1; n <= revisions; n++) writeSync(file, commitText(n));
  closeSync(file);
  const input = openSync(stream, "r");
  const started = performance.now();
  const { status, stderr } = spawnSync(
    "git",
    ["-C", repository, "fast-import", "--quiet", "--depth=50", `--export-marks=${marks}`],
    {
      env: environment,
      stdio: [input, "ignore", "pipe"],
    },
  );
  const importMs = performance.now() - started;
  closeSync(input);
  rmSync(stream);
  if (status !== 0) throw new Error(`git fast-import failed: ${stderr}`);
  const commits = readFileSync(marks, "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(" "))
    .sort(([a = ""], [b = ""]) => Number(a.slice(1)) - Number(b.slice(1)))
    .map(([, commit = ""]) => commit);
  rmSync(marks);
  return { importMs, commits };
}
