/** What a person does on the timeline's page and only the editor can carry out. */
import { isAbsolute } from "node:path";
import * as vscode from "vscode";
import { revisionReport } from "../core/change/revision-report.ts";
import { commands } from "./contract.ts";
import { t } from "./l10n.ts";
import { tell } from "./messages.ts";
import type { Project } from "./projects.ts";
import { type RollbackParts, rollBackKeyTo, rollBackTo } from "./rollback.ts";
import type { PageAction } from "./timeline-host.ts";

const pageCommands = { "restart-agent": commands.restartAgent, "show-log": commands.showLog } as const;

export async function carryOut(action: PageAction, project: Project, parts: RollbackParts): Promise<void> {
  switch (action.type) {
    case "diff":
      await parts.diffs.show(project, action.from, action.to);
      return;
    case "rollback":
      await (action.key === undefined
        ? rollBackTo(project, action.revision, parts)
        : rollBackKeyTo(project, action.revision, action.key, parts));
      return;
    case "copy-report": {
      const revision = await project.session.call("history/show", { revision: action.revision });
      await vscode.env.clipboard.writeText(revisionReport(project.name, revision));
      tell("info", t("The report of revision {0} was copied.", action.revision));
      return;
    }
    case "export":
      await exportRevision(project, action.revision);
      return;
    case "open": {
      const { file, line, column } = action;
      const uri = isAbsolute(file) ? vscode.Uri.file(file) : vscode.Uri.joinPath(project.folder.uri, file);
      const at = new vscode.Position(line - 1, column - 1);
      await vscode.window.showTextDocument(uri, { selection: new vscode.Range(at, at) });
      return;
    }
    case "command":
      await vscode.commands.executeCommand(pageCommands[action.command]);
  }
}

async function exportRevision(project: Project, number: number): Promise<void> {
  const target = await vscode.window.showSaveDialog({
    title: t("Export revision {0}", number),
    defaultUri: vscode.Uri.joinPath(project.folder.uri, `${project.name}-revision-${number}.json`),
    filters: { JSON: ["json"] },
  });
  if (target === undefined) return;
  const revision = await project.session.call("history/show", { revision: number });
  const document = `${JSON.stringify(revision, null, 2)}\n`;
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(document));
  tell("info", t("Revision {0} was exported to {1}.", number, vscode.workspace.asRelativePath(target)));
}
