/** A file as it may be shown: no value of a sensitive key in it. */
import { mask } from "../change/mask.ts";
import type { DotenvDocument } from "../dotenv/document.ts";
import type { Piece } from "../dotenv/pieces.ts";

const commentedOut = /^(#+\s*(?:export\s+)?([\w.-]+)\s*[=:]\s*)\S[\s\S]*$/;

export function masked({ pieces }: DotenvDocument, isSecret: (key: string) => boolean): string {
  return pieces.map((piece) => maskedPiece(piece, isSecret)).join("");
}

function maskedPiece(piece: Piece, isSecret: (key: string) => boolean): string {
  const { text } = piece;
  if (piece.kind === "comment")
    return text.replace(commentedOut, (all, before: string, key: string) =>
      isSecret(key) ? before + mask : all,
    );
  if (piece.kind !== "entry" || piece.value === null || !isSecret(piece.key.name)) return text;
  const { start, end } = piece.value.content;
  return start === end ? text : text.slice(0, start) + mask + text.slice(end);
}
