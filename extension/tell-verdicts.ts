/** What came of a save, told where it is worth an interruption: it failed, or it is the first that succeeded. */
import * as vscode from "vscode";
import type { EventData } from "../core/protocol/messages.ts";
import { commands, settings } from "./contract.ts";
import type { Diffs } from "./diff.ts";
import { Disposables } from "./disposables.ts";
import { t } from "./l10n.ts";
import { type Choice, showLog, showTimeline, tell } from "./messages.ts";
import { toneOf } from "./outcome.ts";
import { isAsked } from "./progress.ts";
import type { Project } from "./projects.ts";
import type { Question } from "./question.ts";
import { rollBackTo } from "./rollback.ts";

export interface VerdictContext {
  readonly diffs: Diffs;
  readonly question: Question;
  /** Remembers for all windows that the first success was told. */
  readonly memory: vscode.Memento;
}

const firstSuccessName = "toldFirstSuccess";

export function tellVerdicts(project: Project, context: VerdictContext): vscode.Disposable {
  const owned = new Disposables();
  owned.defer(
    project.session.onEvent((event) => {
      if (event.type === "verdict") onVerdict(project, event.data, context);
    }),
  );
  return owned;
}

function onVerdict(
  project: Project,
  { revision: { revision, verdict, origin, services }, message }: EventData<"verdict">,
  context: VerdictContext,
): void {
  // What a command asked for is told by the command.
  if (verdict === null || isAsked(project)) return;
  const tone = toneOf(verdict);
  if (tone !== "info") {
    if (!isWanted()) return;
    tell(tone, `${project.name}: ${message}`, failureChoices(project, revision, context));
  } else if (
    verdict === "applied" &&
    (origin === "editor" || origin === "watcher") &&
    services.length > 0 &&
    context.memory.get(firstSuccessName) !== true
  ) {
    void context.memory.update(firstSuccessName, true);
    tell(
      "info",
      t("Your change runs: {0} Each save is applied like this, and put back if it fails.", message),
      [
        showTimeline(),
        { label: t("Roll Back"), run: () => vscode.commands.executeCommand(commands.rollbackConfig) },
      ],
    );
  }
}

/** The file still holds what failed: see it, take it back, try it again, or read why. */
function failureChoices(project: Project, failed: number, { diffs, question }: VerdictContext): Choice[] {
  const running = project.session.state.status?.revision ?? null;
  const back: Choice[] =
    running === null || running === failed
      ? []
      : [
          { label: t("Diff"), run: () => diffs.show(project, running, null) },
          { label: t("Roll Back"), run: () => rollBackTo(project, running, { diffs, question }) },
        ];
  // As many as fit beside each other: the timeline is in the status bar's menu.
  return [
    ...back,
    { label: t("Retry"), run: () => vscode.commands.executeCommand(commands.applyNow) },
    showLog(),
    { label: t("Don't Show Again"), run: keepQuiet },
  ];
}

const isWanted = (): boolean =>
  vscode.workspace.getConfiguration().get<boolean>(settings.notifications, true);

const keepQuiet = (): Thenable<void> =>
  vscode.workspace
    .getConfiguration()
    .update(settings.notifications, false, vscode.ConfigurationTarget.Global);
