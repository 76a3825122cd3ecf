/** Host ports that Compose files publish: two services cannot have the same one, and none is above 65535. */
import { type RawMap, type RawNode, type RawScalar, readTrees } from "../compose/yaml-tree.ts";
import type { Range } from "../dotenv/text.ts";
import { fillTemplate, type Lookup } from "../interpolate/fill.ts";
import { t } from "../l10n.ts";
import type { Finding } from "./finding.ts";
import type { PortProblem } from "./ports.ts";

export interface PublishedPort {
  readonly service: string;
  /** Where the file says so. */
  readonly range: Range;
  /** The variables that it is made of. */
  readonly names: readonly string[];
  /** "" where it is every address of the host. */
  readonly address: string;
  readonly protocol: string;
  readonly from: number;
  readonly to: number;
  /** Whether Compose may choose one of several. */
  readonly isChoice: boolean;
  /** Whether other services may run without this one. */
  readonly hasProfiles: boolean;
}

const maxPort = 65_535;
/** `[[address:]host[-end]:]container[-end][/protocol]` (compose-spec 05-services, ports). */
const shortSyntax = /^(?:(?:(\[[^\]]*\]|[\d.]+):)?(\d+)(?:-(\d+))?:)?(\d+)(?:-(\d+))?(?:\/(\w+))?$/;

const entryOf = (node: RawNode | undefined, key: string): RawNode | undefined =>
  node?.kind === "map" ? node.entries.get(key) : undefined;

const filled = (node: RawNode | undefined, lookup: Lookup): string => {
  if (node?.kind !== "scalar") return "";
  return node.template === undefined
    ? (node.value ?? "")
    : fillTemplate(node.template, lookup, () => undefined);
};

const namesOf = (node: RawScalar): readonly string[] => node.names.map(({ name }) => name);

function readPort(node: RawNode, lookup: Lookup): Omit<PublishedPort, "service" | "hasProfiles"> | undefined {
  if (node.kind === "list") return undefined;
  const written = node.kind === "map" ? entryOf(node, "published") : node;
  if (written?.kind !== "scalar") return undefined;
  const range = { start: written.start, end: written.end };
  const names = namesOf(written);
  if (node.kind === "map") {
    const match = /^(\d+)(?:-(\d+))?$/.exec(filled(written, lookup));
    if (match === null) return undefined;
    const from = Number(match[1]);
    const protocol = filled(entryOf(node, "protocol"), lookup) || "tcp";
    const address = everywhere(filled(entryOf(node, "host_ip"), lookup));
    return {
      range,
      names,
      address,
      protocol,
      from,
      to: Number(match[2] ?? from),
      isChoice: match[2] !== undefined,
    };
  }
  const match = shortSyntax.exec(filled(node, lookup));
  if (match?.[2] === undefined) return undefined;
  const from = Number(match[2]);
  const to = Number(match[3] ?? from);
  const inside = Number(match[5] ?? match[4]) - Number(match[4]);
  const address = everywhere(match[1] ?? "");
  return { range, names, address, protocol: match[6] ?? "tcp", from, to, isChoice: to - from !== inside };
}

const everywhere = (address: string): string => (/^(?:0\.0\.0\.0|\[?::\]?)$/.test(address) ? "" : address);

function* portsOf(tree: RawMap, lookup: Lookup): Generator<PublishedPort> {
  const services = tree.entries.get("services");
  for (const [service, node] of services?.kind === "map" ? services.entries : []) {
    const ports = entryOf(node, "ports");
    const hasProfiles = entryOf(node, "profiles") !== undefined;
    for (const item of ports?.kind === "list" ? ports.items : []) {
      const port = readPort(item, lookup);
      if (port !== undefined) yield { ...port, service, hasProfiles };
    }
  }
}

/** Whether it is certain that not both can be had. */
function clash(a: PublishedPort, b: PublishedPort): boolean {
  if (a.isChoice || b.isChoice || a.hasProfiles || b.hasProfiles || a.protocol !== b.protocol) return false;
  if (a.address !== b.address && a.address !== "" && b.address !== "") return false;
  return a.from <= b.to && b.from <= a.to;
}

function clashText({ service, from, to }: PublishedPort, earlier: PublishedPort): string {
  const port = from === to ? String(from) : t("{0} to {1}", from, to);
  return earlier.service === service
    ? t("`{0}` publishes port {1} of the host twice: only one of them can have it.", service, port)
    : t(
        "`{0}` publishes port {1} of the host as `{2}` does: only one of them can have it.",
        service,
        port,
        earlier.service,
      );
}

export function portProblems(trees: readonly RawMap[], lookup: Lookup): readonly PortProblem[] {
  const ports = trees.flatMap((tree) => [...portsOf(tree, lookup)]);
  const problems: PortProblem[] = [];
  for (const [index, port] of ports.entries()) {
    const { range, names } = port;
    if (port.from > maxPort || port.to > maxPort) {
      const message = t(
        "There is no port {0}: the highest one is {1}.",
        Math.max(port.from, port.to),
        maxPort,
      );
      problems.push({ code: "port-out-of-range", message, range, names });
      continue;
    }
    const earlier = ports.slice(0, index).find((other) => clash(other, port));
    if (earlier === undefined) continue;
    problems.push({
      code: "port-clash",
      message: clashText(port, earlier),
      range,
      names: [...names, ...earlier.names],
      earlier: earlier.range,
    });
  }
  return problems;
}

/** In the Compose file itself. */
export function composePortFindings(text: string, lookup: Lookup): Finding[] {
  return portProblems(readTrees(text), lookup).map(({ code, message, range, earlier }) => ({
    code,
    range,
    message,
    ...(earlier === undefined
      ? {}
      : { related: [{ range: earlier, message: t("It is published here, too.") }] }),
  }));
}

/** What Compose files say of ports, for the values that they take from a .env file. */
export function portsIn(composeTexts: readonly string[]): (lookup: Lookup) => readonly PortProblem[] {
  const trees = composeTexts.flatMap((text) => [...readTrees(text)]);
  return (lookup) => portProblems(trees, lookup).filter(({ names }) => names.length > 0);
}

/** The ports that Compose files publish, with the values that a lookup gives. */
export function publishedIn(composeTexts: readonly string[]): (lookup: Lookup) => readonly PublishedPort[] {
  const trees = composeTexts.flatMap((text) => [...readTrees(text)]);
  return (lookup) => trees.flatMap((tree) => [...portsOf(tree, lookup)]);
}
