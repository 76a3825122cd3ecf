import { css } from "lit";

/** What is behind an open card: changes, steps, log. */
export const bodyStyle = css`
  .body { padding: 4px 0 6px; }
  .body section { display: grid; grid-template-columns: 84px minmax(0, 1fr); margin-top: 8px; }
  .body h3 { color: var(--muted); }
  .unread { display: flex; align-items: baseline; gap: 8px; margin-top: 8px; }
  .unread .icon { align-self: center; }

  .changes { display: grid; grid-template-columns: max-content fit-content(34%) minmax(0, 1fr) max-content; gap: 2px 10px; }
  /* Over the severity, so that no room is kept for it. */
  .key-acts { position: absolute; inset-inline-end: 0; background: var(--surface); opacity: 0; }
  .change:hover .key-acts, .change:focus-within .key-acts { opacity: 1; }
  @media (hover: none) { .key-acts { opacity: 1; } }
  .key .link { color: inherit; }
  .key .link:hover { color: var(--link); }
  .source { grid-column: 1 / -1; display: flex; gap: 10px; color: var(--muted); }
  .source:not(:first-child) { margin-top: 6px; }
  .changes .severity { min-width: 76px; }
  .changes .severity.minor { padding-inline-start: 15px; }
  .source .severity { margin-inline-start: auto; }
  .change { display: grid; grid-column: 1 / -1; grid-template-columns: subgrid; align-items: baseline; position: relative; }
  .mark { width: 1ch; font-family: var(--mono); color: var(--muted); }
  .mark.added { color: var(--good); }
  .mark.removed { color: var(--bad); }
  .key { overflow-wrap: anywhere; }
  .values { min-width: 0; overflow-wrap: anywhere; }
  .value { padding: 1px 4px; border: 1px solid var(--value-edge, transparent); border-radius: 3px; box-decoration-break: clone; -webkit-box-decoration-break: clone; white-space: pre-wrap; }
  .value.before { background: var(--removed); }
  .value.after { background: var(--inserted); }
  .value.empty { font-style: italic; }
  /* Its letters have no italics; they are in brackets. */
  .value.empty:lang(zh) { font-style: normal; }
  .arrow { margin: 0 .35em; color: var(--muted); }

  .steps { display: grid; grid-template-columns: fit-content(30%) max-content minmax(60px, 1fr) max-content 64px; gap: 0 12px; }
  .step { display: grid; grid-column: 1 / -1; grid-template-columns: subgrid; align-items: center; padding-bottom: 4px; }
  .step .service { overflow-wrap: anywhere; }
  .track {
    display: flex;
    align-items: center;
    height: 8px;
    overflow: hidden;
    background: color-mix(in srgb, var(--muted) 14%, transparent);
    border-radius: 2px;
    outline: 1px solid var(--edge);
  }
  .legend { display: flex; flex-wrap: wrap; gap: 2px 14px; margin-top: 2px; font-size: .92em; }
  .legend > span { display: inline-flex; align-items: center; gap: 5px; }
  .legend .segment { flex-basis: 10px; height: 8px; border-radius: 1px; }
  .legend .segment.preparing { height: 2px; }
  .legend .span { margin-inline-start: auto; }
  @media (forced-colors: active) { .segment, .rate > span, .run > span { forced-color-adjust: none; } }
  .gap { flex: 0 0 0; }
  .segment { flex: 0 0 0; height: 100%; background: var(--tone); }
  .segment.pending, .segment.skipped { --tone: color-mix(in srgb, var(--muted) 45%, transparent); }
  /* Prepared early, a step then waits for its turn. */
  .segment.preparing { --tone: color-mix(in srgb, var(--muted) 55%, transparent); height: 2px; }
  .segment.stopping { --tone: var(--stopping); }
  .segment.starting { --tone: var(--busy); }
  .segment.probing { --tone: var(--probing); }
  .segment.healthy { --tone: var(--good); }
  .segment.failed { --tone: var(--bad); }
  .segment.rolling-back, .segment.rolled-back { --tone: var(--warn); }
  .step-state { display: inline-flex; align-items: center; gap: 4px; min-width: 98px; white-space: nowrap; }
  .step[data-state="pending"] .step-state, .step[data-state="pending"] .service { color: var(--muted); }
  .cause { grid-column: 1 / -1; margin-top: -1px; font-size: .92em; overflow-wrap: anywhere; }

  .note { white-space: pre-wrap; overflow-wrap: anywhere; }
  .writing { display: grid; gap: 6px; justify-items: start; }
  textarea { width: 100%; min-height: 3.4em; resize: vertical; }
  .more { margin: 10px 0 2px 84px; }

  summary { width: max-content; color: var(--muted); cursor: pointer; border-radius: 2px; }
  summary:hover { color: var(--text); }
  pre {
    max-height: 320px;
    margin-top: 4px;
    padding: 7px 10px;
    overflow: auto;
    line-height: 1.45;
    background: var(--code);
    border: 1px solid var(--edge);
    border-radius: 3px;
    overscroll-behavior: auto;
  }

  @container (max-width: 560px) {
    .body section { grid-template-columns: minmax(0, 1fr); }
    .changes { grid-template-columns: max-content minmax(0, 1fr) max-content; }
    .values { grid-column: 2 / -1; grid-row: 2; }
    .key-acts { position: static; grid-column: 2 / -1; grid-row: 3; opacity: 1; }
    .key-acts:empty { display: none; }
    .more { margin-inline-start: 0; }
    .steps { grid-template-columns: minmax(0, 1fr) max-content 64px; }
    .step { grid-template-areas: "service state took" "track track track" "cause cause cause"; }
    .step .service { grid-area: service; }
    .step .action { display: none; }
    .track { grid-area: track; margin: 2px 0; }
    .step-state { grid-area: state; min-width: 0; }
    .step .took { grid-area: took; }
    .cause { grid-area: cause; }
  }
`;
