/** Which revisions a filter lets through. The agent and the pages agree on it, so that a new one finds its place. */
import type { Params, RevisionSummary } from "./messages.ts";

/** What a list of revisions can be narrowed to; nothing: all of them. */
export type RevisionFilter = Pick<Params<"history/list">, "key" | "service" | "verdict" | "text">;

/** Lower case, each once. */
export const wordsOf = (text: string): readonly string[] => [
  ...new Set(
    text
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== ""),
  ),
];

/** Whether each of the words is somewhere in the summary, in any case. */
export function mentions(summary: RevisionSummary, words: readonly string[]): boolean {
  const { revision, reason, note = "", outcome = "", author, keys, services } = summary;
  const all = [`#${revision}`, reason, note, outcome, author, ...keys, ...services].join("\n").toLowerCase();
  return words.every((word) => all.includes(word));
}

/** The same answer that the agent's list gives. */
export const admits = (
  { key, service, verdict, text = "" }: RevisionFilter,
  summary: RevisionSummary,
): boolean =>
  (key === undefined || summary.keys.includes(key)) &&
  (service === undefined || summary.services.includes(service)) &&
  (verdict === undefined || summary.verdict === verdict) &&
  mentions(summary, wordsOf(text));
