/** What a rollout is still doing. */
import type { RolloutStep, Status } from "../../../core/protocol/words.ts";
import { stepRow } from "./revision.ts";
import { table } from "./table.ts";
import { visible } from "./text.ts";
import type { View } from "./view.ts";
import { paint } from "./view.ts";

const ended: ReadonlySet<RolloutStep["state"]> = new Set(["healthy", "failed", "rolled-back", "skipped"]);

export function renderRunning({ rollout, detail }: Pick<Status, "rollout" | "detail">, view: View): string {
  if (rollout === null || rollout.verdict !== undefined)
    return detail === "" ? "No rollout is running.\n" : `${visible(detail)}\n`;
  const steps = rollout.phases.flatMap((phase) => phase.steps).filter((step) => !ended.has(step.state));
  const head = paint(`revision ${rollout.revision} is still being rolled out`, "bold", view);
  return `${[head, ...table(steps.map(stepRow), view)].join("\n")}\n`;
}
