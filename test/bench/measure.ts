/**
 * What every benchmark hands over, and how it measures: Hotenv and its peers in turns, so that a machine that
 * drifts hurts both.
 */

/** One line of the table. Every list holds one sample a round, in the order in which they were taken. */
export interface Line {
  /** Where it stands in the table. */
  readonly group: string;
  readonly name: string;
  /** Of times, shares of a processor, and sizes. */
  readonly unit: Unit;
  /** How much of what the name says (lines, services, revisions…), for the growth of the cost. */
  readonly size?: number;
  readonly hotenv: readonly number[];
  /** By name; none where nobody else does it. */
  readonly peers: Readonly<Record<string, readonly number[]>>;
  readonly budget?: Budget;
  /** What a reader has to know to read the line rightly. One sentence. */
  readonly note?: string;
}

export type Unit = "ms" | "MB" | "KB" | "%";

/** What the line is to keep: an amount in its unit, or a multiple of a peer's median. */
export type Budget =
  | { readonly atMost: number; readonly of: "p50" | "p95" | "p99" }
  | { readonly ratio: number; readonly to: string };

/** A group of lines; the runner gives each a process of its own. */
export type Benchmark = (scale: Scale) => Promise<readonly Line[]>;

/** `smoke`: as little as shows that it runs. */
export type Scale = "smoke" | "full";

/** Does the work once and says what it took, in ms; work that prepares and cleans up measures for itself. */
export type Contender = (round: number) => number | Promise<number>;

/**
 * One sample of each contender a round, each round beginning with another, after rounds that do not count.
 * @returns samples by contender
 */
export async function inTurns<Name extends string>(
  contenders: Readonly<Record<Name, Contender>>,
  { rounds, warmUp = 1 }: { readonly rounds: number; readonly warmUp?: number },
): Promise<Record<Name, number[]>> {
  const names = Object.keys(contenders) as Name[];
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = -warmUp; round < rounds; round += 1)
    for (let turn = 0; turn < names.length; turn += 1) {
      const name = names[(turn + round + warmUp) % names.length];
      if (name === undefined) continue;
      const took = await contenders[name](round);
      if (round >= 0) samples[name].push(took);
    }
  return samples;
}

/** @returns how long the work took, in ms */
export async function took(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** The nearest rank; `share` 0.5 is the median. Of a list that is not empty. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * share) - 1))] ?? Number.NaN;
}
