/** Whether a request comes from where it may: decided by its head alone, before anything of it is acted upon. */
import type { IncomingMessage } from "node:http";

export interface Refusal {
  readonly status: number;
  /** A sentence. */
  readonly why: string;
}

/**
 * @param hosts what `Host` may be
 * @param scheme of our own pages
 */
export function refusalOfOrigin(
  { headers, method, url }: IncomingMessage,
  hosts: ReadonlySet<string>,
  scheme: "http" | "https",
): Refusal | undefined {
  const host = headers.host?.toLowerCase();
  // A name of somebody else's that leads to this machine would make their page ours.
  if (host === undefined || !hosts.has(host))
    return { status: 421, why: "This agent does not answer to that name." };
  const foreign: Refusal = { status: 403, why: "Pages of other origins may not talk to this agent." };
  if (headers.origin !== undefined && headers.origin.toLowerCase() !== `${scheme}://${host}`) return foreign;
  const site = headers["sec-fetch-site"];
  if (site === undefined || site === "same-origin" || site === "none") return undefined;
  // A link may lead here from anywhere. The page that it opens knows nothing by itself.
  const isLink =
    method === "GET" &&
    url === "/" &&
    headers["sec-fetch-mode"] === "navigate" &&
    headers["sec-fetch-dest"] === "document";
  return isLink ? undefined : foreign;
}
