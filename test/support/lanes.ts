import type { Job } from "./job.ts";

/** Runs the lanes side by side, and the jobs of each one after another; those of `alone` afterwards. */
export async function inLanes(
  jobs: readonly Job[],
  run: (job: Job, isFirstLane: boolean) => Promise<void>,
): Promise<void> {
  const { alone = [], ...beside } = Object.groupBy(jobs, ({ lane }) => lane);
  const lanes = Object.values(beside).map((lane = []) => lane);
  const first = lanes.find(([job]) => job?.suite.lane === "engine") ?? lanes[0];
  await Promise.all(
    lanes.map(async (lane) => {
      for (const job of lane) await run(job, lane === first);
    }),
  );
  for (const job of alone) await run(job, true);
}
