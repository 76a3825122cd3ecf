/** What the machine is asked for before suites run: see test/provision.sh. */
import { spawnSync } from "node:child_process";
import type { Engine } from "./engines.ts";
import { type Job, root } from "./job.ts";
import type { Part } from "./suites.ts";

/** Of test/provision.sh, where a part can only be had on another kind of machine; it has said so. */
const elsewhere = 3;

/** The parts that are not there. */
export type Missing = ReadonlyMap<Part, "failed" | "elsewhere">;

export function provide(parts: Iterable<Part>): Missing {
  const missing = new Map<Part, "failed" | "elsewhere">();
  for (const part of new Set(parts)) {
    const { status } = spawnSync("bash", ["test/provision.sh", part], {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
    });
    if (status !== 0) missing.set(part, status === elsewhere ? "elsewhere" : "failed");
  }
  return missing;
}

/** The engine can only be had on another kind of machine. */
export const isElsewhere = ({ engine }: Job, missing: Missing): boolean =>
  missing.get(engine.part) === "elsewhere";

/** @returns why it cannot run */
export function obstacleOf({ parts }: Job, missing: Missing): string | undefined {
  const lacking = parts.filter((part) => missing.has(part));
  return lacking.length > 0 ? `${lacking.join(" and ")} could not be provided.` : undefined;
}

/** Removes what killed runs have left on these engines. */
export function sweep(engines: Iterable<Engine>): void {
  for (const engine of new Set(engines)) {
    const [program = "", ...args] = engine.within([process.execPath, "test/support/sweep.ts"]);
    spawnSync(program, args, {
      cwd: root,
      env: { ...process.env, ...engine.environment },
      stdio: ["ignore", "inherit", "inherit"],
    });
  }
}
