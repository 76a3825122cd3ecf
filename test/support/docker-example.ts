/** examples/compose as the tests run it: on the scratch image, on ports that nobody else has. */
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { testImage } from "./docker-image.ts";
import { composeProject, type TestProject } from "./docker-project.ts";
import { freePort } from "./free-port.ts";

const exampleDir = path.join(import.meta.dirname, "../../examples/compose");

export interface ExampleProject extends TestProject {
  readonly apiPort: number;
  readonly webPort: number;
  /** Sets keys of `.env`, in place; each exists already. */
  set(values: Readonly<Record<string, string>>): Promise<void>;
  /** What the api answers: the value of GREETING that it runs with. */
  greeting(): Promise<string>;
}

/** The project's files only: `compose("up", "-d", "--wait")` starts it, which takes about three seconds. */
export async function exampleProject(name: string): Promise<ExampleProject> {
  const files: Record<string, string> = {};
  for (const entry of await readdir(exampleDir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    files[path.relative(exampleDir, file)] = await readFile(file, "utf8");
  }
  const [apiPort, webPort] = [await freePort(), await freePort()];
  const fixed = { API_PORT: `${apiPort}`, WEB_PORT: `${webPort}` };
  const env = `${withValues(files[".env"] ?? "", fixed)}BUSYBOX_IMAGE=${await testImage()}\n`;
  const project = await composeProject({ name, files: { ...files, ".env": env } });
  return {
    ...project,
    apiPort,
    webPort,
    set: async (values) => project.write(".env", withValues(await project.read(".env"), values)),
    greeting: async () => {
      const response = await fetch(`http://127.0.0.1:${apiPort}/`, { headers: { connection: "close" } });
      return (await response.text()).trim();
    },
  };
}

function withValues(text: string, values: Readonly<Record<string, string>>): string {
  let result = text;
  for (const [key, value] of Object.entries(values)) {
    const line = new RegExp(`^${key}=.*$`, "m");
    if (!line.test(result)) throw new Error(`.env has no line ${key}=`);
    result = result.replace(line, () => `${key}=${value}`);
  }
  return result;
}
