/** Random edits of a project's env files, as a person makes them: mostly one value, sometimes a line. */
import { entriesOf, parseDotenv, placed } from "../../core/dotenv/document.ts";
import type { Random } from "./random.ts";
import { type Files, includedNames, names, value } from "./random-project.ts";

export interface Edit {
  readonly file: string;
  readonly files: Files;
  readonly what: string;
}

const numbers = /^P\d/;

export function randomEdit(random: Random, files: Files): Edit {
  const envFiles = [...files.keys()].filter((path) => path.endsWith(".env"));
  const file = random.chance(0.6) ? ".env" : (envFiles[random.below(envFiles.length)] ?? ".env");
  const { text, what } = editText(random, files.get(file) ?? "", file);
  return { file, what, files: new Map([...files, [file, text]]) };
}

function editText(random: Random, text: string, file: string): { text: string; what: string } {
  const entries = [...entriesOf(parseDotenv(text))];
  const chosen = entries[random.below(entries.length)];
  if (chosen === undefined || random.chance(0.15)) {
    const key = random.pick([...names, ...(file === "sub/.env" ? includedNames : (["F0"] as const))]);
    return { text: `${text}${key}=${value(random, [])}\n`, what: `add ${key}` };
  }
  const key = chosen.entry.key.name;
  const range = placed(chosen, { start: 0, end: chosen.entry.text.length });
  const replace = (line: string) => `${text.slice(0, range.start)}${line}${text.slice(range.end)}`;
  const old = chosen.entry.value?.cooked ?? "";
  if (key === "COMPOSE_PROJECT_NAME")
    return { text: replace(`${key}=hotenvtest${random.below(9)}`), what: `rename to ${key}` };
  if (key === "COMPOSE_PROFILES")
    return { text: replace(`${key}=${random.pick(["", "p1", "p2", "p1,p2"])}`), what: `change ${key}` };
  if (key === "COMPOSE_FILE") return { text: replace(`${key}=compose.yaml`), what: `change ${key}` };
  if (numbers.test(key)) return { text: replace(`${key}=${8000 + random.below(30)}`), what: `change ${key}` };
  if (random.chance(0.12)) return { text: replace(""), what: `remove ${key}` };
  // The same value, written in another way.
  if (random.chance(0.1) && /^\w+$/.test(old))
    return { text: replace(`${key}="${old}" # same`), what: `quote ${key}` };
  const earlier = entries.filter(({ start }) => start < chosen.start).map(({ entry }) => entry.key.name);
  return { text: replace(`${key}=${value(random, earlier)}`), what: `change ${key}` };
}
