/** White space that nobody sees, and that some readers take for a part of the value. */
import { type DotenvDocument, placed } from "../dotenv/document.ts";
import type { Dialect, Piece } from "../dotenv/pieces.ts";
import { t } from "../l10n.ts";
import type { Finding } from "./finding.ts";

/**
 * In the piece's own offsets: behind an entry, before the line's end. What Docker's reader keeps in the
 * value stands in the entry itself.
 */
export function pieceSpaceFinding(
  piece: Piece,
  before: Piece | undefined,
  isLast: boolean,
  dialect: Dialect,
): Finding | undefined {
  if (piece.kind === "blank") {
    // Nearly all are a single line end.
    if (piece.text === "\n" || piece.text === "\r\n") return undefined;
    const behind =
      before?.kind === "entry" || before?.kind === "skipped"
        ? /^[^\S\r\n]+(?=\r?\n|$)/.exec(piece.text)
        : null;
    // Behind a closing quote another entry may follow on the same line.
    if (behind === null || (behind[0] === piece.text && !isLast)) return undefined;
    return {
      code: "trailing-space",
      range: { start: 0, end: behind[0].length },
      message: t(
        "White space at the end of the line: this reader drops it, `docker run --env-file` keeps it.",
      ),
    };
  }
  if (piece.kind !== "entry" || dialect !== "raw" || piece.value === null) return undefined;
  const space = /\s+$/.exec(piece.text.slice(piece.value.range.start));
  if (space === null) return undefined;
  return {
    code: "trailing-space",
    range: { start: piece.text.length - space[0].length, end: piece.text.length },
    message: t("White space at the end of the line is a part of the value."),
  };
}

export function spaceFindings({ pieces, starts, dialect }: DotenvDocument): Finding[] {
  const findings: Finding[] = [];
  for (let index = 0; index < pieces.length; index++) {
    const piece = pieces[index];
    if (piece === undefined) continue;
    const finding = pieceSpaceFinding(piece, pieces[index - 1], index + 1 === pieces.length, dialect);
    if (finding !== undefined)
      findings.push({ ...finding, range: placed({ start: starts[index] ?? 0 }, finding.range) });
  }
  return findings;
}
