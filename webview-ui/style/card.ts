import { css } from "lit";

/** A card closed: its mark on the line of time, and two lines of text. */
export const cardStyle = css`
  [role="feed"] { padding-top: 8px; }
  article {
    position: relative;
    display: grid;
    grid-template-columns: 28px minmax(0, 1fr);
    padding: 0 8px 0 6px;
    border: 1px solid transparent;
    border-radius: 4px;
    scroll-margin: 110px 0 20px;
    contain: layout style;
  }
  article:hover { background: var(--hover); border-color: var(--active-edge); }
  article:focus-visible { outline: 1px solid var(--focus); outline-offset: -1px; }
  .node { position: relative; padding-top: 11px; color: var(--tone); }
  .node .icon { position: relative; z-index: 1; background: var(--surface); border-radius: 50%; box-shadow: 0 0 0 3px var(--surface); }
  .node::before { content: ""; position: absolute; inset: -1px auto -1px 7.5px; border-inline-start: 1px solid var(--rail); }
  article.first .node::before { top: 16px; }
  article.last .node::before { bottom: calc(100% - 16px); }
  .content { min-width: 0; padding: 8px 0; border-bottom: 1px solid color-mix(in srgb, var(--line) 55%, transparent); }
  article.last .content { border-bottom-color: transparent; }

  .head { display: flex; align-items: baseline; gap: 10px; cursor: pointer; }
  .head h2 { flex: none; }
  .title { padding: 0; font-weight: 600; color: inherit; background: none; border: 0; border-radius: 2px; }
  .title:hover { background: none; }
  .tag {
    flex: none;
    padding: 0 6px;
    font-size: .85em;
    line-height: 1.5;
    color: var(--muted);
    border: 1px solid var(--line);
    border-radius: 9px;
  }
  .pinned { flex: none; align-self: center; margin-inline-start: -6px; color: var(--muted); }
  .keys { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .keys code { margin-inline-end: .5em; }
  .verdict { flex: none; width: 84px; font-weight: 600; }
  /* Themes choose these colours for squiggles: for text they need more contrast. */
  .tone-bad .verdict, .tone-warn .verdict { color: color-mix(in srgb, var(--tone) 70%, var(--text)); }
  .tone-good .verdict, .tone-quiet .verdict { font-weight: 400; }
  .took { flex: none; width: 64px; color: var(--muted); text-align: end; white-space: nowrap; }
  time { flex: none; width: 92px; color: var(--muted); text-align: end; white-space: nowrap; }
  .chevron { align-self: center; color: var(--muted); opacity: .55; transition: rotate .12s; }
  .head:hover .chevron { opacity: 1; }
  .open .chevron { rotate: 90deg; }

  .second { display: flex; align-items: baseline; gap: 12px; min-height: 1.5em; }
  .about { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; color: var(--muted); }
  .open .about { white-space: normal; overflow-wrap: anywhere; }
  .facts > span + span::before { content: "·"; margin: 0 .45em; opacity: .7; }
  .facts:not(:empty) + .reason::before, .facts:not(:empty) + .why::before { content: "·"; margin: 0 .45em; opacity: .7; }
  .severity { display: inline-flex; align-items: baseline; gap: 2px; color: var(--muted); white-space: nowrap; }
  .severity .icon { width: 13px; height: 13px; align-self: center; }
  .about .severity { margin-inline: -3px .7em; color: var(--text); }
  .about .why { color: var(--text); }
  .explanation { margin-top: 1px; overflow-wrap: anywhere; }

  /* Not there until the card has the reader's attention, and then over the line's end, so that nothing moves. */
  .acts { display: none; flex: none; gap: 6px; }
  .open .acts, .running .acts { display: inline-flex; }
  article:not(.open, .running):is(.active, :hover, :focus-within, :focus) .acts {
    display: inline-flex;
    position: absolute;
    inset: auto 8px 8px auto;
    padding-inline-start: 10px;
    background: linear-gradient(var(--hover), var(--hover)), var(--surface);
  }
  /* It had the focus last, and gets it back when a dialog is closed. */
  article.active:not(.open, .running, :hover, :focus-within, :focus) .acts { opacity: 0; }
  @media (hover: none) { article:not(.open, .running) .acts { display: inline-flex; opacity: 1 !important; } }

  .room { position: relative; }
  .room::before { content: ""; position: absolute; inset: 0 auto 0 14.5px; border-inline-start: 1px solid var(--rail); }
  .older { padding: 14px 0 0 34px; color: var(--muted); }
  .older p { margin-bottom: 6px; }

  @container (max-width: 560px) {
    .head { flex-wrap: wrap; gap: 0 10px; padding-inline-end: 20px; position: relative; }
    .head::after { content: ""; order: 2; flex-basis: 100%; }
    .verdict, .took { order: 3; }
    .keys { order: 4; flex-basis: 100%; white-space: normal; overflow-wrap: anywhere; }
    .verdict, .took, time { width: auto; }
    time { order: 1; margin-inline-start: auto; }
    .chevron { position: absolute; inset: 3px 0 auto auto; }
    .second { flex-wrap: wrap; gap: 4px 12px; }
    .about { flex-basis: 100%; white-space: normal; overflow-wrap: anywhere; }
    article:not(.open, .running) .acts { display: none !important; }
    .acts { margin-top: 4px; }
  }
`;
