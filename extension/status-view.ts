/** What the status bar shows: one pure function from what is known of the projects to text and tooltip. */
import type { SessionState } from "../client/session.ts";
import { describeError } from "../core/protocol/errors.ts";
import { verdictWord } from "../core/protocol/word-texts.ts";
import type { Rollout, RolloutStep, ServiceStatus, State, Status } from "../core/protocol/words.ts";
import { type Command, commands } from "./contract.ts";
import { t } from "./l10n.ts";
import { conditionOf } from "./services/service-view.ts";
import { ago, lasting } from "./time.ts";

export interface ProjectState {
  readonly name: string;
  readonly session: SessionState;
}

export interface StatusView {
  readonly text: string;
  /** Markdown that may run the commands of `tooltipCommands`. */
  readonly tooltip: string;
  /** Only `warning` and `error` have a background of their own. */
  readonly severity: "none" | "warning" | "error";
  readonly command: Command;
  /** For screen readers. */
  readonly label: string;
}

/** What the tooltip's links may run, and nothing else. */
export const tooltipCommands: readonly Command[] = [
  commands.showTimeline,
  commands.showServices,
  commands.startProject,
  commands.restartAgent,
  commands.rollbackConfig,
  commands.applyNow,
  commands.pause,
  commands.resume,
  commands.showLog,
];

/** What a project's session amounts to in one word; `connecting`: what is known is not, or no longer, the truth. */
type Mood = State | "connecting";

/** The mood that decides what the item shows where projects differ: the first of these. */
const urgency: readonly Mood[] = [
  "error",
  "invalid",
  "waiting",
  "restarting",
  "updating",
  "offline",
  "paused",
  "connecting",
  "stable",
];

const looks: {
  readonly [M in Mood]: { icon: string; word: () => string; severity: StatusView["severity"] };
} = {
  error: { icon: "$(error)", word: () => t("error"), severity: "error" },
  invalid: { icon: "$(warning)", word: () => t("invalid"), severity: "warning" },
  waiting: { icon: "$(question)", word: () => t("waiting"), severity: "none" },
  restarting: { icon: "$(sync~spin)", word: () => t("restarting"), severity: "none" },
  updating: { icon: "$(sync~spin)", word: () => t("updating"), severity: "none" },
  offline: { icon: "$(debug-disconnect)", word: () => t("offline"), severity: "none" },
  paused: { icon: "$(debug-pause)", word: () => t("paused"), severity: "none" },
  connecting: { icon: "$(sync~spin)", word: () => t("connecting"), severity: "none" },
  stable: { icon: "$(check)", word: () => t("stable"), severity: "none" },
};

/** One word, in the person's language. */
export const describeMood = (session: SessionState, now: number): string =>
  looks[moodOf(session, now)].word();

/**
 * @param now in ms since 1970
 * @returns undefined where there is no project: then there is nothing to show
 */
export function statusView(projects: readonly ProjectState[], now: number): StatusView | undefined {
  const [first, ...others] = [...projects].sort(
    (a, b) => urgency.indexOf(moodOf(a.session, now)) - urgency.indexOf(moodOf(b.session, now)),
  );
  if (first === undefined) return undefined;
  const mood = moodOf(first.session, now);
  const { icon, word, severity } = looks[mood];
  const progress = progressOf(mood, first.session.status);
  const whose = others.length === 0 || mood === "stable" ? "" : `${first.name}: `;
  return {
    text: `${icon} ${whose}${progress ?? `Hotenv: ${word()}`}`,
    tooltip: projects.map((project) => projectTooltip(project, now)).join("\n\n---\n\n"),
    severity,
    command: commands.showMenu,
    label: `Hotenv: ${whose}${progress === undefined ? word() : `${word()}, ${progress}`}`,
  };
}

/** A shorter loss of the connection is not worth a word: what was known last goes on being shown. */
const unnoticedMs = 1_000;

/** @param now in ms since 1970 */
export function moodOf({ connection, status, lostAt, restarting }: SessionState, now: number): Mood {
  if (connection === "offline") return "offline";
  if (status === undefined) return "connecting";
  if (lostAt !== undefined && (restarting || now - lostAt >= unnoticedMs)) return "connecting";
  // An agent that is to end first brings its rollout to an end, and that is what one waits for.
  return restarting && !isRollout(status.state) ? "connecting" : status.state;
}

const isRollout = (mood: Mood): boolean => mood === "restarting" || mood === "updating";

/** In how many ms the view is another one though nothing is known anew; undefined: it stays as it is. */
export function changesInMs(projects: readonly ProjectState[], now: number): number | undefined {
  const left = projects
    .map(({ session: { lostAt } }) => (lostAt === undefined ? 0 : lostAt + unnoticedMs - now))
    .filter((ms) => ms > 0);
  return left.length === 0 ? undefined : Math.min(...left);
}

/** "api 2/3" while a rollout runs. */
function progressOf(mood: Mood, status: Status | undefined): string | undefined {
  const rollout = status?.rollout;
  const runs = isRollout(mood) && rollout && rollout.verdict === undefined;
  return runs ? rolloutProgress(rollout) : undefined;
}

const done = new Set<RolloutStep["state"]>(["healthy", "failed", "rolled-back", "skipped"]);

/** The first service at work, with its place among the steps; undefined for a rollout without steps. */
function rolloutProgress(rollout: Rollout): string | undefined {
  const steps = rollout.phases.flatMap((phase) => phase.steps);
  const back = steps.find((step) => step.state === "rolling-back");
  if (back !== undefined) return t("{0} rolling back", back.service);
  const current =
    steps.find((step) => step.state !== "pending" && !done.has(step.state)) ??
    steps.find((step) => !done.has(step.state)) ??
    steps.at(-1);
  return current && `${current.service} ${steps.indexOf(current) + 1}/${steps.length}`;
}

function projectTooltip({ name, session }: ProjectState, now: number): string {
  const { status } = session;
  const mood = moodOf(session, now);
  const isApart = mood === "offline" || mood === "connecting";
  const lines = [`**${escapeMarkdown(name)}** ${looks[mood].word()}`];
  const why = isApart ? whyApart(session) : status?.detail;
  if (why) lines.push(escapeMarkdown(why));
  if (status !== undefined) {
    if (isApart) lines.push(t("What follows may be out of date."));
    if (status.services.length > 0) lines.push(serviceTable(status.services, now));
    lines.push(...history(status, now));
    if (status.engine?.untested) lines.push(escapeMarkdown(status.engine.untested));
  }
  lines.push(links(mood, status));
  return lines.join("\n\n");
}

/** Why what is known is not the truth; undefined: the session has only begun. */
function whyApart({ connection, error, restarting }: SessionState): string | undefined {
  if (connection !== "offline" && restarting) return t("The agent is being restarted.");
  if (error !== undefined) return describeError(error);
  return connection === "offline" ? t("No agent runs.") : undefined;
}

function serviceTable(services: readonly ServiceStatus[], now: number): string {
  const rows = services.map((status) => {
    const { service, state, since } = status;
    const uptime = state === "running" && since !== undefined ? lasting(now - Date.parse(since)) : "";
    return row(escapeMarkdown(service), conditionOf(status), uptime);
  });
  return [row(t("Service"), t("State"), t("Up")), "|:--|:--|--:|", ...rows].join("\n");
}

/** The hover puts no room between columns by itself. */
const row = (...cells: readonly string[]): string => `| ${cells.join("&emsp; | ")} |`;

function history({ rollout, revision, lastGood }: Status, now: number): string[] {
  const lines: string[] = [];
  if (rollout?.verdict !== undefined) {
    const when = rollout.endedAt === undefined ? "" : `, ${ago(Date.parse(rollout.endedAt), now)}`;
    const reason = rollout.reason === undefined ? "" : `: ${rollout.reason}`;
    lines.push(t("Last rollout: {0}", `${verdictWord(rollout.verdict)}${when}${escapeMarkdown(reason)}`));
  }
  if (revision !== null)
    lines.push(
      lastGood === null || lastGood === revision
        ? t("Revision {0} runs.", revision)
        : t("Revision {0} runs; the last good one is {1}.", revision, lastGood),
    );
  return lines;
}

function links(mood: Mood, status: Status | undefined): string {
  const shown: [string, Command][] = [];
  if (mood === "offline") shown.push([t("Start agent"), commands.restartAgent]);
  if (mood === "error") shown.push([t("Retry"), commands.applyNow]);
  shown.push([t("Show timeline"), commands.showTimeline]);
  if (status !== undefined && mood !== "offline") shown.push([t("Show services"), commands.showServices]);
  // What asks the agent waits for one.
  if (status !== undefined && mood !== "offline" && mood !== "connecting") {
    const isUp = status.services.some(({ state }) => state === "running" || state === "restarting");
    if (!isUp && status.services.length > 0 && !status.paused)
      shown.push([t("Start project"), commands.startProject]);
    shown.push(status.paused ? [t("Resume"), commands.resume] : [t("Pause"), commands.pause]);
    if (status.revision !== null) shown.push([t("Roll back"), commands.rollbackConfig]);
  }
  shown.push([t("Show log"), commands.showLog]);
  return shown.map(([label, command]) => `[${label}](command:${command})`).join(" · ");
}

/** Names and reasons come from files and programs: none of it may become a link or a table. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()<>#+!|~$&-]/g, "\\$&").replace(/\s+/g, " ");
}
