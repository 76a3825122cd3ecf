/** What Linux says of a process. */
import { readFileSync } from "node:fs";

/** proc(5): resident pages' kilobytes, and clock ticks (of 10 ms) in user and kernel mode. */
export function readProcess(pid: number): { readonly rssMb: number; readonly cpuMs: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const kb = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { rssMb: kb / 1000, cpuMs: (Number(fields[11]) + Number(fields[12])) * 10 };
}
