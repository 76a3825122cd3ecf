/** What is read out of the samples: percentiles, ratios, whether those can be trusted, growth, budgets. */
import { type Budget, type Line, percentile } from "./measure.ts";

export interface Ratio {
  readonly peer: string;
  /** Hotenv's median over the peer's. */
  readonly ratio: number;
  /** Every part of the run gave about the same: a rerun will, too. */
  readonly stable: boolean;
}

export interface Judged {
  /** The benchmark that measured it; the runner says so. */
  readonly from?: string;
  readonly group: string;
  readonly name: string;
  readonly unit: Line["unit"];
  readonly size?: number;
  readonly runs: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly peers: Readonly<Record<string, { readonly p50: number; readonly p99: number }>>;
  readonly ratios: readonly Ratio[];
  readonly budget?: { readonly words: string; readonly figure: number; readonly met: boolean };
  readonly note?: string;
}

const parts = 3;
/** How far a part may be from the whole. Half of what a rerun may differ by. */
const tolerance = 0.075;
/** Fewer samples than this in a part say nothing. */
const leastInPart = 3;

export function judge(line: Line): Judged {
  const { group, name, unit, size, hotenv, peers, budget, note } = line;
  const p50 = percentile(hotenv, 0.5);
  return {
    group,
    name,
    unit,
    ...(size === undefined ? {} : { size }),
    runs: hotenv.length,
    p50,
    p95: percentile(hotenv, 0.95),
    p99: percentile(hotenv, 0.99),
    peers: Object.fromEntries(
      Object.entries(peers).map(([peer, samples]) => [
        peer,
        { p50: percentile(samples, 0.5), p99: percentile(samples, 0.99) },
      ]),
    ),
    ratios: Object.entries(peers).map(([peer, samples]) => ratioOf(peer, hotenv, samples)),
    ...(budget === undefined ? {} : { budget: against(budget, line) }),
    ...(note === undefined ? {} : { note }),
  };
}

function ratioOf(peer: string, hotenv: readonly number[], samples: readonly number[]): Ratio {
  const ratio = percentile(hotenv, 0.5) / percentile(samples, 0.5);
  return { peer, ratio, stable: isStable(ratio, hotenv, samples) };
}

/** The run cut into consecutive parts: does each give the ratio of the whole? */
function isStable(whole: number, hotenv: readonly number[], samples: readonly number[]): boolean {
  if (Math.min(hotenv.length, samples.length) < parts * leastInPart) return false;
  const part = (list: readonly number[], at: number): readonly number[] =>
    list.slice(Math.floor((list.length * at) / parts), Math.floor((list.length * (at + 1)) / parts));
  return Array.from(
    { length: parts },
    (_, at) => percentile(part(hotenv, at), 0.5) / percentile(part(samples, at), 0.5),
  ).every((ratio) => Math.abs(ratio / whole - 1) <= tolerance);
}

function against(budget: Budget, { hotenv, peers, unit }: Line): NonNullable<Judged["budget"]> {
  if ("atMost" in budget) {
    const figure = percentile(hotenv, { p50: 0.5, p95: 0.95, p99: 0.99 }[budget.of]);
    return {
      words: `${budget.of} ≤ ${budget.atMost} ${unit}`,
      figure,
      met: figure <= budget.atMost,
    };
  }
  const peer = peers[budget.to];
  if (peer === undefined) throw new Error(`The budget is held against ${budget.to}, which was not measured.`);
  const figure = percentile(hotenv, 0.5) / percentile(peer, 0.5);
  const words = `≤ ${Number(budget.ratio.toFixed(2))} × ${budget.to}`;
  return { words, figure, met: figure <= budget.ratio };
}

export interface Growth {
  readonly group: string;
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** b where the cost grows as size to the b: 0 does not grow, 1 in proportion. */
  readonly exponent: number;
  readonly peers: Readonly<Record<string, number>>;
}

/** Least squares through the logarithms, of lines that have the name in common and differ by size. */
export function growth(lines: readonly Judged[]): readonly Growth[] {
  const families = Map.groupBy(
    lines.filter(({ size }) => size !== undefined),
    ({ group, name }) => JSON.stringify([group, name]),
  );
  return [...families.values()].flatMap((family) => {
    const sorted = family.toSorted((a, b) => (a.size ?? 0) - (b.size ?? 0));
    const [first] = sorted;
    const last = sorted.at(-1);
    if (first?.size === undefined || last?.size === undefined || first.size === last.size) return [];
    const of = (cost: (line: Judged) => number | undefined): number | undefined =>
      slope(
        sorted.flatMap((line) => {
          const y = cost(line);
          return y === undefined || y <= 0 ? [] : [[Math.log(line.size ?? 0), Math.log(y)] as const];
        }),
      );
    const peers = Object.keys(first.peers).flatMap((peer) => {
      const exponent = of((line) => line.peers[peer]?.p50);
      return exponent === undefined ? [] : [[peer, exponent] as const];
    });
    const exponent = of(({ p50 }) => p50);
    if (exponent === undefined) return [];
    const { group, name } = first;
    return [{ group, name, from: first.size, to: last.size, exponent, peers: Object.fromEntries(peers) }];
  });
}

function slope(points: readonly (readonly [number, number])[]): number | undefined {
  if (points.length < 2) return undefined;
  const mean = (axis: 0 | 1): number => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  const [mx, my] = [mean(0), mean(1)];
  const over = points.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0);
  const under = points.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
  return under === 0 ? undefined : over / under;
}

/** What a second run says about the first. */
export interface Drift {
  readonly line: string;
  readonly peer: string;
  readonly before: number;
  readonly after: number;
  /** 0.1: a tenth more or less. */
  readonly by: number;
  readonly stable: boolean;
}

/** Ratios that both runs have; `stable` is the earlier run's word. */
export function drift(before: readonly Judged[], after: readonly Judged[]): readonly Drift[] {
  const key = ({ group, name, size }: Judged): string => [group, name, size ?? ""].join(" · ");
  const earlier = new Map(before.map((line) => [key(line), line]));
  return after.flatMap((line) =>
    line.ratios.flatMap(({ peer, ratio }) => {
      const old = earlier.get(key(line))?.ratios.find((candidate) => candidate.peer === peer);
      if (old === undefined) return [];
      const by = Math.abs(ratio / old.ratio - 1);
      return [{ line: key(line), peer, before: old.ratio, after: ratio, by, stable: old.stable }];
    }),
  );
}
