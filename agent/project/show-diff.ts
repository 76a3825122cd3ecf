/** Two states of a project side by side, as texts for people: secrets masked. */
import { diffSources } from "../../core/change/diff.ts";
import { mask } from "../../core/change/mask.ts";
import type { FileDiff, Result } from "../../core/protocol/messages.ts";
import { defaultSettings, severityOf } from "../../core/settings/settings.ts";
import { compareSources, hiderOf, maskEnvText, secretFilesIn, textOfFile } from "./compared.ts";
import { sensitivityOf } from "./sensitivity.ts";
import type { Snapshot, SnapshotFile } from "./snapshot.ts";
import type { Environment } from "./sources.ts";

export function showDiff(
  before: Snapshot,
  after: Snapshot,
  environment: Environment,
): Result<"history/diff"> {
  const isSensitive = sensitivityOf([before, after]);
  const hide = hiderOf([before, after], environment, isSensitive);
  const { entries } = diffSources(compareSources(before, environment), compareSources(after, environment), {
    severityOf: (key) => severityOf(key, defaultSettings),
    isSensitive,
    hide,
  });
  const secretFiles = new Set([before, after].flatMap((snapshot) => [...secretFilesIn(snapshot)]));
  const shown = (file: SnapshotFile | undefined, side: "before" | "after"): string | null => {
    const text = file === undefined ? null : textOfFile(file);
    if (text === null || file === undefined) return null;
    if (secretFiles.has(file.path)) return `${mask}${side === "after" ? " (changed)" : ""}\n`;
    if (file.role !== "env") return hide(text);
    const changed = entries.filter(
      (entry) => entry.source === file.path && entry.sensitive && entry.kind === "modified",
    );
    return maskEnvText(
      text,
      isSensitive,
      hide,
      new Set(side === "after" ? changed.map(({ key }) => key ?? "") : []),
    );
  };
  const paths = [...new Set([...before.files, ...after.files].map(({ path }) => path))].sort();
  const files = paths.flatMap((path): FileDiff[] => {
    const [old, next] = [before, after].map(({ files: all }) => all.find((file) => file.path === path));
    if ((old?.hash ?? null) === (next?.hash ?? null)) return [];
    return [{ path, before: shown(old, "before"), after: shown(next, "after") }];
  });
  return { entries, files };
}
