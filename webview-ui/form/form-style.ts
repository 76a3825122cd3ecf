import { css } from "lit";

export const formStyle = css`
  main { max-width: 860px; }
  header {
    position: sticky;
    top: 0;
    z-index: 1;
    display: grid;
    gap: 8px;
    padding: 14px 0 12px;
    background: var(--surface);
    border-bottom: 1px solid var(--line);
  }
  .title { display: flex; align-items: baseline; gap: 12px; }
  .title h1 { font-size: 1.35em; font-weight: 600; }
  .space { flex: 1; }
  .count { color: var(--bad); }
  .save { display: flex; gap: 8px; }
  .save input { flex: 1; }
  .impact { min-height: 1.5em; }
  .impact ul { display: inline-flex; flex-wrap: wrap; gap: 2px 16px; margin-inline-start: 6px; }
  .note { margin: 12px 0 0; color: var(--muted); }
  .bad, .note.bad { color: var(--bad); }
  .fields { display: grid; }
  .field { display: grid; gap: 4px; padding: 12px 0 12px 14px; border-bottom: 1px solid var(--line); }
  .field.wrong { padding-inline-start: 11px; border-inline-start: 3px solid var(--bad); }
  .field.unset label { color: var(--muted); }
  .name { display: flex; flex-wrap: wrap; align-items: baseline; gap: 8px; }
  .name label { font-weight: 600; overflow-wrap: anywhere; }
  .tag { padding: 0 6px; font-size: .85em; color: var(--muted); border: 1px solid var(--line); border-radius: 8px; }
  .tag.quiet { border-style: dashed; }
  .control { display: flex; align-items: center; gap: 8px; }
  .control > input, .control > select { flex: 1; min-width: 0; max-width: 560px; }
  .about { max-width: 72ch; white-space: pre-line; }
  .hint { display: flex; flex-wrap: wrap; gap: 12px; font-size: .92em; }
  a { color: var(--link); }
  .adder { display: flex; flex-wrap: wrap; gap: 8px; padding: 16px 0 0 14px; }
  .adder input { flex: 1; min-width: 120px; max-width: 280px; }

  input:not([type="checkbox"]), select {
    font: inherit;
    padding: 3px 7px;
    color: var(--vscode-input-foreground, var(--text));
    background: var(--vscode-input-background, var(--surface));
    border: 1px solid var(--vscode-settings-textInputBorder, var(--vscode-input-border, var(--line)));
    border-radius: 3px;
  }
  select {
    color: var(--vscode-dropdown-foreground, var(--text));
    background: var(--vscode-dropdown-background, var(--surface));
    border-color: var(--vscode-dropdown-border, var(--line));
  }
  input.mono, select.mono { font-family: var(--mono); }
  input::placeholder { color: var(--vscode-input-placeholderForeground, var(--muted)); opacity: 1; }
  input[readonly] { background: transparent; }
  input[aria-invalid="true"], select[aria-invalid="true"] { border-color: var(--vscode-inputValidation-errorBorder, var(--bad)); }
  input:disabled { opacity: .6; }
  :is(input, select):focus-visible { outline: 1px solid var(--focus); outline-offset: -1px; }

  .switch { display: inline-flex; align-items: center; gap: 8px; }
  .switch input {
    appearance: none;
    width: 34px;
    height: 18px;
    margin: 0;
    background: var(--vscode-input-background, var(--surface));
    border: 1px solid var(--vscode-checkbox-border, var(--muted));
    border-radius: 9px;
    cursor: pointer;
  }
  .switch input::before {
    content: "";
    display: block;
    width: 12px;
    height: 12px;
    margin: 2px;
    background: var(--muted);
    border-radius: 50%;
    transition: translate .12s;
  }
  .switch input:checked { background: var(--button); border-color: var(--vscode-contrastBorder, var(--button)); }
  .switch input:checked::before { background: var(--button-text); translate: 16px; }
  @media (forced-colors: active) { .switch input:checked::before { background: Highlight; } }
`;
