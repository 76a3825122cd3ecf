/** From an event to all clients of an agent, by how many there are; all of them in one process of their own. */
import { fanOut } from "../wire/fan-out.ts";
import type { Benchmark, Line } from "./measure.ts";

const perSecond = 100;
const scales = {
  smoke: { counts: [1, 20], seconds: 2 },
  full: { counts: [1, 100, 1000], seconds: 20 },
} as const;

export const benchmark: Benchmark = async (scale) => {
  const { counts, seconds } = scales[scale];
  const lines: Line[] = [];
  for (const clients of counts) {
    const heard = await fanOut({ clients, perSecond, seconds });
    if (heard.lost + heard.doubled + heard.disordered > 0)
      throw new Error(`Of ${clients} clients some did not hear every event once and in order.`);
    lines.push(
      {
        group: "The wire",
        name: "event to client",
        unit: "ms",
        size: clients,
        hotenv: heard.samples,
        peers: {},
        note: `${perSecond} events a second for ${seconds} s; one sample for each permille of all latencies.`,
      },
      {
        group: "The wire",
        name: "agent's memory while it tells its clients",
        unit: "MB",
        size: clients,
        hotenv: [heard.memory.during],
        peers: { "before they came": [heard.memory.before], "after they left": [heard.memory.after] },
      },
      {
        group: "The wire",
        name: "share of a processor that telling takes the agent",
        unit: "%",
        size: clients,
        hotenv: [heard.cpuMs / (seconds * 10)],
        peers: {},
      },
    );
  }
  return lines;
};
