/** The view "Services": what runs, how it is, and what can be done about it. */
import * as vscode from "vscode";
import { describeError } from "../../core/protocol/errors.ts";
import type { RevisionSummary } from "../../core/protocol/messages.ts";
import type { ServiceStatus } from "../../core/protocol/words.ts";
import { servicesViewId } from "../contract.ts";
import { Disposables } from "../disposables.ts";
import { t } from "../l10n.ts";
import type { Project, Projects } from "../projects.ts";
import { lastRollouts, serviceRow } from "./service-view.ts";

/** A service of a project, as commands get it from the tree. */
export class ServiceNode {
  readonly kind = "service";
  readonly project: Project;
  readonly status: ServiceStatus;
  constructor(project: Project, status: ServiceStatus) {
    this.project = project;
    this.status = status;
  }
}

type Node =
  | ServiceNode
  | { readonly kind: "project"; readonly project: Project }
  | { readonly kind: "detail"; readonly of: ServiceNode; readonly name: string; readonly value: string };

/** Uptimes are renewed this often while the view is seen. */
const refreshMs = 30_000;
/** Enough to know each service's last rollout in all but the longest quiet. */
const recentRevisions = 100;

export interface Services extends vscode.Disposable {
  /** Shows the view, with the keyboard's focus on its first row. */
  focus(): Promise<void>;
}

export function showServices(projects: Projects, log: vscode.LogOutputChannel): Services {
  const owned = new Disposables();
  const changed = owned.add(new vscode.EventEmitter<undefined>());
  const rollouts = new Map<Project, ReadonlyMap<string, RevisionSummary>>();
  const following = new Map<Project, Disposables>();
  let shown = "";

  const refresh = (): void => {
    // What is shown is compared: a new tree under the pointer is a nuisance.
    const next = JSON.stringify(
      projects.list.map(({ name, session }) => [name, session.state.status?.services]),
    );
    if (next === shown) return;
    shown = next;
    changed.fire(undefined);
  };
  const readRollouts = (project: Project): void => {
    project.session.call("history/list", { limit: recentRevisions }).then(
      (revisions) => {
        rollouts.set(project, lastRollouts(revisions));
        changed.fire(undefined);
      },
      (error: unknown) =>
        log.debug(`${project.name}: its last rollouts are not known: ${describeError(error)}`),
    );
  };
  const follow = (project: Project): void => {
    const each = new Disposables();
    following.set(project, each);
    let connection: string | undefined;
    each.defer(
      project.session.onState((state) => {
        if (state.connection === "online" && connection !== "online") readRollouts(project);
        connection = state.connection;
      }),
    );
    each.defer(
      project.session.onEvent((event) => {
        if (event.type === "verdict") readRollouts(project);
      }),
    );
  };
  const followAll = (): void => {
    for (const [project, each] of following)
      if (!projects.list.includes(project)) {
        each.dispose();
        following.delete(project);
        rollouts.delete(project);
      }
    for (const project of projects.list) if (!following.has(project)) follow(project);
    refresh();
  };
  owned.add(projects.onDidChangeList(followAll));
  owned.add(projects.onDidChangeState(refresh));
  owned.defer(() => {
    for (const each of following.values()) each.dispose();
  });
  followAll();

  const servicesOf = (project: Project): ServiceNode[] =>
    (project.session.state.status?.services ?? []).map((status) => new ServiceNode(project, status));
  const rootsOf = (): Node[] => {
    const [only, ...others] = projects.list;
    if (only === undefined) return [];
    return others.length === 0
      ? servicesOf(only)
      : projects.list.map((project): Node => ({ kind: "project", project }));
  };
  const rowOf = ({ project, status }: ServiceNode) =>
    serviceRow(status, rollouts.get(project)?.get(status.service), Date.now());

  /** Resolves when VS Code has asked for the rows and got some. */
  const asked = Promise.withResolvers<void>();
  const view = owned.add(
    vscode.window.createTreeView<Node>(servicesViewId, {
      showCollapseAll: true,
      treeDataProvider: {
        onDidChangeTreeData: changed.event,
        getChildren(node) {
          if (node === undefined) {
            const roots = rootsOf();
            if (roots.length > 0) asked.resolve();
            return roots;
          }
          if (node.kind === "project") return servicesOf(node.project);
          if (node.kind === "detail") return [];
          return rowOf(node).details.map(
            ([name, value]): Node => ({ kind: "detail", of: node, name, value }),
          );
        },
        getParent(node) {
          if (node.kind === "detail") return node.of;
          return undefined;
        },
        getTreeItem(node) {
          if (node.kind === "project") {
            const item = new vscode.TreeItem(node.project.name, vscode.TreeItemCollapsibleState.Expanded);
            item.id = node.project.directory;
            item.iconPath = new vscode.ThemeIcon("folder");
            return item;
          }
          if (node.kind === "detail") {
            const item = new vscode.TreeItem(node.name);
            item.id = [node.of.project.directory, node.of.status.service, node.name].join("\n");
            item.description = node.value;
            item.accessibilityInformation = { label: `${node.name}: ${node.value}` };
            return item;
          }
          return serviceItem(node, rowOf(node));
        },
      },
    }),
  );
  const timer = setInterval(() => {
    if (view.visible) changed.fire(undefined);
  }, refreshMs);
  owned.defer(() => clearInterval(timer));
  const message = (): void => {
    const offline = projects.list.filter(({ session }) => session.state.connection === "offline");
    view.message =
      offline.length === 0
        ? ""
        : t(
            "No agent runs for {0}: what is shown may be out of date.",
            offline.map(({ name }) => name).join(", "),
          );
  };
  owned.add(projects.onDidChangeState(message));
  message();
  return {
    async focus() {
      const show = () => vscode.commands.executeCommand(`${servicesViewId}.focus`);
      await show();
      const [first] = rootsOf();
      if (first === undefined || view.selection.length > 0) return;
      // A view that is shown for the first time has no rows yet, and loses the focus when they come.
      await asked.promise;
      await view.reveal(first, { focus: true, select: true }).then(undefined, show);
    },
    dispose: () => owned.dispose(),
  };
}

function serviceItem({ project, status }: ServiceNode, row: ReturnType<typeof serviceRow>): vscode.TreeItem {
  const item = new vscode.TreeItem(status.service, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = [project.directory, status.service].join("\n");
  item.description = row.description;
  item.contextValue = row.context;
  const { icon, color } = row.look;
  item.iconPath =
    color === undefined
      ? new vscode.ThemeIcon(icon)
      : new vscode.ThemeIcon(icon, new vscode.ThemeColor(color));
  item.accessibilityInformation = { label: row.label };
  const tooltip = new vscode.MarkdownString();
  tooltip.appendText(status.service);
  tooltip.appendMarkdown("\n\n| | |\n|:--|:--|\n");
  // Values are of our own making, but for names of containers, which are digits.
  for (const [name, value] of row.details) tooltip.appendMarkdown(`| ${name} | ${value} |\n`);
  item.tooltip = tooltip;
  return item;
}
