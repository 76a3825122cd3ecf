/** Over a key: which services a new value reaches, by which lines. */
import * as vscode from "vscode";
import { entriesOf, parseDotenv, placed } from "../../core/dotenv/document.ts";
import { filePatterns } from "../../core/language/files.ts";
import { actionsText } from "../../core/plan/lens-text.ts";
import { code, expectedText, stepText } from "../../core/plan/report.ts";
import { t } from "../l10n.ts";
import { linkTo } from "./links.ts";
import { nameIn, type Previews, type ProjectPreview } from "./previews.ts";

/** @returns Markdown and the key's range; undefined where nothing is to be said */
export type ExplainImpact = (
  document: vscode.TextDocument,
  position: vscode.Position,
) => Promise<{ readonly text: string; readonly range: vscode.Range } | undefined>;

const explained: vscode.DocumentSelector = { scheme: "file", pattern: filePatterns.variables };

export function explainImpact(previews: Previews): ExplainImpact {
  return async (document, position) => {
    if (vscode.languages.match(explained, document) === 0) return undefined;
    const found = keyAt(document, position);
    if (found === undefined) return undefined;
    const preview = await previews.of(document.uri);
    const text = preview && hoverText(preview, nameIn(preview.directory, document.uri), found.key);
    return text === undefined ? undefined : { text, range: found.range };
  };
}

function keyAt(
  document: vscode.TextDocument,
  position: vscode.Position,
): { readonly key: string; readonly range: vscode.Range } | undefined {
  const parsed = parseDotenv(document.getText());
  const offset = document.offsetAt(position);
  for (const source of entriesOf(parsed)) {
    const { start, end } = placed(source, source.entry.key.range);
    if (offset >= start && offset <= end)
      return {
        key: source.entry.key.name,
        range: new vscode.Range(document.positionAt(start), document.positionAt(end)),
      };
  }
  return undefined;
}

function hoverText(
  { directory, previewed, expected, isDown }: ProjectPreview,
  name: string,
  key: string,
): string | undefined {
  const { project } = previewed;
  const isOurs =
    project.envFiles.includes(name) ||
    [...project.services.values()].some(({ files }) =>
      files.some(({ via, path }) => via === "env-file" && path === name),
    );
  if (!isOurs) return undefined;
  const changed = previewed.lines.find(({ path, entry }) => path === name && entry.key === key);
  const impacts = changed?.impacts ?? previewed.ofKey(key, name);
  if (impacts.length === 0)
    return changed?.reaches === true
      ? t("Saving {0} changes no service: everything resolves to what it was.", code(key))
      : t(
          "{0} reaches no service. A variable of `.env` reaches one only where a Compose file or an `env_file` names it.",
          code(key),
        );
  const does = actionsText(impacts, { expected, isDown });
  const lines = impacts.flatMap(({ service, action, cause, evidence }) => {
    const about = expected(service, action);
    const time = about === undefined ? "" : expectedText({ expectedMs: about.ms, expectedFrom: about.count });
    return [
      `- ${stepText(service, action, time, cause)}`,
      ...evidence.map(
        (each) => `  - [${each.file}:${each.line}](${linkTo(directory, each)}) ${code(each.text)}`,
      ),
    ];
  });
  return [changed === undefined ? t("A new value {0}", does) : t("Saving this {0}", does), "", ...lines].join(
    "\n",
  );
}
