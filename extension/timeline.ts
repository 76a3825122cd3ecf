/** The timeline's panel: one a project, a page that is told everything and asks through here. */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import * as vscode from "vscode";
import { timelineViewType } from "./contract.ts";
import type { Diffs } from "./diff.ts";
import { Disposables } from "./disposables.ts";
import { language, t } from "./l10n.ts";
import { tellError } from "./messages.ts";
import type { Project, Projects } from "./projects.ts";
import type { Question } from "./question.ts";
import { carryOut } from "./timeline-actions.ts";
import { hostTimeline } from "./timeline-host.ts";
import { timelinePage } from "./timeline-page.ts";

export interface Timeline extends vscode.Disposable {
  show(project: Project): Promise<void>;
}

export interface TimelineContext {
  readonly extensionUri: vscode.Uri;
  readonly projects: Projects;
  readonly diffs: Diffs;
  readonly question: Question;
  readonly log: vscode.LogOutputChannel;
}

export function openTimelines(context: TimelineContext): Timeline {
  const owned = new Disposables();
  const panels = new Map<Project, vscode.WebviewPanel>();
  owned.defer(() => {
    for (const panel of [...panels.values()]) panel.dispose();
  });
  return {
    async show(project) {
      const shown = panels.get(project);
      if (shown !== undefined) {
        shown.reveal();
        return;
      }
      const panel = vscode.window.createWebviewPanel(
        timelineViewType,
        t("Timeline: {0}", project.name),
        { viewColumn: vscode.ViewColumn.Active },
        {
          enableScripts: true,
          retainContextWhenHidden: true,
          localResourceRoots: [vscode.Uri.joinPath(context.extensionUri, "dist")],
        },
      );
      panels.set(project, panel);
      const host = hostTimeline(project.session, {
        post: (message) => void panel.webview.postMessage(message),
        act: (action) =>
          void carryOut(action, project, context).catch((error: unknown) => tellError(error, context.log)),
        report: (problem) => context.log.warn(`${project.name}, timeline: ${problem}`),
      });
      panel.webview.onDidReceiveMessage(host.receive);
      panel.onDidDispose(() => {
        panels.delete(project);
        host.dispose();
      });
      panel.iconPath = new vscode.ThemeIcon("history");
      panel.webview.html = htmlOf(panel.webview, context.extensionUri);
    },
    dispose: () => owned.dispose(),
  };
}

function htmlOf(webview: vscode.Webview, extensionUri: vscode.Uri): string {
  const inDist = (name: string): vscode.Uri => vscode.Uri.joinPath(extensionUri, "dist", name);
  const style = inDist("webview.css");
  return timelinePage({
    script: webview.asWebviewUri(inDist("webview.js")).toString(),
    style: existsSync(style.fsPath) ? webview.asWebviewUri(style).toString() : undefined,
    source: webview.cspSource,
    nonce: randomBytes(16).toString("base64url"),
    language,
    texts: vscode.l10n.bundle,
  });
}
