/** Moments and durations for people. */
import { language, t } from "./l10n.ts";

const units = [
  ["year", 365 * 86_400],
  ["month", 30 * 86_400],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

const formatsOf = (tag: string) => ({
  tag,
  relative: new Intl.RelativeTimeFormat(tag, { numeric: "auto", style: "short" }),
  absolute: new Intl.DateTimeFormat(tag, { dateStyle: "full", timeStyle: "medium" }),
});
/** To make them costs more than to use them. */
let made = formatsOf("en");
function formats(): typeof made {
  const tag = language();
  if (made.tag !== tag) made = formatsOf(tag);
  return made;
}

/** "2 min. ago"; "just now" within the last minute, so that nothing ticks. Both in ms since 1970. */
export function ago(then: number, now: number): string {
  const seconds = Math.max(0, Math.floor((now - then) / 1000));
  const unit = units.find(([, length]) => seconds >= length);
  return unit === undefined
    ? t("just now")
    : formats().relative.format(-Math.floor(seconds / unit[1]), unit[0]);
}

/** "Saturday, November 21, 2026 at 9:31:02 AM", in the reader's time zone. */
export const exactly = (moment: number): string => formats().absolute.format(moment);

/** "840 ms", "1.8 s", "2 min 5 s". */
export function took(ms: number): string {
  if (ms < 999.5) return t("{0} ms", Math.round(ms));
  if (ms < 59_950) return t("{0} s", (ms / 1000).toFixed(1));
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  return seconds % 60 === 0 ? t("{0} min", minutes) : t("{0} min {1} s", minutes, seconds % 60);
}

/** As `took`, in whole tenths of a second: a number that ticks must not change its unit. */
export const ticking = (ms: number): string => (ms < 59_950 ? t("{0} s", (ms / 1000).toFixed(1)) : took(ms));
