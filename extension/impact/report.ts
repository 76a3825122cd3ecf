/** The change report, for the clipboard. */
import { basename } from "node:path";
import * as vscode from "vscode";
import { changeReport } from "../../core/plan/report.ts";
import { HotenvError } from "../../core/protocol/errors.ts";
import { t } from "../l10n.ts";
import type { Previews } from "./previews.ts";
import { shownPlan } from "./tree.ts";

/** @throws HotenvError project-not-found */
export async function copyReport(previews: Previews): Promise<void> {
  const preview = await previews.active();
  if (preview === undefined)
    throw new HotenvError("project-not-found", t("No folder of this window is a project."), {
      todo: t("Open a folder that has a Compose file or a hotenv.yaml."),
    });
  const { directory, project, previewed } = preview;
  const name = project?.session.state.status?.project.name ?? basename(directory);
  const report = changeReport(await shownPlan(preview), { project: name, confirm: previewed.confirm });
  await vscode.env.clipboard.writeText(report);
  vscode.window.setStatusBarMessage(`$(clippy) ${t("The change report is in the clipboard.")}`, 5_000);
}
