/** What Prometheus reads. Counted as events come; a scrape only prints. No value of any variable is in it. */
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { AgentEvent } from "../../../core/protocol/messages.ts";
import type { Rollout, ServiceStatus, Status } from "../../../core/protocol/words.ts";
import { stateSchema } from "../../../core/protocol/words.ts";

export interface Metrics {
  readonly contentType: string;
  /** For every event, as it comes. */
  count(event: AgentEvent): void;
  /** @param lagMs from an event to the moment when it had been handed to every client */
  countLag(lagMs: number): void;
  /** The state at the start, which no event told. */
  setStatus(status: Status): void;
  /** When the last good revision was proved; ISO 8601. */
  setLastGood(time: string): void;
  /** The exposition format, as text. */
  print(): Promise<string>;
}

export interface MetricsOptions {
  readonly version: string;
  /** WebSocket clients of this door, and what waits for them, bytes. Asked at a scrape. */
  readonly clients: () => { readonly count: number; readonly unsentBytes: number };
}

/** From a signal (50 ms) to an image that is built anew (10 minutes); seconds. */
const restartBuckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600];
const lagBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
/** Stands for the project as a whole; no service can be named so. */
const wholeProject = "*";
const seconds = (ms: number): number => ms / 1000;

export function openMetrics({ version, clients }: MetricsOptions): Metrics {
  const registry = new Registry();
  const registers = [registry];

  const changes = new Counter({
    name: "config_changes_total",
    help: "Changed entries of the configuration: keys, or whole files.",
    labelNames: ["change_type", "severity"],
    registers,
  });
  const durations = new Histogram({
    name: "config_restart_duration_seconds",
    help: "From a step's beginning until its service had proved itself, or had not.",
    labelNames: ["service_name", "restart_type"],
    buckets: restartBuckets,
    registers,
  });
  const failures = new Counter({
    name: "config_reload_failures_total",
    help: 'Changes that did not come to run, by the service that failed; "*" where the files themselves were refused.',
    labelNames: ["service"],
    registers,
  });
  const lastGood = new Gauge({
    name: "config_last_good_timestamp_seconds",
    help: "When the newest revision that works was proved.",
    registers,
  });
  const restarting = new Gauge({
    name: "config_restart_started_timestamp_seconds",
    help: "Since when a service is being restarted; absent where it is not.",
    labelNames: ["service_name", "restart_type"],
    registers,
  });
  const lag = new Histogram({
    name: "hotenv_event_lag_seconds",
    help: "From an event until it had been handed to every client's connection.",
    buckets: lagBuckets,
    registers,
  });
  const events = new Counter({
    name: "hotenv_events_total",
    help: "Events that the agent told, by type.",
    labelNames: ["type"],
    registers,
  });
  const states = new Gauge({
    name: "hotenv_state",
    help: "1 for the state that the project is in.",
    labelNames: ["state"],
    registers,
  });
  const up = new Gauge({
    name: "hotenv_service_up",
    help: "1 where a service runs and is not unhealthy.",
    labelNames: ["service"],
    registers,
  });
  new Gauge({
    name: "hotenv_info",
    help: "1; its label is Hotenv's version.",
    labelNames: ["version"],
    registers,
  }).set({ version }, 1);
  const measure = (name: string, help: string, value: () => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });
  };
  measure("process_resident_memory_bytes", "Resident memory of the agent.", () => process.memoryUsage.rss());
  measure(
    "hotenv_heap_used_bytes",
    "Memory in use by the agent's own objects.",
    () => process.memoryUsage().heapUsed,
  );
  measure("process_start_time_seconds", "When the agent started.", () =>
    seconds(Date.now() - process.uptime() * 1000),
  );
  measure("hotenv_clients", "WebSocket clients of the HTTP side.", () => clients().count);
  measure("hotenv_unsent_bytes", "What waits for clients that read slowly.", () => clients().unsentBytes);
  let cpuCounted = 0;
  new Counter({
    name: "process_cpu_seconds_total",
    help: "Processor time of the agent, user and system.",
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      const now = (user + system) / 1e6;
      this.inc(Math.max(0, now - cpuCounted));
      cpuCounted = now;
    },
  });
  // A series that is there from the beginning has a rate from the first failure on.
  failures.inc({ service: wholeProject }, 0);

  const setService = ({ service, state, health }: ServiceStatus): void => {
    failures.inc({ service }, 0);
    up.set({ service }, state === "running" && health !== "unhealthy" ? 1 : 0);
  };

  const setStatus = ({ state, services }: Status): void => {
    for (const one of stateSchema.options)
      if (one !== "offline") states.set({ state: one }, one === state ? 1 : 0);
    up.reset();
    for (const service of services) setService(service);
  };

  const countRollout = ({ phases, verdict }: Rollout): void => {
    restarting.reset();
    const steps = phases.flatMap((phase) => phase.steps);
    for (const { service, action, durationMs } of steps)
      if (durationMs !== undefined)
        durations.observe({ service_name: service, restart_type: action }, seconds(durationMs));
    if (verdict !== "failed" && verdict !== "rolled-back") return;
    // A step that failed has been put back by now; its trail remembers.
    const failed = steps.filter(
      ({ state, trail = [] }) => state === "failed" || trail.some((moment) => moment.state === "failed"),
    );
    for (const service of failed.length > 0 ? failed.map((step) => step.service) : [wholeProject])
      failures.inc({ service });
  };

  return {
    contentType: registry.contentType,
    count({ type, timestamp, data }) {
      events.inc({ type });
      switch (type) {
        case "config_change":
          for (const { kind, severity } of data.change.entries) changes.inc({ change_type: kind, severity });
          return;
        case "restart_progress": {
          const { step } = data;
          if (step?.startedAt === undefined) return;
          const labels = { service_name: step.service, restart_type: step.action };
          if (step.state === "healthy" || step.state === "rolled-back" || step.state === "skipped")
            restarting.remove(labels);
          else restarting.set(labels, seconds(Date.parse(step.startedAt)));
          return;
        }
        case "restart_completed":
          countRollout(data.rollout);
          return;
        case "verdict":
          if (data.revision.verdict === "applied") lastGood.set(seconds(Date.parse(timestamp)));
          if (data.revision.verdict === "rejected") failures.inc({ service: wholeProject });
          return;
        case "status_update":
          setStatus(data);
          return;
        case "health_update":
          setService(data);
          return;
        case "config_decided":
        case "log":
          return;
      }
    },
    countLag: (lagMs) => lag.observe(seconds(lagMs)),
    setStatus,
    setLastGood: (time) => lastGood.set(seconds(Date.parse(time))),
    print: () => registry.metrics(),
  };
}
