import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { formatTime } from "./time.ts";

/** What the world's own rules say, also for a time zone that nobody named. */
const oracle = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium" });

describe("formatTime", () => {
  it("says day and time as Intl does for where this process is, over summers and new years", () => {
    const view = { color: false, width: 80, now: new Date(0) };
    const [start, step] = [Date.UTC(2019, 0, 1), 7 * 3_600_000 + 61_007];
    for (let index = 0; index < 5_000; index += 1) {
      const time = new Date(start + index * step);
      assert.equal(formatTime(time.toISOString(), view), oracle.format(time));
    }
  });

  it("leaves the day out where it is today, in the time zone that was asked for", () => {
    const view = { color: false, width: 80, now: new Date("2026-11-21T01:00:00Z"), timeZone: "Asia/Tokyo" };
    assert.equal(formatTime("2026-11-20T16:00:05Z", view), "01:00:05");
    assert.equal(formatTime("2026-11-20T14:59:59Z", view), "2026-11-20 23:59:59");
  });
});
