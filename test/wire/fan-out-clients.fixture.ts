/**
 * A process of the tests: many clients of one agent. Arguments: the socket, how many, how many of them stop
 * reading. Takes the token from the first message. Obeys `Order`s.
 */
import { once } from "node:events";
import type { WebSocket } from "ws";
import { bareClient } from "../../agent/server/server.fixture.ts";
import { protocolVersion } from "../../core/protocol/messages.ts";
import type { Order, Report } from "./fan-out.ts";

const [socketPath = "", countText = "", stalledText = "0"] = process.argv.slice(2);
const count = Number(countText);
const stalled = Number(stalledText);
const tell = (report: Report): void => void process.send?.(report);
const connectingAtOnce = 50;

interface Reader {
  readonly socket: WebSocket;
  readonly seqs: number[];
}

/** A log line of the agent, in the shape in which it writes it: cheaper than to parse it all. */
const event = /"seq":(\d+),"data":\{"level":"info","message":"(\d+) /;

const greeting = JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion, client: "page" },
});

const latencies: number[] = [];
let heard = 0;
let wanted = Number.POSITIVE_INFINITY;
let all = Promise.withResolvers<void>();

async function connect(token: string): Promise<Reader> {
  const socket = bareClient(socketPath, { Authorization: `Bearer ${token}` });
  const seqs: number[] = [];
  await once(socket, "open");
  socket.send(greeting);
  await once(socket, "message");
  socket.on("message", (data: Buffer) => {
    const found = event.exec(data.toString("latin1"));
    if (found === null) return;
    latencies.push(Number(process.hrtime.bigint() - BigInt(found[2] ?? 0)) / 1e6);
    seqs.push(Number(found[1]));
    heard += 1;
    if (heard >= wanted) all.resolve();
  });
  return { socket, seqs };
}

const readers: Reader[] = [];
const silent: Reader[] = [];

/** Every one of them gets every number once, and in order. */
function judge(
  upTo: number,
  perClient: number,
): Pick<Extract<Report, { kind: "heard" }>, "lost" | "doubled" | "disordered"> {
  let [lost, doubled, disordered] = [0, 0, 0];
  for (const { seqs } of readers) {
    const distinct = new Set(seqs);
    doubled += seqs.length - distinct.size;
    for (let seq = upTo - perClient + 1; seq <= upTo; seq += 1) if (!distinct.has(seq)) lost += 1;
    for (const [index, seq] of seqs.entries())
      if (index > 0 && seq <= (seqs[index - 1] ?? 0)) disordered += 1;
  }
  return { lost, doubled, disordered };
}

process.on("message", async (order: Order) => {
  if (order.kind === "connect") {
    while (readers.length + silent.length < count + stalled) {
      const missing = count + stalled - readers.length - silent.length;
      const more = Array.from({ length: Math.min(connectingAtOnce, missing) }, () => connect(order.token));
      for (const reader of await Promise.all(more)) (readers.length < count ? readers : silent).push(reader);
    }
    for (const { socket } of silent) socket.pause();
    tell({ kind: "ready" });
  } else if (order.kind === "await") {
    all = Promise.withResolvers();
    wanted = order.perClient * readers.length;
    if (heard >= wanted) all.resolve();
    const limit = setTimeout(() => all.resolve(), order.limitMs);
    await all.promise;
    clearTimeout(limit);
    const times = Float64Array.from(latencies).sort();
    const at = (share: number): number =>
      times[Math.max(0, Math.ceil(times.length * share) - 1)] ?? Number.NaN;
    const samples = Array.from({ length: 1000 }, (_, rank) => at((rank + 1) / 1000));
    tell({
      kind: "heard",
      ...judge(order.upTo, order.perClient),
      p50Ms: at(0.5),
      p99Ms: at(0.99),
      maxMs: at(1),
      samples,
    });
  } else if (order.kind === "end") {
    for (const { socket } of [...readers, ...silent]) socket.terminate();
    process.disconnect();
  }
});
tell({ kind: "ready" });
