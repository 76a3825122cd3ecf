/**
 * Commands that a service has run in its container (compose-spec 05-services: `post_start`, `pre_stop`; Compose 2.30 and
 * later). Whoever starts or stops a container in Compose's place runs them as it does: one after another, and one that
 * fails is a failure of the service.
 */
import type Docker from "dockerode";
import * as z from "zod";
import type { ServiceModel } from "../../../core/compose/model.ts";
import { HotenvError } from "../../../core/protocol/errors.ts";
import { execIn } from "./exec.ts";

export const hookSchema = z.object({
  command: z.array(z.string()),
  user: z.string().optional(),
  privileged: z.boolean().optional(),
  workingDir: z.string().optional(),
  /** `NAME=VALUE`. */
  environment: z.array(z.string()).optional(),
});
export type Hook = z.infer<typeof hookSchema>;

/** As Compose prints it. */
const printedSchema = z
  .array(
    z.looseObject({
      command: z.array(z.string()).nullish(),
      user: z.string().optional(),
      privileged: z.boolean().optional(),
      working_dir: z.string().optional(),
      environment: z.record(z.string(), z.string().nullable()).nullish(),
    }),
  )
  .nullish();

/** Pure. */
export function hooksOf(model: ServiceModel | undefined, when: "post_start" | "pre_stop"): Hook[] {
  return (printedSchema.parse(model?.config[when]) ?? []).map(
    ({ command, user, privileged, working_dir: workingDir, environment }) => ({
      command: command ?? [],
      ...(user === undefined ? {} : { user }),
      ...(privileged === undefined ? {} : { privileged }),
      ...(workingDir === undefined ? {} : { workingDir }),
      ...(environment ? { environment: Object.entries(environment).map(asEntry) } : {}),
    }),
  );
}

/** A name without a value takes the variable away (moby `oci/caps`, `ReplaceOrAppendEnvValues`). */
const asEntry = ([name, value]: readonly [string, string | null]) =>
  value === null ? name : `${name}=${value}`;

/**
 * Containers of their own that have to end before the service starts (Compose 5.4 and later): only Compose runs these.
 * @throws HotenvError docker-failed
 */
export function refusePreStart({ name, config }: ServiceModel): void {
  const hooks = config.pre_start;
  if (!Array.isArray(hooks) || hooks.length === 0) return;
  throw new HotenvError("docker-failed", `${name} has pre_start hooks, which only Compose can run.`, {
    todo: `Bring this change in with \`docker compose up -d ${name}\`.`,
  });
}

/** Of what a hook prints, this much becomes part of a sentence. */
const shownCharacters = 300;
/** Compose waits for ever; nobody serves meanwhile. */
const hookMs = 300_000;

/** @throws HotenvError docker-failed where one fails; those behind it are not run */
export async function runHooks(
  docker: Docker,
  container: string,
  when: "post_start" | "pre_stop",
  hooks: readonly Hook[],
  signal: AbortSignal,
): Promise<void> {
  for (const { command, ...how } of hooks) {
    const either = AbortSignal.any([signal, AbortSignal.timeout(hookMs)]);
    const { code, output } = await execIn(docker, container, command, either, how);
    if (code !== 0)
      throw new HotenvError(
        "docker-failed",
        `The ${when} hook ${command.join(" ")} failed (exit code ${code}): ${output.slice(-shownCharacters)}`,
      );
  }
}
