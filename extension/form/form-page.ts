/** The HTML around the form's script: nothing in it but what this extension brought along. */

export interface FormPageAddresses {
  readonly script: string;
  /** Fresh for each page. */
  readonly nonce: string;
  /** A BCP 47 tag. */
  readonly language: string;
}

export function formPage({ script, nonce, language }: FormPageAddresses): string {
  return `<!DOCTYPE html>
<html lang="${language}">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-${nonce}'">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Hotenv</title>
  </head>
  <body>
    <script type="module" src="${script}" nonce="${nonce}"></script>
  </body>
</html>
`;
}
