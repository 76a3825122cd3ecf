/** What a Standard Schema says of a file's values, as findings at their keys. */
import { type DotenvDocument, placed } from "../dotenv/document.ts";
import type { Evaluation } from "../dotenv/evaluate.ts";
import { t } from "../l10n.ts";
import type { Finding } from "./finding.ts";

/** @param issues with the key each is about; what is about none, or one that is missing, stands at the file's end */
export function standardFindings(
  { text }: DotenvDocument,
  { variables }: Evaluation,
  issues: readonly { readonly key: string | undefined; readonly message: string }[],
): Finding[] {
  return issues.map(({ key, message }) => {
    const source = key === undefined ? undefined : variables.get(key)?.entry;
    const said = key === undefined ? message : t("`{0}`: {1}", key, message);
    if (source === undefined)
      return {
        code: key === undefined ? "schema-type" : "schema-missing",
        range: { start: text.length, end: text.length },
        message: said,
        ...(key === undefined ? {} : { key }),
      };
    const { key: name, value } = source.entry;
    const onKey = value === null || value.range.start === value.range.end;
    return { code: "schema-type", range: placed(source, onKey ? name.range : value.range), message: said };
  });
}
