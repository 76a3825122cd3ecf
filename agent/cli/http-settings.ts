/** `hotenv agent --http` and what goes with it. */
import { realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { HotenvError } from "../../core/protocol/errors.ts";
import type { HttpSettings } from "../server/http/serve.ts";

export interface HttpOptions {
  readonly http?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly plainHttp?: true;
  readonly allowHost?: readonly string[];
}

/** @throws usage */
export async function httpSettings(options: HttpOptions): Promise<HttpSettings | undefined> {
  const { http, tlsCert, tlsKey, plainHttp, allowHost } = options;
  if (http === undefined) {
    if ([tlsCert, tlsKey, plainHttp, allowHost].every((option) => option === undefined)) return undefined;
    throw new HotenvError("usage", "TLS and hosts are for HTTP, which was not asked for.", {
      todo: "Add --http [HOST:]PORT.",
    });
  }
  if ((tlsCert === undefined) !== (tlsKey === undefined))
    throw new HotenvError("usage", "A certificate needs its key, and a key its certificate.", {
      todo: "Give both --tls-cert and --tls-key.",
    });
  const { parseAddress } = await import("../server/http/address.ts");
  return {
    address: parseAddress(http),
    tls: tlsCert === undefined || tlsKey === undefined ? undefined : { cert: tlsCert, key: tlsKey },
    plainHttp: plainHttp === true,
    allowHosts: allowHost ?? [],
    bundles: bundlesDirectory(),
  };
}

/** The bundles lie beside the agent's own; run from its source, in dist/. */
function bundlesDirectory(): string {
  const script = realpathSync(process.argv[1] ?? "");
  const directory = dirname(script);
  return basename(script).endsWith(".cjs") ? directory : join(directory, "..", "dist");
}
