/** Every benchmark there is, in the order of the table. Each runs in a process of its own. */
import type { Benchmark } from "./measure.ts";

export interface Group {
  readonly name: string;
  readonly load: () => Promise<Benchmark>;
  /** How long all of it may take at full scale. */
  readonly limitSeconds: number;
}

export const groups: readonly Group[] = [
  { name: "save", load: async () => (await import("./save.ts")).benchmark, limitSeconds: 300 },
  { name: "no-op", load: async () => (await import("./no-op.ts")).benchmark, limitSeconds: 120 },
  {
    name: "compose-watch",
    load: async () => (await import("./compose-watch.ts")).benchmark,
    limitSeconds: 300,
  },
  { name: "rollout", load: async () => (await import("./rollout.ts")).benchmark, limitSeconds: 900 },
  { name: "watch", load: async () => (await import("./watch.ts")).benchmark, limitSeconds: 300 },
  { name: "impact", load: async () => (await import("./impact.ts")).benchmark, limitSeconds: 300 },
  { name: "language", load: async () => (await import("./language.ts")).benchmark, limitSeconds: 300 },
  { name: "page", load: async () => (await import("./page.ts")).benchmark, limitSeconds: 300 },
  { name: "agent", load: async () => (await import("./agent.ts")).benchmark, limitSeconds: 300 },
  {
    name: "many-rollouts",
    load: async () => (await import("./many-rollouts.ts")).benchmark,
    limitSeconds: 300,
  },
  { name: "wire", load: async () => (await import("./wire.ts")).benchmark, limitSeconds: 300 },
  { name: "history", load: async () => (await import("./history.ts")).benchmark, limitSeconds: 900 },
  { name: "sizes", load: async () => (await import("./sizes.ts")).benchmark, limitSeconds: 120 },
];
