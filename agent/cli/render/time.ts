/** Moments and spans for people. */
import type { View } from "./view.ts";

const formatters = new Map<string, Intl.DateTimeFormat>();

const padded = (value: number, digits = 2): string => String(value).padStart(digits, "0");

/**
 * "2026-11-21 14:02:11". Where nobody asks for another time zone, the date itself knows: loading what Intl knows of the
 * world would be a tenth of what an idle agent keeps in memory.
 */
function local(date: Date, timeZone: string | undefined): string {
  if (timeZone === undefined) {
    const day = [padded(date.getFullYear(), 4), padded(date.getMonth() + 1), padded(date.getDate())];
    return `${day.join("-")} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => padded(part)).join(":")}`;
  }
  // Sweden writes dates the ISO way.
  let formatter = formatters.get(timeZone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium", timeZone });
    formatters.set(timeZone, formatter);
  }
  return formatter.format(date);
}

/** "14:02:11" today, "2026-11-20 09:15:00" on another day. */
export function formatTime(time: string, view: View): string {
  const text = local(new Date(time), view.timeZone);
  const [day, clock] = text.split(" ");
  return clock !== undefined && day === local(view.now, view.timeZone).split(" ")[0] ? clock : text;
}

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** "205 ms", "1.8 s", "2 min 5 s", "3 h 10 min", "4 d 2 h". */
export function formatDuration(ms: number): string {
  if (ms < secondMs - 0.5) return `${Math.round(ms)} ms`;
  // What would be rounded to "60.0 s" is a minute.
  if (ms < minuteMs - 50) return `${(ms / secondMs).toFixed(1)} s`;
  const [whole, unit, part, partUnit] =
    ms < hourMs
      ? ([minuteMs, "min", secondMs, "s"] as const)
      : ms < dayMs
        ? ([hourMs, "h", minuteMs, "min"] as const)
        : ([dayMs, "d", hourMs, "h"] as const);
  const atLeast = Math.max(ms, minuteMs);
  const rest = Math.floor((atLeast % whole) / part);
  return `${Math.floor(atLeast / whole)} ${unit}${rest === 0 ? "" : ` ${rest} ${partUnit}`}`;
}

/** How long ago, coarsely. */
export function formatAge(time: string, view: View): string {
  const ms = Math.max(0, view.now.getTime() - new Date(time).getTime());
  return ms < minuteMs ? `${Math.floor(ms / secondMs)} s` : formatDuration(ms);
}
