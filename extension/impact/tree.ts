/** The plan of what is not saved yet, or of the change that waits for a yes, as a tree. */
import * as vscode from "vscode";
import { actionsText } from "../../core/plan/lens-text.ts";
import { planOfPreview } from "../../core/plan/preview-plan.ts";
import { expectedText } from "../../core/plan/report.ts";
import { actionWord } from "../../core/protocol/word-texts.ts";
import type { Action, Evidence, Plan, PlanStep } from "../../core/protocol/words.ts";
import { contextKeys, impactViewId } from "../contract.ts";
import { Disposables } from "../disposables.ts";
import { t } from "../l10n.ts";
import { opening } from "./links.ts";
import type { Previews, ProjectPreview } from "./previews.ts";

/**
 * `id`: VS Code keeps rows by it, whatever they lie under. Those of another plan are others: an answer that is still on
 * its way when the plan changes ends up under none of the new ones.
 */
type Node = { readonly id: string } & (
  | { readonly kind: "phase"; readonly number: number; readonly steps: readonly PlanStep[] }
  | { readonly kind: "step"; readonly step: PlanStep }
  | { readonly kind: "cause"; readonly cause: string; readonly lines: readonly Evidence[] }
  | { readonly kind: "line"; readonly line: Evidence }
  | { readonly kind: "note"; readonly note: string }
);

/**
 * Told of a change while it still asks for rows, VS Code can put the answers under the wrong ones: it is told when it
 * has asked for none for so long.
 */
const quietMs = 300;

const stepNode = (above: string, step: PlanStep): Node => ({
  kind: "step",
  id: `${above} ${step.service}`,
  step,
});

const nothing: Plan = { change: { entries: [], severity: "minor" }, phases: [], notes: [] };

export interface ImpactTree extends vscode.Disposable {
  show(): Promise<void>;
  hide(): Promise<void>;
}

/** What is shown: unsaved edits go before a change that waits, that before the files on disk. */
export async function shownPlan(preview: ProjectPreview): Promise<Plan> {
  const { previewed, project } = preview;
  if (previewed.change.entries.length > 0) return planOfPreview(previewed, preview);
  const waiting = project?.session.state.status?.waiting?.plan;
  if (waiting !== undefined) return waiting;
  if (project?.session.state.connection === "online") return project.session.call("plan", {});
  return planOfPreview(previewed, preview);
}

const icons: Readonly<Record<Action, string>> = {
  none: "circle-outline",
  signal: "bell",
  http: "globe",
  exec: "terminal",
  restart: "debug-restart",
  recreate: "replace-all",
  rebuild: "tools",
};

export function showImpactTree(
  previews: Previews,
  context: { readonly report: (error: unknown) => void },
): ImpactTree {
  const owned = new Disposables();
  const refreshed = owned.add(new vscode.EventEmitter<undefined>());
  let directory = "";
  let plan: Plan = nothing;
  let plans = 0;

  const roots = (): Node[] => {
    const steps = plan.phases.map((phase) => phase.steps);
    const work: Node[] =
      steps.length > 1
        ? steps.map(
            (each, index): Node => ({
              kind: "phase",
              id: `${plans} phase ${index + 1}`,
              number: index + 1,
              steps: each,
            }),
          )
        : (steps[0] ?? []).map((step) => stepNode(`${plans} step`, step));
    return [
      ...work,
      ...plan.notes.map((note): Node => ({ kind: "note", id: `${plans} note ${note}`, note })),
    ];
  };
  let lastAskedAt = Number.NEGATIVE_INFINITY;
  let telling: NodeJS.Timeout | undefined;
  const tell = (): void => {
    clearTimeout(telling);
    const waitMs = lastAskedAt + quietMs - performance.now();
    if (waitMs > 0) telling = setTimeout(tell, waitMs);
    else refreshed.fire(undefined);
  };
  owned.add({ dispose: () => clearTimeout(telling) });
  const view = owned.add(
    vscode.window.createTreeView<Node>(impactViewId, {
      treeDataProvider: {
        onDidChangeTreeData: refreshed.event,
        getChildren: (node) => {
          lastAskedAt = performance.now();
          return node === undefined ? roots() : childrenOf(node);
        },
        getTreeItem: (node) => Object.assign(itemOf(node, directory), { id: node.id }),
      },
    }),
  );

  let shown = "";
  let asked = 0;
  const refresh = async (): Promise<void> => {
    const turn = ++asked;
    const preview = await previews.active();
    const next = preview === undefined ? nothing : await shownPlan(preview);
    // A newer question has been asked meanwhile: its answer is the one to show.
    if (turn !== asked) return;
    directory = preview?.directory ?? "";
    plan = next;
    view.message =
      preview === undefined ? t("No folder of this window is a project.") : messageOf(plan, preview);
    const text = JSON.stringify([directory, plan]);
    if (text === shown) return;
    shown = text;
    plans += 1;
    tell();
  };
  /** An agent that cannot say its plan now is asked again with the next change. */
  const refreshAgain = (): void => void refresh().catch(context.report);
  let isShown = false;
  owned.add(
    previews.onDidChange(() => {
      if (isShown && view.visible) refreshAgain();
    }),
  );
  owned.add(
    vscode.window.onDidChangeActiveTextEditor(() => {
      if (isShown && view.visible) refreshAgain();
    }),
  );

  const setShown = async (wanted: boolean): Promise<void> => {
    isShown = wanted;
    await vscode.commands.executeCommand("setContext", contextKeys.previewsImpact, wanted);
  };
  return {
    async show() {
      await setShown(true);
      await refresh();
      await vscode.commands.executeCommand(`${impactViewId}.focus`);
    },
    hide: () => setShown(false),
    dispose: () => owned.dispose(),
  };
}

function messageOf({ change, phases }: Plan, { previewed, project }: ProjectPreview): string {
  const steps = phases.flatMap((phase) => phase.steps);
  const isEdit = previewed.change.entries.length > 0;
  const waits = !isEdit && project?.session.state.status?.waiting?.plan !== undefined;
  if (change.entries.length === 0 && steps.length === 0)
    return t("Nothing is unsaved, and what runs is what the files say.");
  const does = actionsText(steps);
  const words = does === "" ? t("touches no service") : does;
  if (isEdit) return t("Saving {0}.", words);
  return waits ? t("What waits for a yes {0}.", words) : t("Applying the saved files {0}.", words);
}

function childrenOf(node: Node): Node[] {
  switch (node.kind) {
    case "phase":
      return node.steps.map((step) => stepNode(node.id, step));
    case "step":
      return [
        {
          kind: "cause",
          id: `${node.id} cause`,
          cause: node.step.cause,
          lines: node.step.evidence ?? [],
        },
      ];
    case "cause":
      return node.lines.map(
        (line): Node => ({ kind: "line", id: `${node.id} ${line.file}:${line.line}`, line }),
      );
    default:
      return [];
  }
}

function itemOf(node: Node, directory: string): vscode.TreeItem {
  const { Expanded, None } = vscode.TreeItemCollapsibleState;
  switch (node.kind) {
    case "phase": {
      const item = new vscode.TreeItem(t("Phase {0}", node.number), Expanded);
      item.description = node.steps.length > 1 ? t("side by side") : "";
      return item;
    }
    case "step": {
      const { service, action } = node.step;
      const item = new vscode.TreeItem(service, Expanded);
      item.description = [actionWord(action), expectedText(node.step)]
        .filter((text) => text !== "")
        .join(" · ");
      item.iconPath = new vscode.ThemeIcon(icons[action]);
      item.tooltip = t("{0}: {1}. {2}", service, item.description, node.step.cause);
      return item;
    }
    case "cause": {
      const item = new vscode.TreeItem(node.cause, node.lines.length > 0 ? Expanded : None);
      item.tooltip = node.cause;
      return item;
    }
    case "line": {
      const { file, line, text } = node.line;
      const item = new vscode.TreeItem(`${file}:${line}`, None);
      item.description = text;
      item.iconPath = new vscode.ThemeIcon("link");
      item.command = opening(directory, node.line);
      item.tooltip = text;
      return item;
    }
    case "note": {
      const item = new vscode.TreeItem(node.note, None);
      item.iconPath = new vscode.ThemeIcon("info");
      return item;
    }
  }
}
