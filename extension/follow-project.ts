/** What a project's events and states mean outside the status bar: log lines and problems. */
import { isAbsolute } from "node:path";
import * as vscode from "vscode";
import type { SessionState } from "../client/session.ts";
import { describeError } from "../core/protocol/errors.ts";
import type { AgentEvent } from "../core/protocol/messages.ts";
import { isUrgent } from "../core/protocol/urgent.ts";
import type { Problem, State } from "../core/protocol/words.ts";
import { Disposables } from "./disposables.ts";
import { showFailedRollout } from "./failed-rollout.ts";
import type { Project } from "./projects.ts";

export interface FollowContext {
  readonly log: vscode.LogOutputChannel;
  /** Whether the language service reports this document's problems already. */
  readonly isChecked: (uri: vscode.Uri) => boolean;
}

export function followProject(project: Project, context: FollowContext): vscode.Disposable {
  const owned = new Disposables();
  // Apart from what the language service finds as one types: each replaces only its own.
  const problems = owned.add(vscode.languages.createDiagnosticCollection("hotenv-agent"));
  // A verdict and an error do not wait behind lines of a log; they are told once, and not again in their turn.
  owned.defer(project.session.onUrgent((event) => onEvent(project, event, context.log)));
  owned.defer(
    project.session.onEvent((event) => {
      if (!isUrgent(event)) onEvent(project, event, context.log);
    }),
  );
  owned.add(showFailedRollout(project, context.log));
  let last: SessionState | undefined;
  owned.defer(
    project.session.onState((state) => {
      logConnection(project, last, state, context.log);
      if (state.status?.problems !== last?.status?.problems)
        publish(project, state.status?.problems ?? [], problems, context);
      last = state;
    }),
  );
  return owned;
}

function onEvent(project: Project, event: AgentEvent, log: vscode.LogOutputChannel): void {
  switch (event.type) {
    case "log": {
      const { level, message, service } = event.data;
      log[level](`${project.name}: ${service === undefined ? "" : `[${service}] `}${message}`);
      return;
    }
    case "config_change":
      log.info(`${project.name}: ${event.data.change.entries.length} changes (${event.data.origin}).`);
      return;
    case "config_decided":
      log.info(
        `${project.name}: ${event.data.decision}${event.data.message === undefined ? "." : `: ${event.data.message}`}`,
      );
      return;
    case "verdict": {
      const { revision, message } = event.data;
      log.info(
        `${project.name}: revision ${revision.revision}: ${revision.verdict ?? "running"}. ${message}`,
      );
      return;
    }
    default:
      return;
  }
}

function logConnection(
  project: Project,
  before: SessionState | undefined,
  now: SessionState,
  log: vscode.LogOutputChannel,
): void {
  if (now.connection !== before?.connection)
    log.info(
      `${project.name}: ${now.connection}${now.error === undefined ? "" : `: ${describeError(now.error)}`}`,
    );
  const state: State | undefined = now.status?.state;
  if (state !== undefined && state !== before?.status?.state)
    log.info(`${project.name}: ${state}${now.status?.detail ? `: ${now.status.detail}` : ""}`);
}

/** Problems go where the file is; a file is relative to the project's directory, or absolute. */
function publish(
  project: Project,
  problems: readonly Problem[],
  collection: vscode.DiagnosticCollection,
  { isChecked }: FollowContext,
): void {
  collection.clear();
  const byFile = Map.groupBy(problems, ({ file }) => file);
  for (const [file, found] of byFile) {
    const uri = isAbsolute(file) ? vscode.Uri.file(file) : vscode.Uri.joinPath(project.folder.uri, file);
    if (!isChecked(uri)) collection.set(uri, found.map(diagnosticOf));
  }
}

export function diagnosticOf({
  line,
  column,
  endLine,
  endColumn,
  message,
  code,
  severity,
}: Problem): vscode.Diagnostic {
  const range = new vscode.Range(line - 1, column - 1, endLine - 1, endColumn - 1);
  const diagnostic = new vscode.Diagnostic(range, message, severities[severity]);
  diagnostic.source = "hotenv";
  diagnostic.code = code;
  return diagnostic;
}

const severities = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
  hint: vscode.DiagnosticSeverity.Hint,
} as const;
