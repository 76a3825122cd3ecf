/**
 * What only the network can tell of a file's values: ports that another program has already, hosts that nobody knows.
 * Which questions there are, and what the answers mean; asking is for those who may. Off unless a setting asks for it.
 */
import type { StaticProject } from "../compose/static.ts";
import { placed } from "../dotenv/document.ts";
import type { Evaluation } from "../dotenv/evaluate.ts";
import type { Lookup } from "../interpolate/fill.ts";
import { t } from "../l10n.ts";
import { isSensitive } from "../schema/schema.ts";
import type { PublishedPort } from "./compose-ports.ts";
import type { LanguageContext } from "./context.ts";
import type { Finding } from "./finding.ts";
import { portFindings } from "./ports.ts";
import { isAskedFor } from "./style.ts";

export interface PortQuestion {
  readonly service: string;
  readonly port: number;
  /** "" where it is every address of the host. */
  readonly address: string;
  /** The variables that the port is made of. */
  readonly names: readonly string[];
}

export interface HostQuestion {
  readonly key: string;
  readonly host: string;
}

export interface NetworkQuestions {
  readonly ports: readonly PortQuestion[];
  readonly hosts: readonly HostQuestion[];
}

/** A value that is a host's name, by its key; elsewhere a host stands in an address. */
const hostKey = /(?:^|_)HOST(?:NAME)?$/i;
const hostName = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*\.?$/i;
const addressOfHost = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#:@[\]]+)/i;
/** They need no name server, or have one of their own. */
const known = /^(?:localhost|.*\.localhost|.*\.(?:local|internal|test|example|invalid)|[\d.]+)$/i;

function hostIn(key: string, value: string): string | undefined {
  const host = addressOfHost.exec(value)?.[1] ?? (hostKey.test(key) ? value : undefined);
  return host === undefined || !hostName.test(host) || known.test(host) ? undefined : host;
}

/**
 * @param published the ports of the project's Compose files
 * @param project its services answer to their names inside
 * @param running services that have their ports already
 */
export function networkQuestions(
  { variables }: Evaluation,
  context: LanguageContext,
  published: ((lookup: Lookup) => readonly PublishedPort[]) | undefined,
  project: Pick<StaticProject, "services"> | undefined,
  running: ReadonlySet<string>,
): NetworkQuestions {
  const lookup: Lookup = (name) => context.lookup?.(name) ?? variables.get(name)?.value;
  const ports = isAskedFor("port-in-use", context) ? (published?.(lookup) ?? []) : [];
  const hosts = isAskedFor("unknown-host", context) ? [...variables] : [];
  return {
    ports: ports
      .filter(({ isChoice, protocol, from, to }) => !isChoice && protocol === "tcp" && from === to)
      .filter(({ service, names }) => names.length > 0 && !running.has(service))
      .map(({ service, from, address, names }) => ({ service, port: from, address, names })),
    hosts: hosts.flatMap(([key, { value }]) => {
      const host = hostIn(key, value);
      return host === undefined || project?.services.has(host) === true ? [] : [{ key, host }];
    }),
  };
}

/** @param used ports that somebody has @param unknown hosts that do not resolve */
export function networkFindings(
  { variables }: Evaluation,
  context: LanguageContext,
  used: readonly PortQuestion[],
  unknown: readonly HostQuestion[],
): Finding[] {
  const entryOf = (name: string) => variables.get(name)?.entry;
  const ports = used.flatMap(({ service, port, names }) =>
    portFindings(
      [
        {
          code: "port-in-use" as const,
          names,
          range: { start: 0, end: 0 },
          message: t(
            "`{0}` publishes port {1} of this host, and another program listens on it already.",
            service,
            port,
          ),
        },
      ],
      entryOf,
    ),
  );
  const hosts = unknown.flatMap(({ key, host }): Finding[] => {
    const source = entryOf(key);
    if (source === undefined) return [];
    return [
      {
        code: "unknown-host",
        range: placed(source, source.entry.value?.range ?? source.entry.key.range),
        message: isSensitive(key, context.schema?.schema)
          ? t(
              "The host in `{0}` is neither a service of this project nor a host that this machine can find.",
              key,
            )
          : t("`{0}` is neither a service of this project nor a host that this machine can find.", host),
      },
    ];
  });
  return [...ports, ...hosts];
}

/** Whether there is anything to ask for: otherwise nobody need look for answers. */
export const asksNetwork = (context: LanguageContext): boolean =>
  isAskedFor("port-in-use", context) || isAskedFor("unknown-host", context);
