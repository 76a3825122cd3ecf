/** What a `${NAME}` of a Compose file is: its value, where that comes from, which services it reaches. */
import type { Hover, Position } from "vscode-languageserver-types";
import { mask } from "../change/mask.ts";
import type { StaticProject } from "../compose/static.ts";
import { servicesOfVariable } from "../compose/uses.ts";
import type { LineIndex } from "../dotenv/text.ts";
import type { Lookup } from "../interpolate/fill.ts";
import { referencesIn } from "../interpolate/template.ts";
import { t } from "../l10n.ts";
import { isSensitive } from "../schema/schema.ts";
import { holds } from "./at.ts";
import { readComposeFile } from "./compose-file.ts";
import type { LanguageContext } from "./context.ts";
import { toLspRange } from "./finding.ts";
import { code, describeEntry, describeServices } from "./hover.ts";
import { nameUseAt } from "./navigate.ts";

export interface ComposeSource {
  readonly text: string;
  readonly lines: LineIndex;
  /** Its lookup gives the project's variables: the shell's, then those of `.env`. */
  readonly context: LanguageContext;
  readonly project: StaticProject;
  readonly shell: Lookup;
}

export function hoverCompose(source: ComposeSource, position: Position): Hover | undefined {
  const { text, lines, context } = source;
  const offset = lines.offsetAt(position);
  const use = nameUseAt({ uri: context.uri, kind: "compose", text }, offset);
  if (use === undefined) return undefined;
  return {
    contents: { kind: "markdown", value: describe(use.name, offset, source) },
    range: toLspRange(lines, use.range),
  };
}

function describe(name: string, offset: number, { text, context, project, shell }: ComposeSource): string {
  const schema = context.schema?.schema;
  const sensitive = isSensitive(name, schema);
  const shown = (value: string): string => (value === "" ? t("(blank)") : sensitive ? mask : code(value));
  const value = context.lookup?.(name);
  const paragraphs: string[] = [];
  if (value === undefined) {
    paragraphs.push(t("**{0}** is not set.", name));
    paragraphs.push(withoutIt(text, offset, sensitive));
  } else {
    paragraphs.push(t("**{0}** is {1}", name, shown(value)));
    paragraphs.push(origin(name, project, shell));
  }
  const entry = schema?.entries.get(name);
  if (entry !== undefined) paragraphs.push(...describeEntry(entry));
  paragraphs.push(describeServices(servicesOfVariable(project, name)));
  return paragraphs.filter((paragraph) => paragraph !== "").join("\n\n");
}

function origin(name: string, { definitions, evidence }: StaticProject, shell: Lookup): string {
  const definition = definitions.findLast(({ key }) => key === name);
  const place = definition === undefined ? undefined : evidence(definition.place);
  const isOuter = shell(name) !== undefined;
  if (place === undefined) return isOuter ? t("From the environment.") : "";
  const file = code(place.file);
  return isOuter
    ? t("From the environment, which goes before {0}, line {1}.", file, place.line)
    : t("From {0}, line {1}.", file, place.line);
}

/** What Compose makes of the reference under the cursor where the variable is not set. */
function withoutIt(text: string, offset: number, sensitive: boolean): string {
  const reference = readComposeFile(text)
    .values.flatMap(({ template }) => [...referencesIn(template)])
    .findLast(({ range }) => holds(range, offset));
  switch (reference?.operator) {
    case undefined:
      // A bare key of `environment`.
      return t("The container does not get it.");
    case null:
      return t("Compose reads it as blank.");
    case ":-":
    case "-": {
      const plain = reference.argument?.every(({ kind }) => kind === "text") === true;
      const argument = reference.argument?.map((part) => (part.kind === "text" ? part.text : "")).join("");
      return plain && !sensitive && argument
        ? t("Its default stands in: {0}", code(argument))
        : t("Its default stands in.");
    }
    case ":?":
    case "?":
      return t("It is required here: Compose refuses the project.");
    case ":+":
    case "+":
      return t("What would stand in its place is left out.");
  }
}
