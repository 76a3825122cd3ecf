/** The one item in the status bar; what it says is decided by statusView. */
import * as vscode from "vscode";
import { contextKeys, statusItemId } from "./contract.ts";
import { Disposables } from "./disposables.ts";
import type { Projects } from "./projects.ts";
import { changesInMs, type StatusView, statusView, tooltipCommands } from "./status-view.ts";

export interface StatusItem extends vscode.Disposable {
  /** What is shown; undefined while there is nothing to show. */
  readonly view: StatusView | undefined;
}

/** Uptimes in the tooltip are renewed this often. */
const refreshMs = 30_000;

export function showStatus(projects: Projects): StatusItem {
  const owned = new Disposables();
  const item = owned.add(vscode.window.createStatusBarItem(statusItemId, vscode.StatusBarAlignment.Left, 50));
  item.name = "Hotenv";
  let view: StatusView | undefined;
  let soon: NodeJS.Timeout | undefined;
  const known = new Map<string, boolean>();

  const setContext = (key: string, value: boolean): void => {
    if (known.get(key) === value) return;
    known.set(key, value);
    void vscode.commands.executeCommand("setContext", key, value);
  };

  const render = (): void => {
    const states = projects.list.map(({ name, session }) => ({ name, session: session.state }));
    const now = Date.now();
    const next = statusView(states, now);
    clearTimeout(soon);
    const ms = changesInMs(states, now);
    soon = ms === undefined ? undefined : setTimeout(render, ms);
    setContext(contextKeys.hasProject, states.length > 0);
    setContext(
      contextKeys.canPause,
      states.some(({ session: { status } }) => status?.paused === false),
    );
    setContext(
      contextKeys.canResume,
      states.some(({ session: { status } }) => status?.paused === true),
    );
    if (next === undefined) item.hide();
    else if (JSON.stringify(next) !== JSON.stringify(view)) {
      const tooltip = new vscode.MarkdownString(next.tooltip, true);
      tooltip.isTrusted = { enabledCommands: tooltipCommands };
      item.text = next.text;
      item.tooltip = tooltip;
      item.command = next.command;
      item.accessibilityInformation = { label: next.label };
      item.backgroundColor = backgrounds[next.severity];
      item.show();
    }
    view = next;
  };

  owned.add(projects.onDidChangeState(render));
  owned.add(projects.onDidChangeList(render));
  const timer = setInterval(render, refreshMs);
  owned.defer(() => clearInterval(timer));
  owned.defer(() => clearTimeout(soon));
  render();
  return {
    get view() {
      return view;
    },
    dispose: () => owned.dispose(),
  };
}

const backgrounds = {
  none: undefined,
  warning: new vscode.ThemeColor("statusBarItem.warningBackground"),
  error: new vscode.ThemeColor("statusBarItem.errorBackground"),
} as const;
