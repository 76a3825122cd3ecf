/** What makes sense now, for a click on the status bar: a pure function of what is known of a project. */
import type { SessionState } from "../client/session.ts";
import { type Command, commands } from "./contract.ts";
import { t } from "./l10n.ts";
import { moodOf } from "./status-view.ts";

export interface MenuItem {
  /** With its icon in front. */
  readonly label: string;
  readonly description: string;
  /** One of ours, or one of VS Code's own. */
  readonly command: Command | "workbench.actions.view.problems";
}

/**
 * The most useful first.
 * @param now in ms since 1970
 */
export function menuItems(session: SessionState, now: number): MenuItem[] {
  const { status } = session;
  const mood = moodOf(session, now);
  const item = (icon: string, label: string, command: MenuItem["command"], description = ""): MenuItem => ({
    label: `$(${icon}) ${label}`,
    description,
    command,
  });
  const timeline = item("history", t("Show Timeline"), commands.showTimeline);
  const log = item("output", t("Show Log"), commands.showLog);
  if (mood === "offline")
    return [
      item("debug-start", t("Start Agent"), commands.restartAgent, t("nothing is applied without it")),
      log,
    ];
  if (status === undefined) return [log];
  if (mood === "connecting") {
    const again = item("debug-restart", t("Restart Agent"), commands.restartAgent);
    return [timeline, ...(session.restarting ? [] : [again]), log];
  }

  const isUp = status.services.some(({ state }) => state === "running" || state === "restarting");
  const items: MenuItem[] = [];
  if (mood === "paused") items.push(item("play", t("Resume"), commands.resume, t("apply changes again")));
  if (mood === "invalid")
    items.push(
      item(
        "warning",
        t("Show Problems"),
        "workbench.actions.view.problems",
        t("what keeps the files from being applied"),
      ),
    );
  if (mood === "restarting")
    items.push(
      item(
        "stop-circle",
        t("Cancel Rollout"),
        commands.cancelRollout,
        t("undo it; the last good state runs on"),
      ),
    );
  if (mood === "error")
    items.push(item("refresh", t("Retry"), commands.applyNow, t("apply the files on disk once more")));
  if (!isUp && status.services.length > 0 && mood !== "paused" && mood !== "restarting")
    items.push(item("run-all", t("Start Project"), commands.startProject, t("its services do not run")));
  items.push(timeline);
  if (status.services.length > 0)
    items.push(item("server-process", t("Show Services"), commands.showServices));
  if (status.revision !== null)
    items.push(
      item("discard", t("Roll Back…"), commands.rollbackConfig, t("choose a revision to go back to")),
    );
  if (mood === "stable")
    items.push(item("sync", t("Apply Now"), commands.applyNow, t("bring in what differs from the files")));
  if (!status.paused)
    items.push(item("debug-pause", t("Pause"), commands.pause, t("watch changes, and apply nothing")));
  return [...items, log];
}
