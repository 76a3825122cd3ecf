/**
 * A revision's files as documents, so that VS Code's own diff shows them. The agent masks the values of
 * sensitive keys before the texts leave it.
 */
import * as vscode from "vscode";
import type { Result } from "../core/protocol/messages.ts";
import type { ChangeEntry } from "../core/protocol/words.ts";
import { diffScheme } from "./contract.ts";
import { type DiffSide, diffAddress, parseDiffAddress } from "./diff-address.ts";
import { Disposables } from "./disposables.ts";
import { t } from "./l10n.ts";
import type { Project, Projects } from "./projects.ts";
import { keysText } from "./revision-items.ts";

export interface ShownDiff {
  /** What changed from `from` to `to`, key by key, secrets masked. */
  readonly entries: readonly ChangeEntry[];
  /** Closes the tabs that show it. */
  close(): Promise<void>;
}

export interface Diffs extends vscode.Disposable {
  /**
   * Opens what differs between two revisions; `to` null: the files on disk.
   * @param options.reversed shows `to` on the left: what going back to `from` would change
   */
  show(
    project: Project,
    from: number,
    to: number | null,
    options?: { reversed?: boolean },
  ): Promise<ShownDiff>;
}

export function provideDiffs(projects: Projects): Diffs {
  const owned = new Disposables();
  /** The newest answers, by what was asked: both sides of a diff are read from one. */
  const answers = new Map<string, Promise<Result<"history/diff">>>();
  const maxAnswers = 8;

  const answerOf = (
    project: Project,
    from: number,
    to: number | null,
    fresh: boolean,
  ): Promise<Result<"history/diff">> => {
    const key = JSON.stringify([project.directory, from, to]);
    const known = fresh ? undefined : answers.get(key);
    if (known !== undefined) return known;
    const answer = project.session.call("history/diff", { from, to });
    answers.delete(key);
    answers.set(key, answer);
    const oldest = answers.keys().next().value;
    if (answers.size > maxAnswers && oldest !== undefined) answers.delete(oldest);
    answer.catch(() => answers.delete(key));
    return answer;
  };

  const changed = owned.add(new vscode.EventEmitter<vscode.Uri>());
  owned.add(
    vscode.workspace.registerTextDocumentContentProvider(diffScheme, {
      onDidChange: changed.event,
      async provideTextDocumentContent(uri) {
        const address = parseDiffAddress(uri.query);
        // A window that was reloaded asks for what it showed before.
        await projects.found;
        const project = projects.list.find(({ directory }) => directory === address?.directory);
        if (address === undefined || project === undefined) return "";
        const { files } = await answerOf(project, address.from, address.to, false);
        return files.find(({ path }) => path === address.path)?.[address.side] ?? "";
      },
    }),
  );

  return {
    async show(project, from, to, { reversed = false } = {}) {
      const { entries, files: all } = await answerOf(project, from, to, true);
      const files = all.filter(({ before, after }) => before !== after);
      const name = (revision: number | null): string =>
        revision === null ? t("on disk") : t("revision {0}", revision);
      const sides = reversed ? `${name(to)} ↔ ${name(from)}` : `${name(from)} ↔ ${name(to)}`;
      const [first, ...others] = files.map(({ path }) => {
        const uri = (side: DiffSide): vscode.Uri => {
          const of = vscode.Uri.from({
            scheme: diffScheme,
            path: path.startsWith("/") ? path : `/${path}`,
            query: diffAddress({ directory: project.directory, from, to, side, path }),
          });
          // The files on disk may have changed since this very document was last shown.
          if (to === null) changed.fire(of);
          return of;
        };
        const [before, after] = [uri("before"), uri("after")];
        return { path, left: reversed ? after : before, right: reversed ? before : after };
      });
      if (first === undefined) {
        const keys = entries.map(({ key, source }) => key ?? source);
        void vscode.window.showInformationMessage(
          keys.length === 0
            ? t("There is no difference: {0}.", sides)
            : t("Only masked values differ ({0}): {1}.", sides, keysText(keys)),
        );
        return { entries, close: () => Promise.resolve() };
      }
      const title = `${others.length === 0 ? first.path : project.name} (${sides})`;
      if (others.length === 0)
        await vscode.commands.executeCommand("vscode.diff", first.left, first.right, title, {
          preview: true,
        });
      else
        await vscode.commands.executeCommand(
          "vscode.changes",
          title,
          [first, ...others].map(({ left, right }) => [right, left, right]),
        );
      return { entries, close: () => closeTabs(title) };
    },
    dispose: () => owned.dispose(),
  };
}

/** By their title: what a tab of several differences shows is not told to extensions. */
async function closeTabs(title: string): Promise<void> {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  await vscode.window.tabGroups.close(tabs.filter(({ label }) => label === title));
}
