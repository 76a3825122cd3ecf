/** Values that are not what they look like. Rules of one entry each: what they say is kept with the entry. */
import { type DotenvDocument, entriesOf, parseDotenv, placed } from "../dotenv/document.ts";
import type { Dialect, Entry } from "../dotenv/pieces.ts";
import type { Range } from "../dotenv/text.ts";
import type { Template } from "../interpolate/template.ts";
import { t } from "../l10n.ts";
import type { Finding } from "./finding.ts";

/** A finding of one entry, whoever asks for it. */
interface EntryFinding extends Finding {
  /** The message where the entry is no secret. */
  readonly detailed?: string;
}

type Rule = (entry: Entry, dialect: Dialect) => readonly EntryFinding[];

/** White space that looks like a space or like nothing, and marks that change the direction of reading. */
const invisible =
  /(?! )\p{Zs}|(?![\u{e0020}-\u{e007f}])\p{Cf}|\p{Zl}|\p{Zp}|\u034f|\u115f|\u1160|\u17b4|\u17b5|\u3164|\uffa0/gu;

const invisibleNames: Readonly<Record<string, () => string>> = {
  "\u00a0": () => t("no-break space"),
  "\u00ad": () => t("soft hyphen"),
  "\u200b": () => t("zero width space"),
  "\u200c": () => t("zero width non-joiner"),
  "\u200d": () => t("zero width joiner"),
  "\u2028": () => t("line separator"),
  "\u2029": () => t("paragraph separator"),
  "\ufeff": () => t("byte order mark"),
};

/** A joiner between pictographs makes one picture of them. */
const joined = /\p{Extended_Pictographic}\ufe0f?$/u;

const invisibleCharacters: Rule = ({ text }) =>
  [...text.matchAll(invisible)]
    .filter(({ 0: found, index }) => found !== "\u200d" || !joined.test(text.slice(0, index)))
    .map(({ 0: found, index }) => {
      const number = `U+${(found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
      return {
        code: "invisible-character",
        range: { start: index, end: index + found.length },
        message: t(
          "An invisible character stands here: {0} ({1}).",
          invisibleNames[found]?.() ?? t("a special space or mark"),
          number,
        ),
      };
    });

/** Where a `#` looks like the start of a comment and is none: behind the operator, or behind a tab. */
function commentLike({ text, value, operator, comment }: Entry, dialect: Dialect): Range | undefined {
  if (value === null || value.quote !== null || operator === null || comment !== null) return undefined;
  const source = text.slice(value.content.start, value.content.end);
  const at = dialect === "raw" ? source.search(/(?:^|\s)#/) : source.search(/^#|[\t\v\f\u00a0]#/);
  // `COLOR=#fff` is no comment: one needs space before its `#` and behind it.
  if (
    at === -1 ||
    (at === 0 &&
      source.startsWith("#") &&
      (!/^#(?:\s|$)/.test(source) || operator.end === value.content.start))
  )
    return undefined;
  return { start: value.content.start + source.indexOf("#", at), end: value.content.end };
}

const commentsInValues: Rule = (entry, dialect) => {
  const range = dialect === "dotenv" ? undefined : commentLike(entry, dialect);
  if (range === undefined) return [];
  return [
    {
      code: "comment-in-value",
      range,
      message:
        dialect === "raw"
          ? t(
              "Docker takes this for a part of the value, not for a comment. Put the comment on a line of its own.",
            )
          : t(
              "Compose takes this for a part of the value, not for a comment. Quote the value, or put the comment on a line of its own.",
            ),
    },
  ];
};

function* escapesIn(template: Template): Generator<Range> {
  for (const part of template) {
    if (part.kind === "escape") yield part.range;
    else if (part.kind === "reference") yield* escapesIn(part.argument ?? []);
  }
}

const dollarEscapes: Rule = ({ text, value }) =>
  [...escapesIn(value?.template ?? [])]
    // `\$` in double quotes was written by somebody who knows.
    .filter(({ start }) => text[start] === "$")
    .map((range) => ({
      code: "dollar-escape",
      range,
      message: t("Compose reads `$$` as one `$`. Single-quote the value to keep both."),
    }));

const telling = /[#$`\\'"\r]/;

const disagreements: Rule = ({ text, key, value, problems }, dialect) => {
  if (dialect !== "compose" || value === null || problems.length > 0 || !telling.test(text)) return [];
  const other = parseDotenv(`${text}\n`, { dialect: "dotenv" });
  const seen = [...entriesOf(other)].find(({ entry }) => entry.key.name === key.name)?.entry.value?.cooked;
  // What is interpolated differs by design, and shows itself.
  if (seen === undefined || value.template?.some(({ kind }) => kind === "reference")) return [];
  const ours = value.template === null ? value.cooked : value.cooked.replaceAll("$$", "$");
  if (seen === ours) return [];
  return [
    {
      code: "readers-disagree",
      range: value.range,
      message: t("Compose and the npm package dotenv read different values here."),
      detailed: t(
        "Compose and the npm package dotenv read different values here. Compose: `{0}`, dotenv: `{1}`.",
        ours,
        seen,
      ),
    },
  ];
};

const nullCharacters: Rule = ({ value }) =>
  value?.cooked.includes("\0") === true
    ? [
        {
          code: "null-character",
          range: value.range,
          message: t(
            "The value holds a NUL character, which no environment can: no container starts with it.",
          ),
        },
      ]
    : [];

const rules: readonly Rule[] = [nullCharacters, invisibleCharacters, commentsInValues, dollarEscapes];

/** Findings by entry, in the entry's own offsets. An entry never changes, so neither do they. */
const kept: Readonly<Record<Dialect, WeakMap<Entry, readonly EntryFinding[]>>> = {
  compose: new WeakMap(),
  dotenv: new WeakMap(),
  raw: new WeakMap(),
};

function findingsOf(entry: Entry, dialect: Dialect): readonly EntryFinding[] {
  const known = kept[dialect].get(entry);
  if (known !== undefined) return known;
  const certain = rules.flatMap((rule) => rule(entry, dialect));
  // Where something more exact is said already, that is why they disagree.
  const found = certain.length > 0 ? certain : disagreements(entry, dialect);
  kept[dialect].set(entry, found);
  return found;
}

/** In the entry's own offsets. */
export function entryValueFindings(
  entry: Entry,
  dialect: Dialect,
  isSecret: (key: string) => boolean,
): readonly Finding[] {
  return findingsOf(entry, dialect).map(({ detailed, ...finding }) =>
    detailed === undefined || isSecret(entry.key.name) ? finding : { ...finding, message: detailed },
  );
}

export function valueFindings(
  { pieces, starts, dialect }: DotenvDocument,
  isSecret: (key: string) => boolean,
): Finding[] {
  const findings: Finding[] = [];
  for (let index = 0; index < pieces.length; index++) {
    const entry = pieces[index];
    if (entry?.kind !== "entry") continue;
    const found = findingsOf(entry, dialect);
    if (found.length === 0) continue;
    const start = starts[index] ?? 0;
    for (const finding of entryValueFindings(entry, dialect, isSecret))
      findings.push({ ...finding, range: placed({ start }, finding.range) });
  }
  return findings;
}
