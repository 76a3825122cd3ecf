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

/**
 * In which order Compose hashes a service's fields, whatever order they are printed in; others come behind, sorted
 * (compose pkg/compose/hash.go, 5.6). Before, both were this one.
 */
const hashedOrder = `
  profiles annotations attach build develop blkio_config cap_add cap_drop cgroup_parent cgroup cpu_count
  cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpus cpuset cpu_shares command configs
  container_name credential_spec depends_on deploy device_cgroup_rules devices dns dns_opt dns_search dockerfile
  domainname entrypoint provider environment env_file expose extends external_links extra_hosts group_add gpus
  hostname healthcheck image init ipc isolation labels label_file links logging log_driver log_opt mem_limit
  mem_reservation memswap_limit mem_swappiness mac_address models net network_mode networks oom_kill_disable
  oom_score_adj pid pids_limit platform ports privileged pull_policy read_only restart runtime scale secrets
  security_opt shm_size stdin_open stop_grace_period stop_signal storage_opt sysctls tmpfs tty ulimits
  use_api_socket user userns_mode uts volume_driver volumes volumes_from working_dir pre_start post_start
  pre_stop pull_refresh_after
`
  .trim()
  .split(/\s+/);
const places = new Map(hashedOrder.map((name, place) => [name, place]));

const inHashedOrder = (fields: Fields): Fields =>
  Object.fromEntries(
    Object.entries(fields).sort(
      ([a], [b]) =>
        (places.get(a) ?? places.size) - (places.get(b) ?? places.size) || (a < b ? -1 : a > b ? 1 : 0),
    ),
  );

/** What Compose's versions leave out: since 2.35 what does not make a container, either. */
const leavingOut: readonly ReadonlySet<string>[] = [
  new Set(["build", "pull_policy", "scale", "depends_on", "profiles"]),
  new Set(["build", "pull_policy", "scale"]),
];
const leftOutOfDeploy = new Set(["replicas"]);

const without = (fields: Fields, names: ReadonlySet<string>): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !names.has(name)));

const whatIsHashed = (service: Fields, leftOut: ReadonlySet<string>): Fields =>
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

type Way = (service: Fields) => string | undefined;

/** The ways in which Compose's versions hash a service, undefined where this cannot be sure of the text. Pure. */
export const ways: readonly Way[] = leavingOut.map((leftOut) => (service) => {
  const text = asGoWrites(inHashedOrder(whatIsHashed(service, leftOut)));
  return text === undefined ? undefined : createHash("sha256").update(text).digest("hex");
});

/** @returns undefined where no way gives what was given before, or where those that do disagree now */
function hashNow(known: string, former: Fields, now: Fields): string | undefined {
  const [hash, ...others] = new Set(ways.filter((way) => way(former) === known).map((way) => way(now)));
  return others.length === 0 ? hash : undefined;
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
    const isSame = canonical(fractions(former)) === canonical(fractions(service));
    const hash = isSame ? hashNow(known, former, service) : undefined;
    if (hash === undefined) return undefined;
    hashes.set(name, hash);
  }
  return hashes;
}
