/** From a keystroke in a .env file to its diagnostics; and how fast files are read, beside other readers. */
import { parseEnv } from "node:util";
import { parseEnvSpecDotEnvFile } from "@env-spec/parser";
import { parse } from "dotenv";
import { parseDotenv } from "../../core/dotenv/document.ts";
import { evaluate } from "../../core/dotenv/evaluate.ts";
import { LineIndex } from "../../core/dotenv/text.ts";
import type { LanguageContext } from "../../core/language/context.ts";
import { diagnose } from "../../core/language/diagnose.ts";
import { Diagnosis } from "../../core/language/live/diagnosis.ts";
import { parseSchema } from "../../core/schema/schema.ts";
import { type Benchmark, inTurns, type Line, type Scale, took } from "./measure.ts";

/** Like a long file of a real project: comments, groups, quotes, references, a few mistakes. */
function sampleFile(lines: number): string {
  const text: string[] = [];
  for (let index = 0; text.length < lines; index++) {
    const kinds = [
      `# Settings of part ${index}`,
      `PART_${index}_HOST=host-${index}.example.org`,
      `PART_${index}_PORT=${1024 + (index % 60_000)}`,
      `PART_${index}_URL="https://\${PART_${index}_HOST}:\${PART_${index}_PORT}/api"`,
      `PART_${index}_TITLE='Part ${index}: "quoted"' # for people`,
      `export PART_${index}_PATH=\${PART_${Math.max(0, index - 1)}_URL}/next`,
      index % 100 === 0 ? `PART_${index}_LATE=\${NOWHERE_${index}}` : `PART_${index}_FLAG=true`,
      "",
    ];
    text.push(...kinds.slice(0, lines - text.length));
  }
  return `${text.join("\n")}\n`;
}

const schemaOf = (lines: number): string =>
  `# @defaultRequired=false\n# ---\n${Array.from({ length: Math.floor(lines / 80) }, (_, index) => `# @type=port\nPART_${index}_PORT=\n`).join("")}`;

function contextOf(lines: number): LanguageContext {
  const schema = parseSchema(schemaOf(lines));
  return {
    uri: "file:///.env",
    lookup: () => undefined,
    schema: { schema, uri: "file:///.env.schema", lines: new LineIndex(schema.file.text) },
    uses: (name) => (/_(?:PATH|TITLE|FLAG|LATE)$/.test(name) ? ["api"] : []),
  };
}

interface Typing {
  readonly at: number;
  readonly removed: number;
  readonly text: string;
}

/** What a person types: a line, letter by letter, and takes it away again; then another one, somewhere else. */
function* typing(text: string): Generator<Typing, never> {
  const line = "NEW_KEY=$PART_0_HOST/x\n";
  for (let place = 0; ; place += 1) {
    // A fixed stride through the file, so that runs can be compared.
    const at = text.indexOf("\n", (place * 104_729) % text.length) + 1;
    for (const [index, letter] of [...line].entries()) yield { at: at + index, removed: 0, text: letter };
    yield { at, removed: line.length, text: "" };
  }
}

/** How long each keystroke takes until its diagnostics are there, in ms. */
function keystrokeTimes(text: string, context: LanguageContext, count: number): number[] {
  const diagnosis = new Diagnosis(parseDotenv(text), context);
  diagnosis.diagnostics();
  const keys = typing(text);
  const times: number[] = [];
  while (times.length < count) {
    const { at, removed, text: letter } = keys.next().value;
    const start = performance.now();
    diagnosis.edit({ start: at, end: at + removed }, letter);
    diagnosis.diagnostics();
    times.push(performance.now() - start);
  }
  return times;
}

const budgets: Readonly<Record<number, number>> = { 1000: 1, 50000: 16 };

function keystrokes(lines: number, scale: Scale): Line {
  const text = sampleFile(lines);
  const context = contextOf(lines);
  const [warmUp, count] = scale === "smoke" ? [5, 20] : [300, 1_500];
  keystrokeTimes(text, context, warmUp);
  const atMost = budgets[lines];
  return {
    group: "Language",
    name: "keystroke to diagnostics",
    unit: "ms",
    size: lines,
    hotenv: keystrokeTimes(text, context, count),
    peers: {},
    ...(atMost === undefined ? {} : { budget: { atMost, of: "p99" } }),
  };
}

async function opening(lines: number, scale: Scale): Promise<Line> {
  const text = sampleFile(lines);
  const context = contextOf(lines);
  const { hotenv } = await inTurns(
    { hotenv: () => took(() => diagnose(parseDotenv(text), context)) },
    { rounds: scale === "smoke" ? 1 : 15, warmUp: scale === "smoke" ? 0 : 3 },
  );
  return {
    group: "Language",
    name: "opening a file to diagnostics",
    unit: "ms",
    size: lines,
    hotenv,
    peers: {},
  };
}

async function reading(lines: number, scale: Scale): Promise<readonly Line[]> {
  const text = sampleFile(lines);
  const times = await inTurns(
    {
      parse: () => took(() => parseDotenv(text)),
      values: () => took(() => evaluate(parseDotenv(text), () => undefined)),
      dialect: () => took(() => evaluate(parseDotenv(text, { dialect: "dotenv" }), () => undefined)),
      envSpec: () => took(() => parseEnvSpecDotEnvFile(text)),
      dotenv: () => took(() => parse(text)),
      node: () => took(() => parseEnv(text)),
    },
    { rounds: scale === "smoke" ? 1 : lines > 10_000 ? 12 : 60, warmUp: scale === "smoke" ? 0 : 3 },
  );
  const line = (name: string, hotenv: readonly number[], peers: Line["peers"], note: string): Line => ({
    group: "Language",
    name,
    unit: "ms",
    size: lines,
    hotenv,
    peers,
    note,
  });
  return [
    line(
      "parsing",
      times.parse,
      { "@env-spec/parser": times.envSpec },
      "Both keep every byte and its place; the peer gives up at the first thing that it cannot read.",
    ),
    line(
      "reading values as Compose does",
      times.values,
      { "dotenv parse": times.dotenv, "util.parseEnv": times.node },
      "The peers keep no places, interpolate nothing and report nothing; util.parseEnv is native code.",
    ),
    line(
      "reading values as dotenv does",
      times.dialect,
      { "dotenv parse": times.dotenv, "util.parseEnv": times.node },
      "The same values as dotenv's own; Hotenv makes a document with places on the way.",
    ),
  ];
}

export const benchmark: Benchmark = async (scale) => {
  const sizes = scale === "smoke" ? [100] : [100, 1_000, 50_000];
  const lines: Line[] = [];
  for (const size of sizes) lines.push(keystrokes(size, scale));
  for (const size of sizes) lines.push(await opening(size, scale));
  for (const size of sizes) lines.push(...(await reading(size, scale)));
  return lines;
};
