/**
 * How many random cases a test takes, and which. Without HOTENV_RUNS they are few, and the same each time: what Compose
 * says of them is then remembered (remembered.ts). With it they are others each time, unless HOTENV_SEED names them.
 */
const { HOTENV_RUNS, HOTENV_SEED } = process.env;

/** @param usual without HOTENV_RUNS */
export const randomRuns = (usual: number): number => Number(HOTENV_RUNS ?? usual);

/** For fast-check's parameters. */
export function randomSeed(): { readonly seed?: number } {
  if (HOTENV_SEED !== undefined) return { seed: Number(HOTENV_SEED) };
  return HOTENV_RUNS === undefined ? { seed: 1 } : {};
}
