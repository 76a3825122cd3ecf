/** What each command of the palette does. */
import * as vscode from "vscode";
import { HotenvError } from "../core/protocol/errors.ts";
import { type Command, commands } from "./contract.ts";
import type { Diffs } from "./diff.ts";
import { Disposables } from "./disposables.ts";
import { tell, tellError } from "./messages.ts";
import { toneOf } from "./outcome.ts";
import { withRollout } from "./progress.ts";
import type { Project, Projects } from "./projects.ts";
import type { Question } from "./question.ts";
import { rollbackConfig } from "./rollback.ts";
import type { Timeline } from "./timeline.ts";

export interface CommandContext {
  readonly projects: Projects;
  readonly diffs: Diffs;
  readonly question: Question;
  readonly timeline: Timeline;
  readonly log: vscode.LogOutputChannel;
}

type Handlers = { readonly [C in Command]: () => Promise<void> };

export function registerCommands(context: CommandContext): vscode.Disposable {
  const { projects, diffs, question, timeline, log } = context;
  const forProject =
    (work: (project: Project) => Promise<void>): (() => Promise<void>) =>
    async () => {
      const project = await chooseProject(projects);
      if (project !== undefined) await work(project);
    };
  const handlers: Handlers = {
    [commands.rollbackConfig]: forProject((project) => rollbackConfig(project, { diffs, question })),
    [commands.confirmRollback]: async () => question.answer(true),
    [commands.cancelRollback]: async () => question.answer(false),
    [commands.showTimeline]: forProject((project) => timeline.show(project)),
    [commands.applyNow]: forProject(applyNow),
    [commands.pause]: forProject(async (project) => {
      await project.session.call("pause", {});
      tell("info", `${project.name} is paused: changes are watched, and not applied.`);
    }),
    [commands.resume]: forProject(async (project) => {
      await project.session.call("resume", {});
      tell("info", `${project.name} applies changes again.`);
    }),
    [commands.showLog]: async () => log.show(),
    [commands.restartAgent]: forProject(restartAgent),
  };
  const owned = new Disposables();
  for (const [id, run] of Object.entries(handlers))
    owned.add(
      vscode.commands.registerCommand(id, () => run().catch((error: unknown) => tellError(error, log))),
    );
  return owned;
}

async function applyNow(project: Project): Promise<void> {
  const outcome = await withRollout(project, `Applying ${project.name}`, (signal) =>
    project.session.call("apply", { origin: "editor" }, { signal }),
  );
  tell(toneOf(outcome.verdict), outcome.message);
}

async function restartAgent(project: Project): Promise<void> {
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: `Restarting the agent of ${project.name}` },
    () => project.restart(),
  );
  tell("info", `The agent of ${project.name} runs.`);
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
    { title: "Hotenv", placeHolder: "Choose a project" },
  );
  return chosen?.project;
}

function noProject(): HotenvError {
  return vscode.workspace.isTrusted
    ? new HotenvError("project-not-found", "No folder of this window is a project.", {
        todo: "Open a folder that has a Compose file or a hotenv.yaml.",
      })
    : new HotenvError("project-not-found", "In Restricted Mode Hotenv starts nothing.", {
        todo: "Trust this workspace to have its changes applied.",
      });
}
