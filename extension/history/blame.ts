/** Who changed a variable last, below what else there is to say of it. */
import * as vscode from "vscode";
import { filePatterns } from "../../core/language/files.ts";
import type { KeyRevision } from "../../core/protocol/messages.ts";
import { t } from "../l10n.ts";
import type { Project, Projects } from "../projects.ts";
import { ago } from "../time.ts";

/** Within this time a second look at a variable does not ask again. */
const freshMs = 2_000;

/** "API_URL: changed by Ada 3 days ago in revision 12 (applied)." @param now ms since 1970 */
export function blameText(key: string, change: KeyRevision, now: number): string {
  const { author, revision, time, kind } = change;
  const when = ago(Date.parse(time), now);
  const verdict = change.verdict ?? t("running");
  switch (kind) {
    case "added":
      return t("{0}: added by {1} {2} in revision {3} ({4}).", key, author, when, revision, verdict);
    case "removed":
      return t("{0}: removed by {1} {2} in revision {3} ({4}).", key, author, when, revision, verdict);
    case "modified":
      return t("{0}: changed by {1} {2} in revision {3} ({4}).", key, author, when, revision, verdict);
  }
}

export function provideBlame(projects: Projects): vscode.Disposable {
  const answers = new Map<string, { readonly at: number; readonly changes: Promise<KeyRevision[]> }>();
  const newest = (project: Project, key: string): Promise<KeyRevision[]> => {
    const name = JSON.stringify([project.directory, key]);
    const known = answers.get(name);
    const now = Date.now();
    if (known !== undefined && now - known.at < freshMs) return known.changes;
    for (const [other, { at }] of answers) if (now - at >= freshMs) answers.delete(other);
    // Without an agent there is nothing to say; the hover of the language goes on.
    const changes = project.session
      .call("history/key", { key, limit: 1 }, { signal: AbortSignal.timeout(freshMs) })
      .catch(() => []);
    answers.set(name, { at: now, changes });
    return changes;
  };
  return vscode.languages.registerHoverProvider(
    { scheme: "file", pattern: filePatterns.variables },
    {
      async provideHover(document, position) {
        const project = projects.of(document.uri);
        const range = document.getWordRangeAtPosition(position, /[A-Za-z_][A-Za-z0-9_.-]*/);
        const line = document.lineAt(position).text;
        if (project?.session.state.connection !== "online" || range === undefined) return undefined;
        const name = document.getText(range);
        // The name that is assigned on this line, not a word of its value or of a remark.
        if (/^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\s*=/.exec(line)?.[1] !== name) return undefined;
        const [change] = await newest(project, name);
        if (change === undefined) return undefined;
        return new vscode.Hover(
          new vscode.MarkdownString().appendText(blameText(name, change, Date.now())),
          range,
        );
      },
    },
  );
}
