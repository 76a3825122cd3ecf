/** Which engines Hotenv is tested with, and what is said of others. Nothing is refused for it. */
import type { Engine } from "../../core/protocol/words.ts";

/** Major and minor versions, oldest first: the columns of the tests (test/support/engines.ts). */
export const tested = {
  Docker: ["20.10", "28.5"],
  Compose: ["2.26", "2.40", "5.6"],
} as const;

type Relation = "newer" | "older" | "other";

const minorOf = (version: string): string | undefined => /^v?(\d+\.\d+)/.exec(version)?.[1];

function compare(one: string, other: string): number {
  const [a, b] = [one, other].map((version) => version.split(".").map(Number));
  return (a?.[0] ?? 0) - (b?.[0] ?? 0) || (a?.[1] ?? 0) - (b?.[1] ?? 0);
}

/** undefined: it is among them, or says no number. */
function relationOf(version: string, known: readonly string[]): Relation | undefined {
  const minor = minorOf(version);
  if (minor === undefined || known.includes(minor)) return undefined;
  if (compare(minor, known.at(-1) ?? minor) > 0) return "newer";
  return compare(minor, known[0] ?? minor) < 0 ? "older" : "other";
}

/** A sentence where the tests have not seen the engine or its Compose; undefined where they have. */
export function untestedNote({ name, version, compose }: Omit<Engine, "untested">): string | undefined {
  const relations = new Set([
    name === "Docker" ? relationOf(version, tested.Docker) : "other",
    compose === undefined ? undefined : relationOf(compose, tested.Compose),
  ]);
  relations.delete(undefined);
  const [relation = "other", ...more] = relations;
  if (relations.size === 0) return undefined;
  const short = (text: string) => minorOf(text) ?? text;
  const both = `${name} ${short(version)}${compose === undefined ? "" : ` with Compose ${short(compose)}`}`;
  const list = Object.entries(tested).map(([what, versions]) => `${what} ${versions.join(", ")}`);
  return `${both}: ${more.length > 0 ? "other" : relation} than what Hotenv is tested with (${list.join("; ")}).`;
}
