/** One event of a running agent as the lines that a person reads while it happens. */
import type { AgentEvent } from "../../../core/protocol/messages.ts";
import type { RolloutStep, Status } from "../../../core/protocol/words.ts";
import { changeRows } from "./change.ts";
import { headline, logLines, stepRow } from "./revision.ts";
import { problemLines, stateText } from "./state.ts";
import { table } from "./table.ts";
import { cellText, displayWidth, visible } from "./text.ts";
import { formatTime } from "./time.ts";
import type { View } from "./view.ts";
import { paint } from "./view.ts";

/** What the reader knows: a status is news only where it differs from the last that came to rest. */
export interface Told extends Pick<Status, "state" | "detail" | "problems" | "services"> {
  /** A rollout began since; its verdict will be told, or has been. */
  readonly rolling: boolean;
}

const isPassing = ({ state }: Pick<Status, "state">) => state === "updating" || state === "restarting";

export function tell(told: Told | undefined, status: Status): Told {
  const { state, detail, problems, services } = status;
  const rolling = isPassing(status) && (told?.rolling === true || state === "restarting");
  if (!isPassing(status)) return { state, detail, problems, services, rolling };
  // What it was before nobody has told; that all is well would be no news.
  return { ...(told ?? { state: "stable", detail: "", problems }), services, rolling };
}

const news = ({ state, detail, problems }: Pick<Told, "state" | "detail" | "problems">) =>
  JSON.stringify([state, detail, problems]);

/** Lines come one by one: what aligns them is the longest name that may come. */
function aligned(service: string, told: Told | undefined): string {
  const widths = (told?.services ?? []).map((known) => displayWidth(visible(known.service)));
  const text = visible(service);
  return text + " ".repeat(Math.max(0, ...widths.map((width) => width - displayWidth(text))));
}

/** The longest of them, "recreate". */
const actionColumns = 8;

/** A step on one line; its duration stands last, as most lines of a running step have none. */
export function renderProgress(step: RolloutStep, view: View, service = visible(step.service)): string {
  const [, , duration = "", state = ""] = stepRow(step);
  const cells = [service, step.action.padEnd(actionColumns), state];
  return table([cellText(duration) === "" ? cells : [...cells, duration]], view)[0] ?? "";
}

function statusLines(status: Status, told: Told | undefined, view: View): string[] {
  if (isPassing(status)) return [];
  if (told !== undefined && news(told) === news(status)) return [];
  // How a rollout ended, its verdict says.
  if (told?.rolling === true && (status.state === "stable" || status.state === "error")) return [];
  return [stateText(status, view), ...problemLines(status, view)];
}

const levelFormat = { debug: "dim", info: "dim", warn: "yellow", error: "red" } as const;

function body(event: AgentEvent, told: Told | undefined, view: View): string[] {
  switch (event.type) {
    case "status_update":
      return statusLines(event.data, told, view);
    case "config_change":
      return table(changeRows(event.data.change), view, 0);
    case "config_decided":
      // What follows says it: a rollout, a verdict, a state.
      return [];
    case "restart_progress": {
      const { revision, step } = event.data;
      if (step === undefined) return [`revision ${revision}: rollout begins`];
      return [renderProgress(step, view, aligned(step.service, told))];
    }
    case "restart_completed":
      return event.data.rollout.verdict === "applied" ? [] : logLines(event.data.rollout, view);
    case "health_update": {
      const { service, state, health } = event.data;
      return table([[aligned(service, told), health === "none" ? state : `${state}, ${health}`]], view);
    }
    case "log": {
      const { level, message, service } = event.data;
      const text = `${service === undefined ? "" : `${visible(service)}: `}${visible(message)}`;
      // The state's sentence has been told.
      return level === "debug" || message === told?.detail ? [] : [paint(text, levelFormat[level], view)];
    }
    case "annotated":
      return [];
    case "verdict": {
      const { revision, message } = event.data;
      const line = headline({ ...revision, time: undefined }, view);
      // Its steps stand above where it has any.
      return revision.verdict === "applied" && revision.services.length > 0
        ? [line]
        : [line, `  ${visible(message)}`];
    }
  }
}

/**
 * @param told the newest status that the reader has seen
 * @returns lines without their ends; none where the event is no news for a person
 */
export function renderEvent(event: AgentEvent, told: Told | undefined, view: View): string[] {
  const time = formatTime(event.timestamp, view);
  const indent = " ".repeat(time.length);
  const narrower = { ...view, width: view.width - time.length - 2 };
  return body(event, told, narrower).map((line, index) => {
    const lead = index === 0 ? paint(time, "dim", view) : indent;
    return `${lead}  ${line}`.trimEnd();
  });
}
