/** Lines of services' logs, as the services wrote them. */
import type { LogsReport } from "../../../core/protocol/cli.ts";
import { displayWidth, visible } from "./text.ts";
import type { View } from "./view.ts";
import { paint } from "./view.ts";

/** @param named whether each line begins with its service's name */
export function renderLogs(lines: LogsReport, named: boolean, view: View): string {
  const width = Math.max(0, ...lines.map(({ service }) => displayWidth(service)));
  return lines
    .map(({ service, line }) => {
      if (!named) return `${line}\n`;
      const name = visible(service) + " ".repeat(width - displayWidth(service));
      return `${paint(`${name} │`, "dim", view)} ${line}\n`;
    })
    .join("");
}
