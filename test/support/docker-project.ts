/** A real Compose project in a directory of its own, gone with everything it started when it is disposed of. */
import { randomBytes } from "node:crypto";
import { mkdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as z from "zod";
import { docker, projectPrefix, removeProject } from "./docker.ts";

const containerSchema = z.object({
  Id: z.string(),
  Name: z.string(),
  RestartCount: z.number(),
  State: z.object({
    Status: z.string(),
    Running: z.boolean(),
    ExitCode: z.number(),
    StartedAt: z.string(),
    Health: z.object({ Status: z.string() }).optional(),
  }),
  Config: z.object({
    Image: z.string(),
    Env: z.array(z.string()).nullable(),
    Labels: z.record(z.string(), z.string()),
  }),
});

/** What `docker inspect` says of a container, as far as tests ask. */
export type InspectedContainer = z.infer<typeof containerSchema>;

export interface TestProject extends AsyncDisposable {
  readonly dir: string;
  /** What Compose calls it: the directory's own name. */
  readonly name: string;
  /** Writes a file in place, as a plain editor does. */
  write(file: string, text: string): Promise<void>;
  read(file: string): Promise<string>;
  /** `docker compose ARGS` in the directory; stdout. */
  compose(...args: string[]): Promise<string>;
  /** Every container of the project, those that do not run included, ordered by name. */
  inspect(): Promise<readonly InspectedContainer[]>;
  /** Service to ID of its running container. */
  ids(): Promise<Readonly<Record<string, string>>>;
  /** A variable as the service's running container has it. */
  environment(service: string, key: string): Promise<string | undefined>;
  /** Takes containers, networks, volumes and the directory away. */
  down(): Promise<void>;
}

/**
 * @param name a word in lower case, for people who read `docker ps`
 * @param files their content by path from the project's directory
 */
export async function composeProject({
  name,
  files,
}: {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
}): Promise<TestProject> {
  // mkdtemp would mix in upper case, which Compose folds: the directory is to have the project's very name.
  const project = `${projectPrefix}${process.pid}-${name}-${randomBytes(4).toString("hex")}`;
  const dir = path.join(await realpath(tmpdir()), project);
  await mkdir(dir);

  const write = async (file: string, text: string): Promise<void> => {
    await mkdir(path.dirname(path.join(dir, file)), { recursive: true });
    await writeFile(path.join(dir, file), text);
  };
  for (const [file, text] of Object.entries(files)) await write(file, text);

  const inspect = async (): Promise<readonly InspectedContainer[]> => {
    const filter = `label=com.docker.compose.project=${project}`;
    const listed = await docker(["ps", "--all", "--quiet", "--no-trunc", "--filter", filter]);
    const ids = listed.split("\n").filter((id) => id !== "");
    if (ids.length === 0) return [];
    const containers = z.array(containerSchema).parse(JSON.parse(await docker(["inspect", ...ids])));
    return containers.toSorted((a, b) => (a.Name < b.Name ? -1 : 1));
  };
  const running = async (): Promise<Map<string, InspectedContainer>> => {
    const services = new Map<string, InspectedContainer>();
    for (const container of await inspect()) {
      if (!container.State.Running) continue;
      const service = container.Config.Labels["com.docker.compose.service"] ?? "";
      const twin = services.get(service);
      if (twin !== undefined) throw new Error(`${service} runs twice: ${twin.Name} and ${container.Name}`);
      services.set(service, container);
    }
    return services;
  };
  const down = async (): Promise<void> => {
    await removeProject(project);
    await rm(dir, { recursive: true, force: true });
  };

  return {
    dir,
    name: project,
    write,
    read: (file) => readFile(path.join(dir, file), "utf8"),
    compose: (...args) => docker(["compose", "--ansi", "never", ...args], { cwd: dir }),
    inspect,
    ids: async () => Object.fromEntries([...(await running())].map(([service, { Id }]) => [service, Id])),
    environment: async (service, key) => {
      const entries = (await running()).get(service)?.Config.Env ?? [];
      return entries.find((entry) => entry.startsWith(`${key}=`))?.slice(key.length + 1);
    },
    down,
    [Symbol.asyncDispose]: down,
  };
}
