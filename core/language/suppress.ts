/**
 * Comments that silence: `# hotenv-ignore CODE…` the next entry, `# hotenv-ignore-file CODE…` the file.
 * Without a code they silence every code.
 */
import type { DotenvDocument } from "../dotenv/document.ts";
import type { Finding } from "./finding.ts";

const directive = /^#\s*hotenv-ignore(-file)?(?=[\s:]|$):?([\s\S]*)$/;

/** Whether a comment silences anything. */
export const isSilencing = (comment: string): boolean => directive.test(comment);

interface Silence {
  readonly start: number;
  readonly end: number;
  /** Empty: all. */
  readonly codes: ReadonlySet<string>;
}

function silences({ pieces, starts, text }: DotenvDocument): Silence[] {
  const found: Silence[] = [];
  for (const [index, piece] of pieces.entries()) {
    const match = piece.kind === "comment" ? directive.exec(piece.text) : null;
    if (match === null) continue;
    // What follows a dash is a reason, for people.
    const listed = (match[2] ?? "").split(/\s-+\s/)[0] ?? "";
    const codes = new Set(listed.split(/[\s,]+/).filter((code) => code !== ""));
    if (match[1] !== undefined) {
      found.push({ start: 0, end: text.length, codes });
      continue;
    }
    let next = index + 1;
    while (next < pieces.length && pieces[next]?.kind !== "entry" && pieces[next]?.kind !== "skipped") next++;
    if (next < pieces.length)
      found.push({ start: starts[next] ?? 0, end: lineEndBehind(text, starts[next + 1] ?? 0), codes });
  }
  return found;
}

function lineEndBehind(text: string, at: number): number {
  const feed = text.indexOf("\n", at);
  return feed === -1 ? text.length : feed;
}

export function withoutSuppressed(
  findings: readonly Finding[],
  document: DotenvDocument,
): readonly Finding[] {
  if (!document.text.includes("hotenv-ignore")) return findings;
  const all = silences(document);
  return findings.filter(
    ({ code, range }) =>
      !all.some(
        ({ start, end, codes }) =>
          range.start >= start && range.start <= end && (codes.size === 0 || codes.has(code)),
      ),
  );
}
