/** The first lines of `hotenv agent`: what it watches, the services, and how to see the timeline. */
import type { Status } from "../../../core/protocol/words.ts";
import { problemLines, stateText } from "./state.ts";
import { serviceRow } from "./status.ts";
import { table } from "./table.ts";
import { visible } from "./text.ts";
import type { View } from "./view.ts";
import { paint } from "./view.ts";

const shownSources = 20;

export function renderWelcome(status: Status, view: View): string {
  const { agent, project, sources, services } = status;
  const more = sources.length - shownSources;
  const lines = [
    `${paint(`hotenv ${agent.version}`, "bold", view)} · ${visible(project.name)} · ${stateText(status, view)}`,
    ...problemLines(status, view),
    "",
    `Watching ${visible(project.directory)}`,
    ...table(
      sources.slice(0, shownSources).map(({ path, role }) => [visible(path), { text: role, format: "dim" }]),
      view,
    ),
    ...(more > 0 ? [`  and ${more} more`] : []),
    "",
    services.length === 0 ? "No services" : "Services",
    ...table(
      services.map((service) => serviceRow(service, view)),
      view,
    ),
    "",
    'Timeline: "Hotenv: Show Timeline" in VS Code, or: hotenv history list',
    paint("Every change that is applied is told below. Ctrl-C ends the agent.", "dim", view),
    "",
  ];
  return `${lines.join("\n")}\n`;
}
