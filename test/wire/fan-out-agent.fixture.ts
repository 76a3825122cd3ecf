/**
 * A process of the tests: an agent's server with events as an agent keeps them, and nothing behind it.
 * Argument: the project's directory, the state directory. Obeys `Order`s.
 */

import { openEventFile } from "../../agent/server/event-file.ts";
import { EventLog } from "../../agent/server/event-log.ts";
import { serverOptions } from "../../agent/server/server.fixture.ts";
import { startServer } from "../../agent/server/server.ts";
import { keepYoungHeapSmall } from "../../agent/server/young-heap.ts";
import { projectPaths } from "../../client/location.ts";
import { testStatus } from "../../client/test-agent.ts";
import type { Order, Report } from "./fan-out.ts";

keepYoungHeapSmall();
const [directory = "", stateDir = ""] = process.argv.slice(2);
const paths = projectPaths(directory, { stateDir });
const store = openEventFile(
  { events: paths.events, key: `${stateDir}/key` },
  {
    onFailure: (why) => {
      throw new Error(why);
    },
  },
);
const events = new EventLog({ store });
const server = await startServer(
  serverOptions(paths, { events, statusOf: async () => testStatus(paths), heartbeatMs: 600_000 }),
);
const tell = (report: Report): void => void process.send?.(report);

/** Evenly: what a busy turn has kept from being told is told in the next one. */
function emit(count: number, perSecond: number, paddingBytes: number): void {
  const padding = "x".repeat(paddingBytes);
  const start = performance.now();
  let told = 0;
  const timer = setInterval(() => {
    const due = Math.min(count, Math.floor(((performance.now() - start) / 1000) * perSecond));
    for (; told < due; told += 1)
      // Clients of other processes read the same monotonic clock.
      events.emit("log", { level: "info", message: `${process.hrtime.bigint()} ${padding}` });
    if (told === count) {
      clearInterval(timer);
      tell({ kind: "emitted", seq: events.seq });
    }
  }, 1000 / perSecond);
}

process.on("message", (order: Order) => {
  if (order.kind === "emit") emit(order.count, order.perSecond, order.paddingBytes);
  else if (order.kind === "memory") {
    globalThis.gc?.();
    const { rss, heapUsed, external } = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    tell({
      kind: "memory",
      rssMb: rss / 1e6,
      heapMb: heapUsed / 1e6,
      externalMb: external / 1e6,
      cpuMs: (user + system) / 1000,
      clients: server.connections(),
    });
  } else if (order.kind === "end")
    void server.close().then(() => {
      store.close();
      process.disconnect();
    });
});
tell({ kind: "ready" });
