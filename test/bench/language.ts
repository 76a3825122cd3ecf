/**
 * How long it takes from a keystroke in a .env file to its diagnostics, and how fast files are read beside
 * other readers. Prints two tables; run it on an idle machine: `node test/bench/language.ts`.
 */
import { parseEnv } from "node:util";
import { parse } from "dotenv";
import { parseDotenv } from "../../core/dotenv/document.ts";
import { evaluate } from "../../core/dotenv/evaluate.ts";
import { LineIndex } from "../../core/dotenv/text.ts";
import type { LanguageContext } from "../../core/language/context.ts";
import { diagnose } from "../../core/language/diagnose.ts";
import { Diagnosis } from "../../core/language/live/diagnosis.ts";
import { parseSchema } from "../../core/schema/schema.ts";

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

interface Figures {
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
}

function figures(times: readonly number[]): Figures {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p50: at(0.5), p99: at(0.99), most: sorted.at(-1) ?? 0 };
}

/** Where a person types, one keystroke after the other, somewhere else every word. */
function* keystrokes(text: string, count: number): Generator<{ at: number; insert: string }> {
  const word = "typed_Key=$x";
  let start = 0;
  for (let index = 0; index < count; index++) {
    const letter = index % word.length;
    // A fixed stride through the file, so that runs can be compared.
    if (letter === 0) {
      const spot = (index * 7_919) % text.length;
      start = text.indexOf("\n", spot) + 1;
    }
    yield { at: start + letter, insert: word[letter] ?? "" };
  }
}

function keystrokeTimes(text: string, context: LanguageContext, count: number): number[] {
  const diagnosis = new Diagnosis(parseDotenv(text), context);
  diagnosis.diagnostics();
  const times: number[] = [];
  for (const { at, insert } of keystrokes(text, count)) {
    const start = performance.now();
    diagnosis.edit({ start: at, end: at }, insert);
    diagnosis.diagnostics();
    times.push(performance.now() - start);
  }
  return times;
}

const shown = (milliseconds: number): string => milliseconds.toFixed(milliseconds < 10 ? 2 : 1);

function printTable(header: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  for (const row of [header, ...rows])
    console.log(row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "));
}

function benchKeystrokes(): void {
  const rows: string[][] = [];
  for (const lines of [1_000, 50_000]) {
    const text = sampleFile(lines);
    const schema = parseSchema(schemaOf(lines));
    const context: LanguageContext = {
      uri: "file:///.env",
      lookup: () => undefined,
      schema: { schema, uri: "file:///.env.schema", lines: new LineIndex(schema.file.text) },
      uses: (name) => (name.endsWith("_PATH") ? ["api"] : []),
      levels: { "unused-key": "off" },
    };
    keystrokeTimes(text, context, 300);
    const { p50, p99, most } = figures(keystrokeTimes(text, context, 1_200));
    const opening: number[] = [];
    const anew: number[] = [];
    for (let round = 0; round < 10; round++) {
      let start = performance.now();
      new Diagnosis(parseDotenv(text), context).diagnostics();
      opening.push(performance.now() - start);
      const document = parseDotenv(text);
      start = performance.now();
      diagnose(document, context);
      anew.push(performance.now() - start);
    }
    rows.push([
      lines.toLocaleString("en"),
      shown(p50),
      shown(p99),
      shown(most),
      shown(figures(opening).p50),
      shown(figures(anew).p50),
    ]);
  }
  console.log("Keystroke to diagnostics, ms");
  printTable(["lines", "p50", "p99", "max", "opening", "all anew"], rows);
}

function benchReaders(): void {
  const text = sampleFile(50_000);
  const megabytes = Buffer.byteLength(text) / 1e6;
  const readers: Readonly<Record<string, () => unknown>> = {
    "hotenv parseDotenv": () => parseDotenv(text),
    "hotenv parseDotenv and evaluate": () => evaluate(parseDotenv(text), () => undefined).variables,
    "hotenv parseDotenv, dotenv dialect": () => parseDotenv(text, { dialect: "dotenv" }),
    "dotenv parse": () => parse(text),
    "node util.parseEnv": () => parseEnv(text),
  };
  const rows = Object.entries(readers).map(([name, read]) => {
    for (let round = 0; round < 5; round++) read();
    const times = Array.from({ length: 25 }, () => {
      const start = performance.now();
      read();
      return performance.now() - start;
    });
    const { p50, p99 } = figures(times);
    return [name, shown(p50), shown(p99), (megabytes / (p50 / 1000)).toFixed(0)];
  });
  console.log(`\nReading 50,000 lines (${megabytes.toFixed(1)} MB)`);
  printTable(["reader", "p50 ms", "p99 ms", "MB/s"], rows);
}

benchKeystrokes();
benchReaders();
