/** Quick fixes in a Compose file: for references that find nothing, or that Compose cannot read. */
import type { CodeAction, Range as LspRange } from "vscode-languageserver-types";
import { parseDotenv } from "../dotenv/document.ts";
import { addEntry } from "../dotenv/edits.ts";
import { t } from "../l10n.ts";
import { toTextEdits } from "./actions.ts";
import { composeFindings } from "./compose-file.ts";
import type { ComposeSource } from "./compose-hover.ts";
import { type Finding, toDiagnostic, toLspRange } from "./finding.ts";

/** The project's `.env`, which need not be open. */
export interface EnvFile {
  readonly uri: string;
  readonly text: string;
}

type Edits = NonNullable<NonNullable<CodeAction["edit"]>["changes"]>;

export function composeActions(
  { text, lines, context }: ComposeSource,
  range: LspRange,
  env: EnvFile | undefined,
): CodeAction[] {
  const start = lines.offsetAt(range.start);
  const end = lines.offsetAt(range.end);
  const here = ({ range: at, code }: Finding, newText: string): Edits => ({
    // What cannot be read is escaped at its dollar; a reference is written anew.
    [context.uri]: [
      {
        range: toLspRange(lines, code === "invalid-reference" ? { start: at.start, end: at.start } : at),
        newText,
      },
    ],
  });
  return composeFindings(text, context.lookup ?? (() => undefined))
    .filter((finding) => finding.range.start <= end && finding.range.end >= start)
    .flatMap((finding): CodeAction[] => {
      const written = text.slice(finding.range.start, finding.range.end);
      const diagnostic = toDiagnostic(finding, lines, context);
      const action = (title: string, changes: Edits, isPreferred = false): CodeAction => ({
        title,
        kind: "quickfix",
        ...(diagnostic === undefined ? {} : { diagnostics: [diagnostic] }),
        ...(isPreferred ? { isPreferred } : {}),
        edit: { changes },
      });
      if (finding.code === "invalid-reference" && written.startsWith("$"))
        return [action(t("Escape with `$$`"), here(finding, "$"), true)];
      if (finding.code !== "undefined-reference" && finding.code !== "required-reference") return [];
      const name = /^\$\{?([_a-z][_a-z0-9]*)/iu.exec(written)?.[1];
      if (name === undefined) return [];
      const document = env && parseDotenv(env.text);
      const added = document && addEntry(document, name, "");
      return [
        ...(env === undefined || added === undefined || document === undefined
          ? []
          : [action(t("Add `{0}` to .env", name), { [env.uri]: toTextEdits(document, [added]) }, true)]),
        ...(finding.code === "undefined-reference" && /^\$(?:\w+|\{\w+\})$/.test(written)
          ? [action(t("Say that blank is meant"), here(finding, `\${${name}:-}`))]
          : []),
      ];
    });
}
