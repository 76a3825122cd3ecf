/** Services with the action that they need, below each the lines that tie the variables to it. */
import type { Impact } from "../../../core/protocol/words.ts";
import { type Cell, table } from "./table.ts";
import { plural, visible } from "./text.ts";
import type { View } from "./view.ts";
import { paint } from "./view.ts";

export function renderImpact(keys: readonly string[], services: readonly Impact[], view: View): string {
  const named = keys.map(visible).join(", ");
  if (services.length === 0)
    return `${named} ${keys.length === 1 ? "reaches" : "reach"} no service. A variable of .env reaches a service only where a Compose file or an env_file names it.\n`;
  const headline = `${named} ${keys.length === 1 ? "affects" : "affect"} ${plural(services.length, "service")}`;
  const rows = services.flatMap(({ service, action, evidence }) => {
    const lines: Cell[][] =
      evidence.length === 0
        ? [["", ""]]
        : evidence.map(({ file, line, text }) => [
            `${visible(file)}:${line}`,
            { text: visible(text), format: "dim" },
          ]);
    return lines.map((cells, index): Cell[] => [
      index === 0 ? visible(service) : "",
      { text: index === 0 ? action : "", format: "cyan" },
      ...cells,
    ]);
  });
  return `${[paint(headline, "bold", view), ...table(rows, view)].join("\n")}\n`;
}
