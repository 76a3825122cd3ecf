/** What each command of the palette does. */
import * as vscode from "vscode";
import { HotenvError } from "../core/protocol/errors.ts";
import { type Command, commands } from "./contract.ts";
import { createSchema, createSettings } from "./create-files.ts";
import type { Diffs } from "./diff.ts";
import { Disposables } from "./disposables.ts";
import { openForm } from "./form/open-form.ts";
import * as history from "./history/actions.ts";
import type { Previews } from "./impact/previews.ts";
import { copyReport } from "./impact/report.ts";
import type { ImpactTree } from "./impact/tree.ts";
import { answerWaiting } from "./impact/waiting.ts";
import { t } from "./l10n.ts";
import { toggleSecretMasking } from "./language/mask-secrets.ts";
import { showMenu } from "./menu.ts";
import { tell, tellError } from "./messages.ts";
import { toneOf } from "./outcome.ts";
import { withRollout } from "./progress.ts";
import type { Project, Projects } from "./projects.ts";
import type { Question } from "./question.ts";
import { rollbackConfig } from "./rollback.ts";
import { actOn, chooseService, openShell, takePart, verifyService } from "./services/service-actions.ts";
import type { ServiceLogs } from "./services/service-logs.ts";
import type { ServiceNode, Services } from "./services/service-tree.ts";
import type { Timeline } from "./timeline.ts";

export interface CommandContext {
  readonly projects: Projects;
  readonly diffs: Diffs;
  readonly question: Question;
  readonly timeline: Timeline;
  readonly services: Services;
  readonly logs: ServiceLogs;
  readonly previews: Previews;
  readonly impact: ImpactTree;
  readonly secrets: vscode.SecretStorage;
  readonly log: vscode.LogOutputChannel;
}

/** `argument`: what a menu was opened on, such as a service in the view. */
type Handlers = { readonly [C in Command]: (argument: unknown) => Promise<void> };

export function registerCommands(context: CommandContext): vscode.Disposable {
  const { projects, diffs, question, timeline, services, logs, previews, impact, secrets, log } = context;
  const forProject =
    (work: (project: Project) => Promise<void>): (() => Promise<void>) =>
    async () => {
      const project = await chooseProject(projects);
      if (project !== undefined) await work(project);
    };
  const forService =
    (title: string, work: (node: ServiceNode) => Promise<void>) =>
    async (argument: unknown): Promise<void> => {
      const node = await chooseService(argument, () => chooseProject(projects), title);
      if (node !== undefined) await work(node);
    };
  const handlers: Handlers = {
    [commands.rollbackConfig]: forProject((project) => rollbackConfig(project, { diffs, question })),
    [commands.confirmRollback]: async () => question.answer(true),
    [commands.cancelRollback]: async () => question.answer(false),
    [commands.showTimeline]: forProject((project) => timeline.show(project)),
    [commands.applyNow]: forProject(applyNow),
    [commands.pause]: forProject(async (project) => {
      await project.session.call("pause", {});
      tell("info", t("{0} is paused: changes are watched, and not applied.", project.name));
    }),
    [commands.resume]: forProject(async (project) => {
      await project.session.call("resume", {});
      tell("info", t("{0} applies changes again.", project.name));
    }),
    [commands.showLog]: async () => log.show(),
    [commands.restartAgent]: forProject(restartAgent),
    [commands.showMenu]: forProject(showMenu),
    [commands.startProject]: forProject(startProject),
    [commands.showServices]: () => services.focus(),
    [commands.startService]: forService(t("Start Service"), (node) => actOn(node, "start")),
    [commands.stopService]: forService(t("Stop Service"), (node) => actOn(node, "stop")),
    [commands.restartService]: forService(t("Restart Service"), (node) => actOn(node, "restart")),
    [commands.reloadService]: forService(t("Reload Service"), (node) => actOn(node, "reload")),
    [commands.verifyService]: forService(t("Verify Service"), verifyService),
    [commands.disableService]: forService(t("Leave Service Out of Rollouts"), (node) =>
      takePart(node, false),
    ),
    [commands.enableService]: forService(t("Take Service Into Rollouts"), (node) => takePart(node, true)),
    [commands.cancelRollout]: forProject(async (project) => {
      const { revision } = await project.session.call("cancel", {});
      if (revision === null) tell("info", t("No rollout of {0} runs.", project.name));
    }),
    [commands.showServiceLog]: forService(t("Show Service Log"), async (node) => logs.show(node)),
    [commands.openServiceShell]: forService(t("Open Shell in Service"), async (node) => openShell(node)),
    [commands.openForm]: openForm,
    [commands.createSchema]: createSchema,
    [commands.createSettings]: createSettings,
    [commands.previewImpact]: () => impact.show(),
    [commands.hideImpact]: () => impact.hide(),
    [commands.copyReport]: () => copyReport(previews),
    [commands.applyWaiting]: forProject((project) => answerWaiting(project, true)),
    [commands.dismissWaiting]: forProject((project) => answerWaiting(project, false)),
    [commands.toggleSecretMasking]: toggleSecretMasking,
    [commands.compareRevisions]: forProject((project) =>
      history.compareRevisions(project, { diffs, question }),
    ),
    [commands.rollBackKey]: forProject((project) => history.rollBackKey(project, { diffs, question })),
    [commands.showKeyHistory]: forProject((project) => history.showKeyHistory(project, { diffs, question })),
    [commands.annotateRevision]: forProject(history.annotateRevision),
    [commands.exportHistory]: forProject(history.exportHistory),
    [commands.importHistory]: forProject(history.importHistory),
    [commands.pruneHistory]: forProject(history.pruneHistory),
    [commands.backUpHistory]: forProject(history.backUpHistory),
    [commands.restoreHistory]: forProject(history.restoreHistory),
    [commands.changeHistoryKey]: forProject((project) => history.changeHistoryKey(project, secrets)),
  };
  const owned = new Disposables();
  for (const [id, run] of Object.entries(handlers))
    owned.add(
      vscode.commands.registerCommand(id, (argument: unknown) =>
        run(argument).catch((error: unknown) => tellError(error, log)),
      ),
    );
  return owned;
}

async function applyNow(project: Project): Promise<void> {
  const outcome = await withRollout(project, t("Applying {0}", project.name), (signal) =>
    project.session.call("apply", { origin: "editor" }, { signal }),
  );
  tell(toneOf(outcome.verdict), outcome.message);
}

async function startProject(project: Project): Promise<void> {
  const outcome = await withRollout(project, t("Starting {0}", project.name), (signal) =>
    project.session.call("apply", { origin: "editor", up: true, reason: t("Started by hand.") }, { signal }),
  );
  tell(toneOf(outcome.verdict), outcome.message);
}

async function restartAgent(project: Project): Promise<void> {
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: t("Restarting the agent of {0}", project.name) },
    () => project.restart(),
  );
  tell("info", t("The agent of {0} runs.", project.name));
}

/** The project of the active editor, the only one, or the one that the person chooses. */
async function chooseProject(projects: Projects): Promise<Project | undefined> {
  await projects.found;
  const { list } = projects;
  const [only] = list;
  if (only === undefined) throw noProject();
  if (list.length === 1) return only;
  const active = vscode.window.activeTextEditor?.document.uri;
  const here = active && projects.of(active);
  if (here !== undefined) return here;
  const chosen = await vscode.window.showQuickPick(
    list.map((project) => ({ label: project.name, description: project.directory, project })),
    { title: "Hotenv", placeHolder: t("Choose a project") },
  );
  return chosen?.project;
}

function noProject(): HotenvError {
  return vscode.workspace.isTrusted
    ? new HotenvError("project-not-found", t("No folder of this window is a project."), {
        todo: t("Open a folder that has a Compose file or a hotenv.yaml."),
      })
    : new HotenvError("project-not-found", t("In Restricted Mode Hotenv starts nothing."), {
        todo: t("Trust this workspace to have its changes applied."),
      });
}
