/** Docker's event stream for one project: a hint to look again, never the truth; it reconnects by itself. */
import type Docker from "dockerode";
import * as z from "zod";
import type { RuntimeEvent } from "../runtime.ts";
import { labels } from "./containers.ts";

const eventSchema = z.looseObject({
  Action: z.string(),
  timeNano: z.number().optional(),
  Actor: z.looseObject({ ID: z.string(), Attributes: z.record(z.string(), z.string()).optional() }),
  /** Podman's: it tells of each health check, where Docker tells of another health alone. */
  HealthStatus: z.string().optional(),
});

type ContainerEvent = z.infer<typeof eventSchema>;

/** What a probe itself causes is no news. */
const noise = /^exec_/;

const firstDelayMs = 250;
const longestDelayMs = 15_000;

export interface EventLoop {
  on(listener: (event: RuntimeEvent) => void): () => void;
  close(): void;
}

/**
 * Follows the project's containers until closed. After a lost connection every service is worth a look:
 * listeners then get one event with an empty service name.
 */
export function followEvents(docker: Docker, project: string): EventLoop {
  const listeners = new Set<(event: RuntimeEvent) => void>();
  const closed = new AbortController();
  /** By container, as Podman said it last. */
  const health = new Map<string, string>();
  const tell = (event: RuntimeEvent) => {
    for (const listener of listeners) listener(event);
  };
  void follow();
  return {
    on(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => closed.abort(),
  };

  async function follow(): Promise<void> {
    let delayMs = firstDelayMs;
    while (!closed.signal.aborted) {
      try {
        await readUntilEnd(() => {
          delayMs = firstDelayMs;
        });
      } catch (error) {
        // Docker is away; whoever observes next says so. Here it only means: try again.
        if (closed.signal.aborted) return;
        tell({ service: "", what: error instanceof Error ? error.message : String(error) });
      }
      await pause(delayMs);
      delayMs = Math.min(longestDelayMs, delayMs * 2);
    }
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (closed.signal.aborted) return resolve();
      const timer = setTimeout(resolve, ms);
      timer.unref();
      closed.signal.addEventListener(
        "abort",
        () => {
          clearTimeout(timer);
          resolve();
        },
        { once: true },
      );
    });
  }

  function isKnown({ Action: action, Actor: { ID: id }, HealthStatus: now }: ContainerEvent): boolean {
    if (action === "remove" || action === "destroy") health.delete(id);
    if (now === undefined || action !== "health_status") return false;
    const isSame = health.get(id) === now;
    health.set(id, now);
    return isSame;
  }

  async function readUntilEnd(onOpen: () => void): Promise<void> {
    const filters = JSON.stringify({ type: ["container"], label: [`${labels.project}=${project}`] });
    const stream = await docker.getEvents({ filters, abortSignal: closed.signal });
    onOpen();
    tell({ service: "", what: "connected" });
    let rest = "";
    stream.setEncoding("utf8");
    for await (const chunk of stream as AsyncIterable<string>) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (line.trim() === "") continue;
        const event = eventSchema.safeParse(JSON.parse(line)).data;
        if (event === undefined || noise.test(event.Action) || isKnown(event)) continue;
        tell({ service: event.Actor.Attributes?.[labels.service] ?? "", what: event.Action });
      }
    }
  }
}
