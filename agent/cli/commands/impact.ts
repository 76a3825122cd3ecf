/** Which services variables reach, and where it says so. From the files alone: no agent, no Docker. */
import { realpath } from "node:fs/promises";
import { impactOfVariables } from "../../../core/plan/static-impact.ts";
import { analyseDisk } from "../../project/analyse.ts";
import { answer, type Context } from "../context.ts";
import { findProject } from "../find-project.ts";
import { renderImpact } from "../render/impact.ts";

export async function impact(context: Context, keys: readonly string[]): Promise<number> {
  const { terminal, options } = context;
  const directory = await realpath(findProject(terminal.cwd, options.project));
  const services = impactOfVariables(analyseDisk(directory, process.env), keys).map(
    ({ service, action, evidence }) => ({ service, action, evidence: [...evidence] }),
  );
  answer(context, "impact", { services }, (view) => renderImpact(keys, services, view));
  return 0;
}
