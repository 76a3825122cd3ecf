/** The changes that a rollout failed with, each at its place in the file. */
import { entriesOf, parseDotenv, placed } from "../core/dotenv/document.ts";
import type { Range } from "../core/dotenv/text.ts";
import type { ChangeEntry, Rollout, Status } from "../core/protocol/words.ts";
import { t } from "./l10n.ts";

/**
 * The rollout whose changes are on disk and do not run; `unknown` while that is being found out: what was
 * said last still holds.
 */
export function failedRollout(status: Status): Rollout | undefined | "unknown" {
  const { state, rollout } = status;
  if (state === "stable") return undefined;
  if (state !== "error" || rollout === null) return "unknown";
  return rollout.verdict === "rolled-back" || rollout.verdict === "failed" ? rollout : undefined;
}

export interface FailedValue {
  readonly range: Range;
  readonly message: string;
}

/**
 * @param text of the file that `entries` are about
 * @param changes how many there are in all files
 * @param running the revision that runs instead
 */
export function failedValues(
  text: string,
  entries: readonly ChangeEntry[],
  { reason = t("the rollout failed.") }: Pick<Rollout, "reason">,
  changes: number,
  running: number | null,
): FailedValue[] {
  const others =
    changes === 1 ? "" : changes === 2 ? t(" and 1 other change") : t(" and {0} other changes", changes - 1);
  const instead = running === null ? "" : t(" Revision {0} is running.", running);
  const values = new Map<string, Range>();
  if (entries.some(({ role }) => role === "env"))
    for (const source of entriesOf(parseDotenv(text))) {
      const { key, value } = source.entry;
      // The last of several is the one that counts.
      values.set(
        key.name,
        placed(source, value === null || value.range.end === value.range.start ? key.range : value.range),
      );
    }
  // A mounted file was put back: what failed is no longer in it.
  const onDisk = entries.filter(({ role }) => role !== "file");
  return onDisk.map(({ kind, key }) => {
    const range = key === undefined ? undefined : values.get(key);
    const cause =
      key === undefined
        ? t("With this change")
        : kind === "removed"
          ? t("Without `{0}`", key)
          : t("With this value");
    return {
      range: range ?? { start: 0, end: Math.max(0, text.search(/\r?\n|$/)) },
      message: `${cause}${others}, ${reason}${instead}`,
    };
  });
}
