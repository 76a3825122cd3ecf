/**
 * A real sshd on 127.0.0.1 with keys of its own, from where the engine in use is reached. It takes root: an sshd that
 * switches to nobody's account needs a user `sshd`, which this machine need not have, so that it gets its own
 * /etc/passwd in a mount namespace.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { access, chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { freePort } from "./free-port.ts";

export interface SshDocker extends AsyncDisposable {
  /** For DOCKER_HOST. */
  readonly host: string;
  /** In front of PATH: an ssh that knows the keys. */
  readonly bin: string;
  /** The ssh processes that were started through it and live, by ID. */
  clients(): Promise<readonly number[]>;
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** Where test/provision.sh unpacks Debian's packages. */
const unpacked = path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), ".cache"), "hotenv-test/ssh");
const libraries = path.join(unpacked, "lib");

const exists = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  );

async function firstOf(files: readonly string[]): Promise<string | undefined> {
  for (const file of files) if (await exists(file)) return file;
  return undefined;
}

/** Why there can be none here; undefined where there can. */
export async function whyNoSshd(): Promise<string | undefined> {
  if (process.platform !== "linux" || process.getuid?.() !== 0)
    return "an sshd of its own takes Linux and root";
  return (await findSshd()) === undefined ? "there is no sshd (test/provision.sh ssh)" : undefined;
}

const findSshd = () => firstOf(["/usr/sbin/sshd", path.join(unpacked, "usr/sbin/sshd")]);

export async function sshDocker(): Promise<SshDocker> {
  const directory = await mkdtemp(path.join(tmpdir(), "hotenv-ssh-"));
  const inside = (name: string) => path.join(directory, name);
  const port = await freePort();
  for (const name of ["key", "host"])
    await promisify(execFile)("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", inside(name)]);
  // What finds the engine, over there as here.
  const known = ["PATH", "DOCKER_HOST", "DOCKER_CONFIG"].flatMap((name) =>
    process.env[name] === undefined ? [] : [`${name}=${process.env[name]}`],
  );
  const parts = (await exists(path.join(unpacked, "usr/lib/openssh/sshd-session")))
    ? ["Session", "Auth"].map(
        (part) => `Sshd${part}Path ${unpacked}/usr/lib/openssh/sshd-${part.toLowerCase()}`,
      )
    : [];
  await writeFile(
    inside("sshd_config"),
    `Port ${port}
ListenAddress 127.0.0.1
HostKey ${inside("host")}
AuthorizedKeysFile ${inside("key.pub")}
PasswordAuthentication no
StrictModes no
UsePAM no
PidFile none
LogLevel QUIET
${parts.join("\n")}
${known.length === 0 ? "" : `SetEnv ${known.join(" ")}`}
`,
  );
  const hostKey = await readFile(inside("host.pub"), "utf8");
  await writeFile(inside("known"), `[127.0.0.1]:${port} ${hostKey}`);
  await writeFile(
    inside("ssh_config"),
    `Host *
  IdentityFile ${inside("key")}
  IdentitiesOnly yes
  UserKnownHostsFile ${inside("known")}
`,
  );
  await mkdir(inside("bin"));
  const ssh = (await firstOf(["/usr/bin/ssh", path.join(unpacked, "usr/bin/ssh")])) ?? "ssh";
  await writeFile(inside("bin/ssh"), `#!/bin/sh\nexec ${ssh} -F ${inside("ssh_config")} "$@"\n`);
  await chmod(inside("bin/ssh"), 0o755);
  await writeFile(
    inside("start"),
    `set -e
mkdir -p /run/sshd
grep -v '^sshd:' /etc/passwd >${inside("passwd")}
echo 'sshd:x:65533:65534::/run/sshd:/usr/sbin/nologin' >>${inside("passwd")}
mount --bind ${inside("passwd")} /etc/passwd
export LD_LIBRARY_PATH=${libraries}
exec ${await findSshd()} -D -e -f ${inside("sshd_config")}
`,
  );
  let child: ChildProcess | undefined;
  const start = async () => {
    child = spawn("unshare", ["--mount", "sh", inside("start")], { stdio: ["ignore", "ignore", "inherit"] });
    await untilListening(port);
  };
  const clients = () => processesWith(inside("ssh_config"));
  const stop = async () => {
    if (child === undefined || child.exitCode !== null) return;
    const ended = once(child, "exit");
    child.kill();
    await ended;
    // What it has let in goes on without it.
    for (const pid of await clients()) process.kill(pid);
  };
  await start();
  return {
    host: `ssh://root@127.0.0.1:${port}`,
    bin: inside("bin"),
    clients,
    start,
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

const patienceMs = 10_000;

async function untilListening(port: number): Promise<void> {
  const end = performance.now() + patienceMs;
  for (;;) {
    const socket = connect(port, "127.0.0.1");
    const isThere = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isThere) return;
    if (performance.now() > end) throw new Error("sshd does not listen.");
    await delay(50);
  }
}

async function processesWith(argument: string): Promise<number[]> {
  const found: number[] = [];
  for (const pid of await readdir("/proc")) {
    if (!/^\d+$/.test(pid)) continue;
    const words = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    if (words.split("\0").includes(argument)) found.push(Number(pid));
  }
  return found;
}
