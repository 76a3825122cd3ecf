/** The table of docs/engines.md: files of tests, and what became of each on each engine. */
import { none, type Tally } from "./tally.ts";

export interface Column {
  /** What answers there, with versions. */
  readonly title: string;
  readonly byFile: ReadonlyMap<string, Tally>;
}

const [begin, end] = ["<!-- matrix -->", "<!-- /matrix -->"];

const cell = ({ passed, failed, skipped }: Tally): string =>
  [
    ...(passed > 0 ? [`${passed} passed`] : []),
    ...(failed > 0 ? [`**${failed} failed**`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ].join(", ") || "not run";

function filesOf(columns: readonly Column[]): readonly string[] {
  return [...new Set(columns.flatMap(({ byFile }) => [...byFile.keys()]))].toSorted();
}

/** Every file ran everywhere, with something that passed and nothing that failed. */
export function isPassed(columns: readonly Column[]): boolean {
  return columns.every(({ byFile }) =>
    filesOf(columns).every((file) => {
      const { passed, failed } = byFile.get(file) ?? none;
      return passed > 0 && failed === 0;
    }),
  );
}

export function matrixTable(columns: readonly Column[]): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    row(["", ...columns.map(({ title }) => title)]),
    row(["---", ...columns.map(() => "---")]),
    ...filesOf(columns).map((file) =>
      row([
        file === "" ? "around the tests" : `\`${file}\``,
        ...columns.map(({ byFile }) => cell(byFile.get(file) ?? none)),
      ]),
    ),
  ].join("\n");
}

/** The page with this table in the place of the one between its marks. @throws where it has no marks */
export function withMatrix(page: string, table: string): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`The page has no ${begin} and ${end}.`);
  return `${page.slice(0, from)}${begin}\n\n${table}\n\n${page.slice(to)}`;
}
