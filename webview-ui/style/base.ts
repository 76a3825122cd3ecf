import { css } from "lit";

/** Text, buttons and icons. */
export const base = css`
  :host {
    display: block;
    color: var(--text);
    font: var(--size) / 1.5 var(--sans);
    font-variant-numeric: tabular-nums;
  }
  *, ::before, ::after { box-sizing: border-box; }
  h1, h2, h3, p, ul, pre { margin: 0; padding: 0; font: inherit; }
  ul { list-style: none; }
  [hidden] { display: none !important; }
  main {
    container-type: inline-size;
    max-width: 1040px;
    margin: 0 auto;
    padding: 0 20px 40px;
  }
  .muted { color: var(--muted); }
  .mono, code, pre { font-family: var(--mono); font-size: .94em; }
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }

  button {
    font: inherit;
    line-height: 1.4;
    padding: 3px 11px;
    color: var(--second-text);
    background: var(--second);
    border: 1px solid var(--second-border);
    border-radius: 3px;
    white-space: nowrap;
    cursor: pointer;
  }
  button:hover { background: var(--second-hover); }
  button.primary { color: var(--button-text); background: var(--button); border-color: var(--button-border); }
  button.primary:hover { background: var(--button-hover); }
  button.small { padding: 0 8px; font-size: .92em; }
  button.bare { padding: 0; color: inherit; background: none; border: 0; border-radius: 50%; line-height: 0; }
  input, select, textarea {
    font: inherit;
    line-height: 1.4;
    padding: 3px 6px;
    color: var(--field-text);
    background: var(--field);
    border: 1px solid var(--field-border);
    border-radius: 3px;
  }
  input::placeholder { color: var(--muted); opacity: 1; }
  :is(input, select, textarea):focus-visible { outline-offset: -1px; }
  button.link {
    padding: 0;
    color: var(--link);
    background: none;
    border: 0;
    text-align: start;
    white-space: normal;
    overflow-wrap: anywhere;
  }
  button.link:hover { text-decoration: underline; }
  button:disabled { opacity: .5; cursor: default; }
  :focus { outline: none; }
  :focus-visible { outline: 1px solid var(--focus); outline-offset: 1px; }
  .buttons { display: inline-flex; flex-wrap: wrap; gap: 6px; }

  .icon { flex: none; display: block; }
  .icon .fill { fill: currentColor; }
  .icon .stroke, .icon .cut { fill: none; stroke: currentColor; stroke-width: 1.5; stroke-linecap: round; stroke-linejoin: round; }
  .icon .cut { stroke: var(--surface); stroke-width: 1.7; }
  .icon .faint { opacity: .25; }
  .tone-good { --tone: var(--good); }
  .tone-warn { --tone: var(--warn); }
  .tone-bad { --tone: var(--bad); }
  .tone-busy { --tone: var(--busy); }
  .tone-quiet { --tone: var(--muted); }
  .icon[class*="tone-"] { color: var(--tone); }
  .spin { animation: turn 1.1s linear infinite; transform-origin: center; }
  @keyframes turn { to { rotate: 1turn; } }

  .toast { position: fixed; inset: auto 0 20px; display: grid; place-items: center; pointer-events: none; }
  .toast p {
    max-width: min(560px, calc(100% - 40px));
    padding: 8px 14px;
    color: var(--toast-text);
    background: var(--toast);
    border: 1px solid var(--line);
    border-radius: 4px;
    box-shadow: 0 2px 10px var(--shadow);
    pointer-events: auto;
  }

  @media (prefers-reduced-motion: reduce) {
    *, ::before, ::after { animation: none !important; transition: none !important; }
  }
`;
