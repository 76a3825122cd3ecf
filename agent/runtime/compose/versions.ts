/** Which engine and which Compose run a project's containers. */
import type Docker from "dockerode";
import * as z from "zod";
import type { Engine } from "../../../core/protocol/words.ts";
import { type ComposeProject, runCompose } from "./compose-cli.ts";
import { dockerError } from "./docker-error.ts";

const engineSchema = z.looseObject({
  Version: z.string(),
  /** Docker's own engine is called `Engine` there, Podman's `Podman Engine`. */
  Components: z.array(z.looseObject({ Name: z.string() })).nullish(),
});
const composeSchema = z.looseObject({ version: z.string() });

/** Pure. @param answer of GET /version */
export function readEngine(answer: unknown): Pick<Engine, "name" | "version"> {
  const { Version: version, Components: components } = engineSchema.parse(answer);
  const [word] = components?.[0]?.Name.split(" ") ?? [];
  return { name: word === undefined || word === "Engine" ? "Docker" : word, version };
}

/** @throws HotenvError docker-unreachable, docker-failed, compose-missing */
export async function askVersions(
  docker: Docker,
  project: ComposeProject,
  signal: AbortSignal,
): Promise<Omit<Engine, "untested">> {
  const [engine, printed] = await Promise.all([
    docker.version().catch((error: unknown) => {
      throw dockerError("Docker did not tell its version", error);
    }),
    runCompose(project, ["version", "--format", "json"], signal),
  ]);
  return { ...readEngine(engine), compose: composeSchema.parse(JSON.parse(printed)).version };
}
