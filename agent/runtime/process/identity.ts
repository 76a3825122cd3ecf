/**
 * Tells a process from another that got the same pid later, and looks at process groups. Linux reads
 * /proc; elsewhere the system's own tools are asked.
 */
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { promisify } from "node:util";

const run = promisify(execFile);

interface ProcStat {
  readonly state: string;
  readonly group: number;
  /** Clock ticks since the boot. */
  readonly startTicks: string;
}

/** proc(5); undefined where there is no such process. */
function procStat(pid: number | string): ProcStat | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    return undefined;
  }
  // The name stands in parentheses and may itself hold spaces and parentheses.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { state: fields[0] ?? "", group: Number(fields[2]), startTicks: fields[19] ?? "" };
}

const isDead = ({ state }: ProcStat) => state === "Z" || state === "X";

let bootId: string | undefined;

/** The moment a process began, in words of its system; undefined where it does not run. */
export async function startedWhen(pid: number): Promise<string | undefined> {
  if (process.platform === "linux") {
    const stat = procStat(pid);
    if (stat === undefined || isDead(stat)) return undefined;
    bootId ??= readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
    return `${bootId} ${stat.startTicks}`;
  }
  const [command, ...args] =
    process.platform === "win32"
      ? ["powershell.exe", "-NoProfile", "-Command", `(Get-Process -Id ${pid}).StartTime.ToFileTimeUtc()`]
      : ["ps", "-o", "lstart=", "-p", String(pid)];
  const answer = await run(command ?? "", args, { windowsHide: true }).catch(() => undefined);
  return answer?.stdout.trim() || undefined;
}

/**
 * Whether a process that was alive still is. Elsewhere than on Linux a pid that was given away meanwhile
 * is not noticed: asking for its start takes a process each time.
 * @param started startedWhen(pid) when it was alive
 */
export function isStillAlive(pid: number, started: string): boolean {
  if (process.platform !== "linux") return canSignal(pid);
  const stat = procStat(pid);
  return stat !== undefined && !isDead(stat) && started.endsWith(` ${stat.startTicks}`);
}

/** Whether anybody of the group lives, its leader or not. On Windows: the leader. */
export function isGroupAlive(leader: number): boolean {
  if (process.platform === "win32") return canSignal(leader);
  if (!canSignal(-leader)) return false;
  if (process.platform !== "linux") return true;
  return processIds().some((pid) => {
    const stat = procStat(pid);
    return stat?.group === leader && !isDead(stat);
  });
}

function canSignal(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: there is one, and it is somebody else's. A group of which only uncollected processes are left
    // answers the same on macOS.
    return (error as NodeJS.ErrnoException).code === "EPERM" && !(pid < 0 && process.platform === "darwin");
  }
}

function processIds(): string[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name));
}

/**
 * The leader of a group that carries this variable in its environment: finds a process whose pid was
 * never written down. Linux only; elsewhere nothing is found.
 */
export function findByEnvironment(name: string, value: string): number | undefined {
  if (process.platform !== "linux") return undefined;
  let first: { readonly pid: number; readonly ticks: number } | undefined;
  for (const pid of processIds()) {
    const stat = procStat(pid);
    if (stat === undefined || isDead(stat) || stat.group !== Number(pid)) continue;
    // Its own children inherit the variable: the oldest is the one.
    const ticks = Number(stat.startTicks);
    if (hasVariable(pid, name, value) && ticks < (first?.ticks ?? Infinity))
      first = { pid: Number(pid), ticks };
  }
  return first?.pid;
}

function hasVariable(pid: string, name: string, value: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").includes(`${name}=${value}`);
  } catch (error) {
    // Another user's, or gone since.
    if (["EACCES", "EPERM", "ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? ""))
      return false;
    throw error;
  }
}
