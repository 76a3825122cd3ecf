/**
 * Every code that the language service reports. Codes are stable: settings, suppressing comments and
 * other tools refer to them. docs/diagnostics.md has a section for each.
 */

export type DiagnosticLevel = "error" | "warning" | "info" | "hint";

export interface CodeInfo {
  /** What it is where no setting says otherwise. */
  readonly level: DiagnosticLevel | "off";
  /** A few words for lists and for SARIF. */
  readonly title: string;
}

export const codes = {
  "unterminated-quote": { level: "error", title: "A quote is never closed" },
  "invalid-key": { level: "error", title: "A character that no key may have" },
  "key-with-space": { level: "error", title: "A space in a key" },
  "empty-key": { level: "error", title: "A value without a name" },
  "export-without-key": { level: "warning", title: "No key behind export" },
  "comment-after-bare-key": { level: "error", title: "A comment behind a key without a value" },
  "invalid-reference": { level: "error", title: "A reference that Compose cannot read" },
  "bare-key-at-end": { level: "error", title: "A bare key at the very end of the file" },
  "text-after-quote": { level: "warning", title: "Text behind a closing quote" },
  "skipped-line": { level: "warning", title: "A line that the reader skips" },
  "line-too-long": { level: "error", title: "A line of 64 KiB or more" },
  "required-reference": { level: "error", title: "A required variable is not set" },
  "undefined-reference": { level: "warning", title: "A reference to an undefined variable" },
  "forward-reference": { level: "warning", title: "A reference to a variable further down" },
  "self-reference": { level: "warning", title: "A variable that refers to itself alone" },
  "duplicate-key": { level: "warning", title: "A key that is set again further down" },
  "comment-in-value": { level: "warning", title: "A comment that becomes part of the value" },
  "dollar-escape": { level: "info", title: "Two dollar signs stand for one" },
  "readers-disagree": { level: "info", title: "Compose and dotenv read different values" },
  "invisible-character": { level: "warning", title: "A character that cannot be seen" },
  "null-character": { level: "error", title: "A NUL in a value" },
  "trailing-space": { level: "hint", title: "White space at the end of a line" },
  "schema-type": { level: "error", title: "A value that breaks its type" },
  "schema-missing": { level: "error", title: "A required key is missing" },
  "schema-empty": { level: "error", title: "A required key is empty" },
  "schema-deprecated": { level: "hint", title: "A deprecated key" },
  "schema-unknown": { level: "off", title: "A key that the schema does not know" },
  "example-missing": { level: "warning", title: "A key of the example file is missing" },
  "example-unknown": { level: "off", title: "A key that the example file does not have" },
  "unused-key": { level: "info", title: "A key that no service uses" },
  "schema-invalid": { level: "warning", title: "A schema that cannot be read" },
  "compose-syntax": { level: "error", title: "A Compose file that is no YAML" },
  "port-clash": { level: "warning", title: "A host port that is published twice" },
  "port-out-of-range": { level: "error", title: "A port above 65535" },
  "port-in-use": { level: "off", title: "A port of this host that another program has" },
  "unknown-host": { level: "off", title: "A host that cannot be found" },
  "lowercase-key": { level: "off", title: "Lowercase letters in a key" },
  "unordered-key": { level: "off", title: "A key out of alphabetical order" },
  "extra-blank-line": { level: "off", title: "More than one blank line" },
  "space-around-operator": { level: "off", title: "Space around the operator" },
  "needless-quotes": { level: "off", title: "Quotes that a value does not need" },
} as const satisfies Readonly<Record<string, CodeInfo>>;

export type Code = keyof typeof codes;

export function isCode(text: string): text is Code {
  return Object.hasOwn(codes, text);
}
