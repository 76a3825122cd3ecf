/** The HTML around the timeline's script: nothing in it but what this extension brought along. */
import { t } from "./l10n.ts";

export interface PageAddresses {
  readonly script: string;
  readonly style: string | undefined;
  /** Where the page's own files may come from. */
  readonly source: string;
  /** Fresh for each page. */
  readonly nonce: string;
  /** A BCP 47 tag. */
  readonly language: string;
  /** What the page says, by its English text; undefined: it says it in English. */
  readonly texts: Readonly<Record<string, string>> | undefined;
}

export function timelinePage({ script, style, source, nonce, language, texts }: PageAddresses): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${source} 'nonce-${nonce}'`,
    `font-src ${source}`,
    `img-src ${source} data:`,
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="${language}">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${t("Timeline")}</title>${style === undefined ? "" : `\n    <link rel="stylesheet" href="${style}" nonce="${nonce}">`}
  </head>
  <body>${texts === undefined ? "" : `\n    ${data("hotenv-texts", { language, texts })}`}
    <script type="module" src="${script}" nonce="${nonce}"></script>
  </body>
</html>
`;
}

/** No policy forbids it, since nothing in it is run; `<` could end it or begin a comment. */
const data = (id: string, value: object): string =>
  `<script type="application/json" id="${id}">${JSON.stringify(value).replaceAll("<", "\\u003c")}</script>`;
