/** What could be typed in a Compose file: variables behind `$`, and as bare names of `environment`. */
import type {
  CompletionItem,
  CompletionItemKind,
  InsertTextFormat,
  Position,
} from "vscode-languageserver-types";
import { mask } from "../change/mask.ts";
import { clausesOf, t } from "../l10n.ts";
import { isSensitive } from "../schema/schema.ts";
import { shorten } from "./completion.ts";
import type { ComposeSource } from "./compose-hover.ts";
import { toLspRange } from "./finding.ts";

const variable = 6 satisfies CompletionItemKind;
const plainText = 1 satisfies InsertTextFormat;
const isName = (name: string): boolean => /^[_a-z][_a-z0-9]*$/iu.test(name);

export function completeCompose(source: ComposeSource, position: Position): CompletionItem[] {
  const { text, lines } = source;
  const offset = lines.offsetAt(position);
  const before = text.slice(lines.offsetAt({ line: position.line, character: 0 }), offset);
  if (/(?:^|\s)#/.test(before)) return [];
  const reference = /\$(\{)?([_a-z][_a-z0-9]*)?$/i.exec(before);
  // Behind `$$` begins no reference.
  if (reference !== null && !/(?:^|[^$])(?:\$\$)+$/.test(before.slice(0, reference.index + 1))) {
    const closing = reference[1] === "{" && text[offset] !== "}" ? "}" : "";
    return items(source, offset, reference[2] ?? "", closing);
  }
  const bare = /^(\s*)(?:-\s+["']?)?([_a-z]\w*)?$/i.exec(before);
  if (bare === null || !standsUnderEnvironment(source, position.line, bare[1]?.length ?? 0, before))
    return [];
  return items(source, offset, bare[2] ?? "", "");
}

/** By indentation: the file that is being typed in need not be YAML at the moment. */
function standsUnderEnvironment(
  { text, lines }: ComposeSource,
  line: number,
  indent: number,
  before: string,
): boolean {
  const isItem = /^\s*-/.test(before);
  for (let above = line - 1; above >= 0; above--) {
    const start = lines.offsetAt({ line: above, character: 0 });
    const content = text.slice(start, lines.offsetAt({ line: above + 1, character: 0 }));
    if (/^\s*(?:#.*)?$/.test(content)) continue;
    const own = /^\s*/.exec(content)?.[0].length ?? 0;
    // A list may stand as far left as its key.
    const isParent = own < indent || (isItem && own === indent && !/^\s*-/.test(content));
    if (isParent) return /^\s*environment:\s*(?:#.*)?$/.test(content.trimEnd());
  }
  return false;
}

function items(
  { lines, context, project, shell }: ComposeSource,
  offset: number,
  typed: string,
  closing: string,
): CompletionItem[] {
  const schema = context.schema?.schema;
  const own = new Set(project.definitions.map(({ key }) => key));
  const item = (name: string): CompletionItem => {
    const value = context.lookup?.(name);
    const from =
      shell(name) !== undefined
        ? t("environment")
        : own.has(name)
          ? (project.envFiles[0] ?? ".env")
          : t("schema");
    const shown = value === undefined ? [] : [shorten(isSensitive(name, schema) ? mask : value)];
    const entry = schema?.entries.get(name);
    return {
      label: name,
      kind: variable,
      detail: clausesOf([...shown, from]),
      ...(entry === undefined || entry.description === "" ? {} : { documentation: entry.description }),
      ...(entry?.deprecated === undefined ? {} : { tags: [1 as const] }),
      // The project's own before whatever the shell has.
      sortText: `${own.has(name) ? 0 : schema?.entries.has(name) === true ? 1 : 2}${name}`,
      insertTextFormat: plainText,
      textEdit: {
        range: toLspRange(lines, { start: offset - typed.length, end: offset }),
        newText: name + closing,
      },
    };
  };
  const names = new Set([...own, ...(schema?.entries.keys() ?? []), ...(context.names ?? [])]);
  return [...names].filter(isName).map(item);
}
