/** The HTML around the timeline's script: nothing in it but what this extension brought along. */

export interface PageAddresses {
  readonly script: string;
  readonly style: string | undefined;
  /** Where the page's own files may come from. */
  readonly source: string;
  /** Fresh for each page. */
  readonly nonce: string;
}

export function timelinePage({ script, style, source, nonce }: PageAddresses): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${source} 'nonce-${nonce}'`,
    `font-src ${source}`,
    `img-src ${source} data:`,
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Timeline</title>${style === undefined ? "" : `\n    <link rel="stylesheet" href="${style}" nonce="${nonce}">`}
  </head>
  <body>
    <script type="module" src="${script}" nonce="${nonce}"></script>
  </body>
</html>
`;
}
