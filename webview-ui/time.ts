/** Moments and durations for people. */

const units = [
  ["year", 365 * 86_400],
  ["month", 30 * 86_400],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "short" });
const absolute = new Intl.DateTimeFormat("en", { dateStyle: "full", timeStyle: "medium" });

/** "2 min. ago"; "just now" within the last minute, so that nothing ticks. Both in ms since 1970. */
export function ago(then: number, now: number): string {
  const seconds = Math.max(0, Math.floor((now - then) / 1000));
  const unit = units.find(([, length]) => seconds >= length);
  return unit === undefined ? "just now" : relative.format(-Math.floor(seconds / unit[1]), unit[0]);
}

/** "Saturday, November 21, 2026 at 9:31:02 AM", in the reader's time zone. */
export const exactly = (moment: number): string => absolute.format(moment);

/** "840 ms", "1.8 s", "2 min 5 s". */
export function took(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
}

/** As `took`, in whole tenths of a second: a number that ticks must not change its unit. */
export const ticking = (ms: number): string => (ms < 59_950 ? `${(ms / 1000).toFixed(1)} s` : took(ms));
