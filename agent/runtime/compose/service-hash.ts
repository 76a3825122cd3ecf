/**
 * Compose's hash of a service, found without Compose where it can be. What Compose hashes is the resolved service as it
 * prints it, but for what does not make its container (compose pkg/compose/hash.go); which fields those are depends on its
 * version. So nothing is taken for granted: only where this way gives the hash that the very same Compose has just given
 * for the service as it was, it is taken for the service as it is now.
 */
import { createHash } from "node:crypto";
import { canonical } from "../../../core/compose/compare.ts";
import type { Json } from "../../../core/compose/model.ts";

type Fields = { readonly [key: string]: Json };
export type Services = Readonly<Record<string, Fields>>;

const hasFields = (value: Json | undefined): value is Fields =>
  value !== null && typeof value === "object" && !Array.isArray(value);

/** @param printed what Compose printed of a resolved project, parsed: in the order in which it was printed */
export function servicesIn(printed: unknown): Services {
  const services = hasFields(printed as Json) ? (printed as Fields).services : undefined;
  const entries = hasFields(services) ? Object.entries(services) : [];
  return Object.fromEntries(entries.filter((entry): entry is [string, Fields] => hasFields(entry[1])));
}

/** Of the service, and of its `deploy`. */
const leftOut = new Set(["build", "pull_policy", "scale"]);
const leftOutOfDeploy = new Set(["replicas"]);

const without = (fields: Fields, names: ReadonlySet<string>): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !names.has(name)));

const whatIsHashed = (service: Fields): Fields =>
  Object.fromEntries(
    Object.entries(without(service, leftOut)).map(([name, value]) => [
      name,
      name === "deploy" && hasFields(value) ? without(value, leftOutOfDeploy) : value,
    ]),
  );

/** Compose doubles `$` in what it prints. */
const undoubled = (_: string, value: Json): Json =>
  typeof value === "string" ? value.replaceAll("$$", "$") : value;

/**
 * As Go writes JSON (encoding/json).
 * @returns undefined where its releases do not all write the same, or not what JavaScript does
 */
function asGoWrites(value: Json): string | undefined {
  const text = JSON.stringify(value, undoubled);
  if (/\\[bfu]/.test(text)) return undefined;
  return text.replaceAll(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** @returns undefined where it is not sure. Pure. */
export function hashOf(service: Fields): string | undefined {
  const text = asGoWrites(whatIsHashed(service));
  return text === undefined ? undefined : createHash("sha256").update(text).digest("hex");
}

/** Numbers that are not whole may be written in several ways. */
function fractions(value: Json): number[] {
  if (typeof value === "number") return Number.isSafeInteger(value) ? [] : [value];
  return value !== null && typeof value === "object" ? Object.values(value).flatMap(fractions) : [];
}

export interface Hashed {
  readonly services: Services;
  /** Compose's own. */
  readonly hashes: ReadonlyMap<string, string>;
}

/** @returns the hashes of the services as they are now; undefined where Compose must be asked. Pure. */
export function hashesAfter(before: Hashed, now: Services): ReadonlyMap<string, string> | undefined {
  const hashes = new Map<string, string>();
  for (const [name, service] of Object.entries(now)) {
    const former = before.services[name];
    const known = before.hashes.get(name);
    if (former === undefined || known === undefined) return undefined;
    if (canonical(former) === canonical(service)) {
      hashes.set(name, known);
      continue;
    }
    const isSure = hashOf(former) === known && canonical(fractions(former)) === canonical(fractions(service));
    const hash = isSure ? hashOf(service) : undefined;
    if (hash === undefined) return undefined;
    hashes.set(name, hash);
  }
  return hashes;
}
