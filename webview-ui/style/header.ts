import { css } from "lit";

/** The header and what stands between it and the timeline. */
export const headerStyle = css`
  .top { position: sticky; top: 0; z-index: 2; background: var(--surface); }
  .top .notice { margin: 10px 0; }
  .top:has(.notice) { border-bottom: 1px solid var(--line); }
  .top:has(.notice) header { border-bottom: 0; padding-bottom: 0; }
  main:has(.top .notice) article { scroll-margin-top: 180px; }
  header { padding: 14px 0 10px; border-bottom: 1px solid var(--line); }
  .bar { display: flex; align-items: center; gap: 4px 14px; min-height: 28px; }
  h1 { font-size: 1.25em; font-weight: 600; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .state { display: inline-flex; align-items: center; gap: 4px; white-space: nowrap; }
  .detail { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; color: var(--muted); }
  .bar .buttons { flex: none; flex-wrap: nowrap; margin-inline-start: auto; }
  .services { display: flex; flex-wrap: wrap; gap: 2px 18px; margin-top: 6px; }
  .services li { display: inline-flex; align-items: center; gap: 5px; white-space: nowrap; }
  .services.stale, .services.stale .icon { color: var(--muted); }
  .services .icon { margin-inline-start: -3px; }

  .filters { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 10px; padding: 10px 0 2px; }
  .search { position: relative; flex: 0 1 240px; display: inline-flex; align-items: center; }
  .search .icon { position: absolute; inset-inline-start: 6px; color: var(--muted); pointer-events: none; }
  .search input { width: 100%; padding-inline-start: 26px; }
  .found { white-space: nowrap; }
  .chip { display: inline-flex; align-items: center; gap: 3px; padding: 1px 3px 1px 8px; border: 1px solid var(--line); border-radius: 11px; }
  .chart-toggle { display: inline-flex; align-items: center; gap: 5px; margin-inline-start: auto; }
  .chart-toggle[aria-pressed="true"] { border-color: var(--focus); }

  .chart { padding: 12px 0 10px; border-bottom: 1px solid var(--line); }
  figure { width: fit-content; min-width: min(100%, 420px); max-width: 100%; margin: 0 0 10px; }
  .plot { position: relative; padding-top: 16px; }
  .plot .top { position: absolute; top: -4px; inset-inline-start: 0; font-size: .92em; }
  .bars { width: calc(var(--count) * 40px); max-width: 100%; display: flex; align-items: stretch; justify-content: flex-start; height: 96px; border-block: 1px solid var(--line); border-top-style: dashed; }
  .run { flex: 1 1 0; max-width: 40px; min-width: 2px; display: flex; align-items: flex-end; padding: 0 1px; cursor: pointer; }
  .run > span { width: 100%; background: var(--tone); border-radius: 1px 1px 0 0; outline: 1px solid var(--edge); outline-offset: -1px; }
  /* Not by colour alone: what was not applied is striped. */
  .run.bad-end > span { background: repeating-linear-gradient(135deg, var(--tone) 0 3px, color-mix(in srgb, var(--tone) 45%, var(--surface)) 3px 5px); }
  .run:hover { background: color-mix(in srgb, var(--muted) 22%, transparent); }
  figcaption { display: flex; justify-content: space-between; gap: 12px; margin-top: 2px; font-size: .92em; }
  table { border-collapse: collapse; }
  th, td { padding: 1px 24px 1px 0; font-weight: 400; text-align: end; white-space: nowrap; }
  th:first-child { text-align: start; }
  thead th { color: var(--muted); font-size: .92em; }
  .rate { display: inline-block; width: 48px; height: 6px; margin-inline-end: 8px; vertical-align: middle; background: color-mix(in srgb, var(--bad) 60%, var(--surface)); border-radius: 1px; outline: 1px solid var(--edge); overflow: hidden; }
  .rate > span { display: block; height: 100%; background: var(--good); }
  .percent { display: inline-block; min-width: 5ch; }
  .failing { margin-top: 6px; }

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
  .blank.none { margin-top: 9vh; }
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
    .search { flex-basis: 100%; }
    figcaption { flex-wrap: wrap; }
    th, td { padding-inline-end: 12px; }
    .detail { order: 3; flex-basis: 100%; white-space: normal; }
    .detail:empty { display: none; }
    .notice { grid-template-columns: 16px 1fr; }
    .notice .buttons { grid-column: 2; margin-top: 4px; }
    .problems { grid-template-columns: 1fr; }
    .problems li { margin-bottom: 4px; }
  }
`;
