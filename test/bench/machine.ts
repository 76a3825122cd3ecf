/** What a figure was measured on. */
import { execFileSync } from "node:child_process";
import { cpus, release, totalmem, type } from "node:os";

export type Machine = Readonly<Record<string, string>>;

const gibibyte = 2 ** 30;

/** The first line that the program prints, or "none" where it cannot be run. */
function versionOf(program: string, ...args: string[]): string {
  try {
    return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] })
      .trim()
      .split("\n")[0] as string;
  } catch {
    return "none";
  }
}

export function describeMachine(): Machine {
  const [processor] = cpus();
  return {
    processor: `${cpus().length} × ${processor?.model.trim() ?? "unknown"}`,
    memory: `${Math.round(totalmem() / gibibyte)} GiB`,
    system: `${type()} ${release()}`,
    node: process.version,
    docker: versionOf("docker", "version", "--format", "{{.Server.Version}}"),
    compose: versionOf("docker", "compose", "version", "--short"),
    git: versionOf("git", "--version").replace("git version ", ""),
  };
}
