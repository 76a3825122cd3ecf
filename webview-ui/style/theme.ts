/**
 * The page's colours and sizes, each with VS Code's theme first. Where a theme has none, as in a browser, the
 * system's light or dark is followed. Set on the document, so that every shadow root inherits them.
 */
const theme = `
:root { color-scheme: light dark; }
body {
  margin: 0;
  padding: 0;
  --text: var(--vscode-foreground, light-dark(#1f2328, #d6dbe1));
  --muted: var(--vscode-descriptionForeground, light-dark(#59636e, #9198a1));
  --surface: var(--vscode-editor-background, light-dark(#ffffff, #1b1e23));
  --line: var(--vscode-panel-border, light-dark(#d8dee4, #343a42));
  --rail: color-mix(in srgb, var(--muted) 32%, var(--surface));
  --hover: color-mix(in srgb, var(--vscode-list-hoverBackground, light-dark(#00000014, #ffffff14)) 55%, transparent);
  --focus: var(--vscode-focusBorder, light-dark(#0969da, #4493f8));
  --link: var(--vscode-textLink-foreground, light-dark(#0969da, #4493f8));
  --good: var(--vscode-charts-green, light-dark(#2c7d35, #6cc077));
  --warn: var(--vscode-editorWarning-foreground, light-dark(#9a6700, #d9a441));
  --bad: var(--vscode-editorError-foreground, light-dark(#c62828, #f0716b));
  --busy: var(--vscode-charts-blue, light-dark(#0969da, #4c9bf5));
  --stopping: var(--vscode-charts-orange, light-dark(#c4621a, #d98a4b));
  --probing: var(--vscode-charts-purple, light-dark(#7a46b8, #b18ae0));
  --button: var(--vscode-button-background, light-dark(#0969da, #2f6fc4));
  --button-text: var(--vscode-button-foreground, #ffffff);
  --button-hover: var(--vscode-button-hoverBackground, light-dark(#0b5fc0, #3b7cd4));
  --button-border: var(--vscode-button-border, transparent);
  --second: var(--vscode-button-secondaryBackground, light-dark(#eaedf0, #30363d));
  --second-border: var(--vscode-button-secondaryBorder, var(--vscode-button-separator, transparent));
  --second-text: var(--vscode-button-secondaryForeground, var(--text));
  --second-hover: var(--vscode-button-secondaryHoverBackground, light-dark(#dfe3e8, #3a4149));
  --field: var(--vscode-input-background, light-dark(#ffffff, #24282e));
  --field-text: var(--vscode-input-foreground, var(--text));
  --field-border: var(--vscode-input-border, var(--vscode-editorWidget-border, light-dark(#c9d0d8, #3d444d)));
  --code: var(--vscode-textCodeBlock-background, light-dark(#f3f5f7, #24282e));
  --removed: var(--vscode-diffEditor-removedTextBackground, light-dark(#ffd7d566, #f8514933));
  --inserted: var(--vscode-diffEditor-insertedTextBackground, light-dark(#aceebb66, #3fb95033));
  --toast: var(--vscode-notifications-background, light-dark(#ffffff, #24282e));
  --toast-text: var(--vscode-notifications-foreground, var(--text));
  --shadow: var(--vscode-widget-shadow, #0000003d);
  /* Set by high-contrast themes alone: there, every surface has an edge and no colour stands by itself. */
  --edge: var(--vscode-contrastBorder, transparent);
  --active-edge: var(--vscode-contrastActiveBorder, transparent);
  --sans: var(--vscode-font-family, system-ui, -apple-system, "Segoe UI", sans-serif);
  --size: var(--vscode-font-size, 13px);
  --mono: var(--vscode-editor-font-family, ui-monospace, "SF Mono", Menlo, Consolas, monospace);
  background: var(--surface);
}
body.vscode-high-contrast, body.vscode-high-contrast-light {
  --line: var(--vscode-contrastBorder);
  --hover: var(--vscode-list-hoverBackground, transparent);
  --removed: transparent;
  --inserted: transparent;
  --button: var(--vscode-button-background, transparent);
  --button-border: var(--vscode-contrastBorder);
  --second-border: var(--vscode-contrastBorder);
  --rail: var(--vscode-contrastBorder);
  --second: var(--vscode-button-secondaryBackground, transparent);
  --code: transparent;
  --value-edge: var(--vscode-contrastBorder);
  --field-border: var(--vscode-contrastBorder);
}
`;

export function pageStyle(): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(theme);
  return sheet;
}
