/** The page's own files, and no others: each has a name here, so that no path can lead anywhere else. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { type Answer, refusal } from "./respond.ts";

const html = `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Hotenv</title>
    <link rel="icon" href="data:,">
    <script src="/host.js"></script>
    <script type="module" src="/page.js"></script>
  </head>
  <body>
    <noscript>The timeline of Hotenv needs JavaScript. Programs ask /api; see /api/openapi.json.</noscript>
  </body>
</html>
`;

interface Asset {
  readonly type: string;
  /** From the directory of the bundles; absent for what is in this file. */
  readonly file?: string;
}

const assets: Readonly<Record<string, Asset>> = {
  "/": { type: "text/html; charset=utf-8" },
  "/host.js": { type: "text/javascript; charset=utf-8", file: "browser-host.js" },
  "/page.js": { type: "text/javascript; charset=utf-8", file: "webview.js" },
  /** All of the extension's texts in that language: the page finds its own among them. */
  "/l10n/zh-cn.json": {
    type: "application/json; charset=utf-8",
    file: "../l10n/bundle.l10n.zh-cn.json",
  },
};

export const isAsset = (path: string): boolean => Object.hasOwn(assets, path);

interface Ready {
  readonly etag: string;
  readonly plain: Buffer;
  readonly zipped: Buffer;
}

const zip = promisify(gzip);

export interface Assets {
  answer(path: string, request: IncomingMessage): Promise<Answer>;
}

/** @param directory where the bundles are */
export function openAssets(directory: string): Assets {
  const ready = new Map<string, Promise<Ready>>();
  const load = async (file: string | undefined): Promise<Ready> => {
    const plain = file === undefined ? Buffer.from(html) : await readFile(join(directory, file));
    const hash = createHash("sha256").update(plain).digest("base64url").slice(0, 22);
    return { etag: `"${hash}"`, plain, zipped: await zip(plain) };
  };
  return {
    async answer(path, request) {
      const { type, file } = assets[path] ?? { type: "" };
      let loading = ready.get(path);
      if (loading === undefined) {
        loading = load(file);
        ready.set(path, loading);
        // Not built yet: the next request looks again.
        loading.catch(() => ready.delete(path));
      }
      const asset = await loading.catch(() => undefined);
      if (asset === undefined)
        return refusal(503, "The page is not there: Hotenv was not installed whole, or not built.");
      const headers = { ETag: asset.etag, "Cache-Control": "no-cache", Vary: "Accept-Encoding" };
      if (request.headers["if-none-match"] === asset.etag) return { status: 304, headers };
      const unzipped = !/\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""));
      return unzipped
        ? { status: 200, type, headers, body: asset.plain }
        : { status: 200, type, headers: { ...headers, "Content-Encoding": "gzip" }, body: asset.zipped };
    },
  };
}
