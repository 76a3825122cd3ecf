/** Variables as KEY=value lines. */
import { visible } from "./text.ts";

/** A value that does not fit on a line, or that could not be told from another, is written as JSON writes it. */
export function renderVariables(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(
      ([key, value]) =>
        `${visible(key)}=${visible(value) === value && value.trim() === value ? value : JSON.stringify(value)}\n`,
    )
    .join("");
}
