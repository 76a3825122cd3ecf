/** Arguments as the grammar takes them. */
import { InvalidArgumentError } from "commander";
import { parseDuration } from "../../core/settings/duration.ts";

/** @returns milliseconds */
export function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined || ms <= 0)
    throw new InvalidArgumentError("It must be a duration such as 500ms, 15m or 1h30m.");
  return ms;
}

export function positive(text: string): number {
  const value = Number(text);
  if (!/^[0-9]+$/.test(text) || value < 1 || !Number.isSafeInteger(value))
    throw new InvalidArgumentError("It must be a whole number from 1 up.");
  return value;
}

const unitHours: Readonly<Record<string, number>> = { h: 1, d: 24, w: 168 };

/** A date or a time, or how long ago: "2026-11-21", "12h", "30d", "4w". @returns ISO 8601, UTC */
export function moment(text: string): string {
  const [, count, unit = ""] = /^(\d{1,6})([hdw])$/.exec(text) ?? [];
  const hours = unitHours[unit];
  const time =
    count === undefined || hours === undefined
      ? Date.parse(/^\d{4}-\d\d-\d\d/.test(text) ? text : "")
      : Date.now() - Number(count) * hours * 3_600_000;
  if (Number.isNaN(time))
    throw new InvalidArgumentError("It must be a date (2026-11-21), or how long ago (12h, 30d, 4w).");
  return new Date(time).toISOString();
}
