/**
 * What a file is made of. Pieces follow each other without a gap, so that their texts joined are the
 * file. A piece's ranges count from its own start: a piece stays the same object while text before it
 * changes, which is what makes an edit of a long file cheap.
 */
import type { Template } from "../interpolate/template.ts";
import type { Range } from "./text.ts";

/**
 * Which reader: Compose's `.env` and `env_file`, the npm package dotenv, or `docker run --env-file`
 * (Compose's `format: raw`).
 */
export type Dialect = "compose" | "dotenv" | "raw";

/** Stable: these are the codes of the diagnostics, too. */
export type SyntaxCode =
  | "unterminated-quote"
  | "invalid-key"
  | "key-with-space"
  | "empty-key"
  | "export-without-key"
  | "comment-after-bare-key"
  | "invalid-reference"
  | "bare-key-at-end"
  | "text-after-quote"
  | "skipped-line"
  | "line-too-long";

export interface SyntaxProblem {
  readonly code: SyntaxCode;
  /** Relative to the piece; may reach beyond its end, to the end of the line. */
  readonly range: Range;
  /** The reader loads nothing from a file with this. */
  readonly refused: boolean;
  /** A whole sentence or two. */
  readonly message: string;
}

interface PieceBase {
  readonly text: string;
  /** How far the reader looked, from the piece's start; Infinity: to the end of the file. */
  readonly reach: number;
}

/** Byte order mark, blank space and line ends, or a comment line without its line end. */
export interface Trivia extends PieceBase {
  readonly kind: "bom" | "blank" | "comment";
}

/** Text that the reader ignores, or that makes it refuse the file, and that holds no key. */
export interface Skipped extends PieceBase {
  readonly kind: "skipped";
  readonly problems: readonly SyntaxProblem[];
}

export interface Key {
  readonly name: string;
  readonly range: Range;
}

export type Quote = "'" | '"' | "`";

export interface Value {
  /** Quotes included. */
  readonly range: Range;
  readonly quote: Quote | null;
  /** Between the quotes. */
  readonly content: Range;
  /** What the reader makes of the content before it interpolates: escapes undone. */
  readonly cooked: string;
  /** null where nothing is interpolated: no `$`, single quotes, or a dialect that knows none. */
  readonly template: Template | null;
}

export interface Entry extends PieceBase {
  readonly kind: "entry";
  /** The word `export`. */
  readonly exported: Range | null;
  readonly key: Key;
  /** `=` or `:`; null for a bare key. */
  readonly operator: Range | null;
  /** null for a bare key, which takes its value from outside. */
  readonly value: Value | null;
  /** From its `#` on. */
  readonly comment: Range | null;
  readonly problems: readonly SyntaxProblem[];
  /** Compose takes a bare key at the very end of a file for the value of a nameless variable. */
  readonly bareAtEnd: boolean;
}

export type Piece = Trivia | Skipped | Entry;

/** Reads the piece that begins at `at`, which lies before the text's end. */
export type PieceReader = (text: string, at: number) => Piece;

/** Whether the entry defines what its key says; a reader that refuses the key defines nothing. */
export function isNamed(entry: Entry): boolean {
  if (entry.problems.length === 0) return true;
  return (
    !entry.bareAtEnd &&
    !entry.problems.some(
      ({ code, refused }) =>
        code === "invalid-key" || code === "key-with-space" || (code === "empty-key" && refused),
    )
  );
}
