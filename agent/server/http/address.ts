/** `--http [HOST:]PORT`, and what an address that others can reach asks for. */
import { isIP, isIPv4 } from "node:net";
import { HotenvError } from "../../../core/protocol/errors.ts";

export interface Address {
  /** A name or an IP address, without brackets. */
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

const defaultHost = "127.0.0.1";
const maxPort = 65_535;

/** @throws usage */
export function parseAddress(text: string): Address {
  const match = /^(?:(?:\[(?<bracketed>[0-9a-f:.]+)\]|(?<plain>[a-z0-9.-]+)):)?(?<port>\d{1,5})$/i.exec(text);
  const { bracketed, plain, port = "" } = match?.groups ?? {};
  if (match === null || Number(port) > maxPort || (bracketed !== undefined && isIP(bracketed) !== 6))
    throw new HotenvError("usage", `"${text}" is no address to serve HTTP on.`, {
      todo: "Name a port (4711), or a host and a port (0.0.0.0:4711, [::1]:4711).",
    });
  return { host: bracketed ?? plain ?? defaultHost, port: Number(port) };
}

/** Only programs of this machine can reach it. A name counts as foreign unless it is "localhost". */
export function isLoopback(host: string): boolean {
  if (isIPv4(host)) return host.startsWith("127.");
  const name = host.toLowerCase();
  return name === "::1" || name === "0:0:0:0:0:0:0:1" || name === "localhost";
}

export const isAnyHost = (host: string): boolean => host === "0.0.0.0" || host === "::";

/** As in URLs. */
const inUrl = (host: string): string => (host.includes(":") ? `[${host}]` : host.toLowerCase());

/** @throws usage where secrets would cross a network unprotected */
export function assertProtected(
  { host }: Address,
  { tls, plainHttp }: { readonly tls: boolean; readonly plainHttp: boolean },
): void {
  if (tls || plainHttp || isLoopback(host)) return;
  throw new HotenvError("usage", `${host} can be reached from other machines, and there is no TLS.`, {
    todo: "Give --tls-cert and --tls-key, keep to 127.0.0.1, or accept that anyone on the way can read along with --plain-http.",
  });
}

/**
 * The values of `Host:` that are ours. All else is somebody else's name that leads here: DNS rebinding.
 * @param port the one that is listened on
 * @param more names by which a proxy or another machine calls this one; each with its port, or with ours
 */
export function allowedHosts(
  { host }: Address,
  port: number,
  tls: boolean,
  more: readonly string[],
): ReadonlySet<string> {
  const names = [
    ...(isLoopback(host) || isAnyHost(host) ? ["127.0.0.1", "localhost", "[::1]"] : []),
    ...(isAnyHost(host) ? [] : [inUrl(host)]),
    ...more.map((name) => name.toLowerCase()),
  ];
  const isStandard = port === (tls ? 443 : 80);
  return new Set(
    names.flatMap((name) => {
      if (/^(?:\[[^\]]+\]|[^:]+):\d+$/.test(name)) return [name];
      return isStandard ? [name, `${name}:${port}`] : [`${name}:${port}`];
    }),
  );
}

/** For people and programs, without a slash at the end. */
export function urlOf({ host }: Address, port: number, tls: boolean): string {
  const shown = isAnyHost(host) ? (host === "::" ? "[::1]" : "127.0.0.1") : inUrl(host);
  return `${tls ? "https" : "http"}://${shown}:${port}`;
}
