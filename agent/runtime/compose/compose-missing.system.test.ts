/** Docker's command line without its Compose plugin: each that this machine has, the plugin folders hidden from it alone. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmod, copyFile, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { describe, it } from "mocha";
import { eventually } from "../../../test/support/eventually.ts";
import { runCompose } from "./compose-cli.ts";
import { composeProgram, pluginIn, throughDocker } from "./compose-program.ts";

const never = new AbortController().signal;

/** Where docker looks for plugins beside its configuration (docker/cli cli-plugins/manager). */
const systemFolders = ["local/lib", "local/libexec", "lib", "libexec"].map(
  (folder) => `/usr/${folder}/docker/cli-plugins`,
);
const hide = systemFolders.map((folder) => `[ ! -d ${folder} ] || mount -t tmpfs none ${folder}`).join("; ");

function printed(command: string, ...args: string[]): string | undefined {
  try {
    return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return undefined;
  }
}

/** How a process gets mounts of its own: as root, or as a user who is root among his own. */
const ownMounts = ["--mount", "--map-root-user --mount"].find(
  (flags) => printed("unshare", ...flags.split(" "), "mount", "-t", "tmpfs", "none", "/mnt") !== undefined,
);
/** Why a test is skipped, said where it is. */
const unlessHidden =
  ownMounts === undefined ? " (skipped: nobody here may hide docker's plugin folders from a process)" : "";
const engines = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "hotenv-test/engines");

/** The docker command lines here, by the version that each says to be. */
function commandLines(): ReadonlyMap<string, string> {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/bin", join(engines, "docker28/bin")];
  const found = new Map<string, string>();
  for (const folder of folders) {
    const path = join(folder, "docker");
    const version = /\d+\.\d+/.exec(printed(path, "--version") ?? "")?.[0];
    if (version !== undefined && !found.has(version)) found.set(version, path);
  }
  return found;
}

interface Machine extends AsyncDisposable {
  readonly directory: string;
  /** Nothing but what it was given is on its PATH. */
  readonly environment: Readonly<Record<string, string>>;
  /** Puts a program there, or a text that is one. */
  readonly install: (
    name: string,
    what: { readonly path: string } | { readonly text: string },
  ) => Promise<void>;
}

/** @param docker which is to be its docker; undefined: it has none */
async function machine(docker: string | undefined): Promise<Machine> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), "hotenv-missing-")));
  const bin = join(directory, "bin");
  await mkdir(bin);
  await writeFile(join(directory, "compose.yaml"), "services: { a: { image: x } }\n");
  const install: Machine["install"] = async (name, what) => {
    if ("path" in what) return symlink(what.path, join(bin, name));
    await writeFile(join(bin, name), what.text);
    await chmod(join(bin, name), 0o755);
  };
  const unshare = printed("sh", "-c", "command -v unshare");
  if (docker !== undefined) {
    const script = `PATH=/usr/sbin:/usr/bin:/sbin:/bin; ${hide}; exec ${docker} "$@"`;
    await install("docker", {
      text: `#!/bin/sh\nexec ${unshare} ${ownMounts} /bin/sh -c '${script}' docker "$@"\n`,
    });
  }
  return {
    directory,
    environment: { PATH: bin, HOME: directory, DOCKER_CONFIG: join(directory, "docker") },
    install,
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

const pluginHere = () =>
  pluginIn(printed("docker", "info", "--format", "{{json .ClientInfo.Plugins}}") ?? "")?.command;

const commands: readonly (readonly string[])[] = [
  ["version"],
  ["config", "--format", "json"],
  ["-f", "-", "-p", "x", "config", "--hash", "*"],
  ["up", "-d"],
];

describe("Without Docker's Compose plugin", function () {
  this.timeout(120_000);
  const run = (
    { directory, environment }: Pick<Machine, "directory" | "environment">,
    args: readonly string[],
  ) => runCompose({ directory, environment, files: [] }, args, never);

  for (const [version, docker] of process.platform === "win32" ? [] : commandLines()) {
    for (const args of commands)
      it(`docker ${version} is told to lack it, asked for ${args.join(" ")}${unlessHidden}`, async function () {
        if (ownMounts === undefined) return this.skip();
        await using bare = await machine(docker);
        await assert.rejects(run(bare, args), { code: "compose-missing", exitCode: 6 });
      });

    it(`docker ${version} gives way to a docker-compose of its own${unlessHidden}`, async function () {
      const plugin = pluginHere();
      if (ownMounts === undefined || plugin === undefined) return this.skip();
      await using bare = await machine(docker);
      await bare.install("docker-compose", { path: plugin });
      assert.match(await run(bare, ["config", "--format", "json"]), /"image": "x"/);
      await eventually(
        async () => composeProgram(bare.environment).command,
        join(bare.directory, "bin/docker-compose"),
      );
      await assert.rejects(run(bare, ["config", "--no-such-flag"]), { code: "compose-invalid" });
    });

    it(`docker ${version} is run again as soon as it has the plugin${unlessHidden}`, async function () {
      const plugin = pluginHere();
      if (ownMounts === undefined || plugin === undefined) return this.skip();
      await using bare = await machine(docker);
      await assert.rejects(run(bare, ["config"]), { code: "compose-missing" });
      const folder = join(bare.directory, "docker/cli-plugins");
      await mkdir(folder, { recursive: true });
      // Where it is, it is hidden.
      await copyFile(plugin, join(folder, "docker-compose"));
      assert.match(await run(bare, ["config"]), /image: x/);
    });
  }

  it("and without docker, a docker-compose does", async function () {
    const plugin = pluginHere();
    if (process.platform === "win32" || plugin === undefined) return this.skip();
    await using bare = await machine(undefined);
    await assert.rejects(run(bare, ["config"]), /`docker` command was not found/);
    await bare.install("docker-compose", { path: plugin });
    assert.match(await run(bare, ["config"]), /image: x/);
  });

  it("a docker-compose of version 1 does not do", async function () {
    if (process.platform === "win32") return this.skip();
    await using bare = await machine(undefined);
    await bare.install("docker-compose", { text: "#!/bin/sh\necho 1.29.2\n" });
    await assert.rejects(run(bare, ["config"]), { code: "compose-missing" });
  });

  it("whoever runs Compose in a way of its own may: what is called docker is another program", async function () {
    if (process.platform === "win32") return this.skip();
    await using bare = await machine(undefined);
    const script = '[ "$1 $2" = "compose version" ] && echo 2.40.3 && exit; echo no >&2; exit 1';
    await bare.install("docker", { text: `#!/bin/sh\n${script}\n` });
    await assert.rejects(run(bare, ["config"]), { code: "compose-invalid" });
    assert.equal(composeProgram(bare.environment), throughDocker);
  });

  it("a folder that is gone is not taken for a Compose that is", async function () {
    if (process.platform === "win32" || pluginHere() === undefined) return this.skip();
    const gone = {
      directory: join(tmpdir(), "hotenv-nowhere"),
      environment: { ...process.env } as Record<string, string>,
    };
    await assert.rejects(run(gone, ["config"]), { code: "project-not-found" });
  });
});
