/** Agent, services, last rollout. */
import type { StatusReport } from "../../../core/protocol/cli.ts";
import type { ServiceStatus } from "../../../core/protocol/words.ts";
import { failureLines, headline, rolloutMs } from "./revision.ts";
import { problemLines, stateText } from "./state.ts";
import type { Cell } from "./table.ts";
import { table } from "./table.ts";
import { visible } from "./text.ts";
import { formatAge, formatTime } from "./time.ts";
import type { Format, View } from "./view.ts";
import { paint } from "./view.ts";

const serviceFormat: { readonly [S in ServiceStatus["state"]]: Format } = {
  running: "green",
  stopped: "dim",
  exited: "red",
  restarting: "yellow",
  missing: "dim",
};
const healthFormat: { readonly [H in ServiceStatus["health"]]: Format } = {
  none: "dim",
  starting: "cyan",
  healthy: "green",
  unhealthy: "red",
};

function breakerText({ breaker }: ServiceStatus, view: View): string | undefined {
  if (breaker?.retryAt === undefined) return breaker?.state;
  const times = breaker.failures === 1 ? "1 failure" : `${breaker.failures} failures`;
  return `${breaker.state} after ${times}, tried again at ${formatTime(breaker.retryAt, view)}`;
}

export function serviceRow(service: ServiceStatus, view: View): Cell[] {
  return [
    visible(service.service),
    { text: service.runtime, format: "dim" },
    { text: service.state, format: serviceFormat[service.state] },
    { text: service.health === "none" ? "" : service.health, format: healthFormat[service.health] },
    {
      text: [
        breakerText(service, view),
        service.since === undefined ? undefined : `for ${formatAge(service.since, view)}`,
        service.instances.length === 0 ? undefined : service.instances.map(visible).join(", "),
      ]
        .filter((part) => part !== undefined)
        .join("  "),
      format: "dim",
    },
  ];
}

function revisionText(status: StatusReport): string {
  if (status.revision === null) return "none yet";
  if (status.revision === status.lastGood) return `${status.revision}, the last good`;
  return `${status.revision}; the last good is ${status.lastGood ?? "none yet"}`;
}

export function renderStatus(status: StatusReport, view: View): string {
  const { project, agent, rollout } = status;
  const lines = [
    `${paint(visible(project.name), "bold", view)}  ${stateText(status, view)}`,
    ...table(
      [
        ["directory", visible(project.directory)],
        [
          "agent",
          agent === null
            ? "none runs (start one: hotenv agent)"
            : `${agent.version}, process ${agent.pid}, since ${formatTime(agent.startedAt, view)}`,
        ],
        ["revision", revisionText(status)],
      ],
      view,
    ),
  ];
  if (status.waiting?.for === "confirm")
    lines.push("  `hotenv confirm` applies it, `hotenv confirm --dismiss` leaves what runs as it is.");
  lines.push(...problemLines(status, view));
  if (status.engine?.untested !== undefined)
    lines.push(`  ${paint(visible(status.engine.untested), "dim", view)}`);
  if (status.services.length > 0)
    lines.push(
      "",
      ...table(
        status.services.map((service) => serviceRow(service, view)),
        view,
      ),
    );
  if (rollout !== null) {
    lines.push(
      "",
      `  ${rollout.endedAt === undefined ? "rollout" : "last rollout"}: ${headline(
        {
          revision: rollout.revision,
          verdict: rollout.verdict,
          durationMs: rolloutMs(rollout),
          time: rollout.endedAt ?? rollout.startedAt,
        },
        view,
      )}`,
    );
    if (rollout.verdict !== "applied") lines.push(...failureLines(rollout, view).map((line) => `  ${line}`));
  }
  return `${lines.join("\n")}\n`;
}
