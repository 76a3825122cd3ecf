import { css } from "lit";

/** The header and what stands between it and the timeline. */
export const headerStyle = css`
  header {
    position: sticky;
    top: 0;
    z-index: 2;
    padding: 14px 0 10px;
    background: var(--surface);
    border-bottom: 1px solid var(--line);
  }
  .bar { display: flex; align-items: center; gap: 4px 14px; min-height: 28px; }
  h1 { font-size: 1.25em; font-weight: 600; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .state { display: inline-flex; align-items: center; gap: 4px; white-space: nowrap; }
  .detail { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; color: var(--muted); }
  .bar .buttons { flex: none; flex-wrap: nowrap; margin-inline-start: auto; }
  .services { display: flex; flex-wrap: wrap; gap: 2px 18px; margin-top: 6px; }
  .services li { display: inline-flex; align-items: center; gap: 5px; white-space: nowrap; }
  .services.stale { opacity: .6; }
  .services .icon { margin-inline-start: -3px; }

  .notice {
    display: grid;
    grid-template-columns: 16px 1fr auto;
    gap: 4px 10px;
    margin-top: 12px;
    padding: 9px 12px;
    background: color-mix(in srgb, var(--tone) 8%, var(--surface));
    border: 1px solid color-mix(in srgb, var(--tone) 45%, transparent);
    border-radius: 4px;
  }
  .notice.bad { --tone: var(--bad); }
  .notice.warn { --tone: var(--warn); }
  .notice.quiet { --tone: var(--muted); }
  .notice > .icon { margin-top: .14em; }
  .notice > p, .notice:has(> .buttons) > .icon { align-self: center; margin-top: 0; }
  .notice h2 { font-weight: 600; }
  .notice .buttons { align-items: center; }
  .problems { display: grid; grid-template-columns: max-content 1fr; gap: 3px 16px; margin: 5px 0 6px; }
  .problems li { display: grid; grid-column: 1 / -1; grid-template-columns: subgrid; align-items: baseline; }

  .blank { max-width: 54ch; margin: 14vh auto 0; text-align: center; text-wrap: balance; }
  .blank h1, .blank h2 { margin-bottom: 8px; font-size: 1.25em; font-weight: 600; }
  .blank p + p { margin-top: 6px; }
  .blank .buttons { justify-content: center; margin-top: 18px; }
  .blank .watched { display: flex; flex-wrap: wrap; justify-content: center; gap: 2px 12px; margin-top: 14px; }

  /* What comes within the blink of an eye is not announced. */
  .loading { padding: 20px 0 0 6px; opacity: 0; animation: appear .3s .25s forwards; }
  @keyframes appear { to { opacity: 1; } }
  .bones { display: flex; align-items: center; gap: 12px; margin-top: 26px; }
  .bone { height: 14px; width: min(560px, 80%); border-radius: 3px; background: color-mix(in srgb, var(--muted) 16%, transparent); }
  .bone.wide { width: 34%; height: 20px; }
  .bone.round { width: 16px; height: 16px; border-radius: 50%; }
  .bones:nth-child(3) .bone:last-child { width: min(420px, 60%); }
  .bones:nth-child(4) .bone:last-child { width: min(500px, 72%); }
  @media (prefers-reduced-motion: reduce) { .loading { opacity: 1; } }

  @container (max-width: 560px) {
    .bar { flex-wrap: wrap; }
    .detail { order: 3; flex-basis: 100%; white-space: normal; }
    .detail:empty { display: none; }
    .notice { grid-template-columns: 16px 1fr; }
    .notice .buttons { grid-column: 2; margin-top: 4px; }
    .problems { grid-template-columns: 1fr; }
    .problems li { margin-bottom: 4px; }
  }
`;
