/** What a person does to one service by hand, and asks of it. It goes through the same queue as every rollout. */
import { randomBytes } from "node:crypto";
import type { ServiceModel } from "../../core/compose/model.ts";
import { fillTemplate } from "../../core/interpolate/fill.ts";
import { parseTemplate } from "../../core/interpolate/template.ts";
import { HotenvError } from "../../core/protocol/errors.ts";
import type { AgentApi, Proof, Result, ServiceAct } from "../../core/protocol/messages.ts";
import type { Action } from "../../core/protocol/words.ts";
import { runRollout } from "../rollout/engine.ts";
import { runProbes } from "../rollout/probe.ts";
import { Progress } from "../rollout/progress.ts";
import { type ExecutableStep, noFiles } from "../rollout/rollout-plan.ts";
import { withMissing } from "./comparison.ts";
import { makeStep } from "./plan-project.ts";
import { projectLookup, readTexts } from "./reading.ts";
import { type Running, runningRevision, type Workshop } from "./workshop.ts";

export interface ServiceApiOptions {
  readonly shop: Workshop;
  readonly inTurn: <T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>) => Promise<T>;
  /** What a crash interrupted is ended first. */
  readonly ready: () => Promise<void>;
  readonly closing: AbortSignal;
}

type ServiceMethods = "service/act" | "verify" | "logs" | "logs/follow";

/** An answer to `logs/follow` is not waited for longer; the client asks again. */
const followMs = 20_000;
const firstLines = 500;
const logLines = 20;

const past: Readonly<Record<ServiceAct, string>> = {
  start: "started",
  stop: "stopped",
  restart: "restarted",
  reload: "reloaded",
};

export function serviceApi(options: ServiceApiOptions): Pick<AgentApi, ServiceMethods> {
  const { shop, inTurn, ready, closing } = options;
  const { history, runtimes, board, environment, directory, events, hide } = shop;

  /** Together: a secret may have several lines. */
  const hideLines = (lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : hide(lines.join("\n")).split("\n");

  /** What runs, and one service of it. */
  const find = async (service: string): Promise<{ running: Running; model: ServiceModel }> => {
    const running = runningRevision(history);
    const model = running?.services.get(service);
    if (running === undefined || model === undefined)
      throw new HotenvError("service-unknown", `There is no service ${service} in this project.`);
    await runtimes.provide(running.name, running.services);
    return { running, model };
  };

  const stepOf = async (
    { snapshot, services }: Running,
    model: ServiceModel,
    action: Action,
    start: boolean,
  ): Promise<ExecutableStep> => {
    const { settings } = await readTexts(directory, environment, []);
    const input = {
      settings,
      after: services,
      up: start,
      fill: (text: string) =>
        fillTemplate(parseTemplate(text), projectLookup(directory, environment, snapshot), () => undefined),
      expected: () => undefined,
    };
    return makeStep(input, model.name, action, "asked for by hand", start ? undefined : model, model);
  };

  const carryOut = async (
    { running, model }: { running: Running; model: ServiceModel },
    act: Exclude<ServiceAct, "stop">,
    signal: AbortSignal,
  ): Promise<Result<"service/act">> => {
    const service = model.name;
    const [status] = (await runtimes.observe(signal)).filter((each) => each.service === service);
    const isUp = status?.state === "running" || status?.state === "restarting";
    if (act === "start" && isUp) return { ok: true, message: `${service} runs already.`, log: [] };
    if (act === "reload" && !isUp)
      throw new HotenvError("service-unknown", `${service} does not run, so it cannot reload.`, {
        todo: "Start it first.",
      });
    const exists = status !== undefined && status.state !== "missing" && model.runtime === "compose";
    const step =
      act === "reload"
        ? await reloadStep((action) => stepOf(running, model, action, false))
        : await stepOf(running, model, !isUp && !exists ? "recreate" : "restart", !isUp);
    const plan = {
      change: { entries: [], severity: "minor" as const },
      phases: [{ steps: [step] }],
      notes: [],
    };
    const id = randomBytes(4).toString("hex");
    const progress = new Progress(id, running.revision, plan, () => undefined, hide);
    const { verdict, reason, log } = await runRollout(
      { revision: running.revision, plan, files: [], stabilityMs: 0 },
      {
        // Nothing is replaced that could be lost: a crash here leaves a service that runs or does not.
        journal: { intend: () => undefined, mark: () => undefined, commitPoint: () => undefined },
        progress,
        runtimeOf: () => runtimes.of(model.runtime),
        returnFiles: noFiles,
      },
      signal,
    );
    const ok = verdict === "applied";
    const message = ok
      ? `${service} was ${past[act]}.`
      : `${service} was ${past[act]}, and does not work: ${reason ?? "no reason is known."}`;
    return { ok, message, log: [...(log ?? [])] };
  };

  return {
    "service/act": ({ service, act }, signal) =>
      inTurn(signal, async (either) => {
        await ready();
        const found = await find(service);
        try {
          if (act === "stop") await runtimes.of(found.model.runtime).stop(service, either);
          const result =
            act === "stop"
              ? { ok: true, message: `${service} was stopped.`, log: [] }
              : await carryOut(found, act, either);
          events.emit("log", { level: result.ok ? "info" : "warn", message: result.message, service });
          return result;
        } finally {
          board.set({ services: withMissing(found.running.services, await runtimes.observe(closing)) });
        }
      }),
    verify: ({ services }, signal) =>
      inTurn(signal, async (either) => {
        await ready();
        const running = runningRevision(history);
        if (running === undefined) return [];
        await runtimes.provide(running.name, running.services);
        const observed = await runtimes.observe(either);
        const wanted =
          services ?? observed.filter(({ state }) => state === "running").map(({ service }) => service);
        return Promise.all(
          wanted.map(async (service): Promise<Proof> => {
            const { model } = await find(service);
            const runtime = runtimes.of(model.runtime);
            const { probes = [] } = await stepOf(running, model, "none", false);
            const health = await runtime.verify(service, model, 0, either);
            const result = health.ok ? await runProbes(runtime, service, probes, either) : health;
            if (result.ok) return { service, ok: true, inconclusive: false, reason: "", log: [] };
            const { inconclusive, reason, log } = result;
            return {
              service,
              ok: false,
              inconclusive,
              reason: hide(reason),
              log: hideLines(log.slice(-logLines)),
            };
          }),
        );
      }),
    logs: async ({ service, tail }, signal) => {
      const { model } = await find(service);
      const lines = await runtimes.of(model.runtime).logs(service, tail ?? 100, signal);
      return hideLines(lines);
    },
    "logs/follow": async ({ service, after }, signal) => {
      const { model } = await find(service);
      const enough = AbortSignal.any([signal, closing, AbortSignal.timeout(followMs)]);
      const part = await runtimes.of(model.runtime).followLogs(service, after, firstLines, enough);
      signal.throwIfAborted();
      return { lines: hideLines(part.lines), after: part.after };
    },
  };
}

/** As hotenv.yaml declares it. */
async function reloadStep(stepFor: (action: Action) => Promise<ExecutableStep>): Promise<ExecutableStep> {
  const declared = await stepFor("none");
  const { reload } = declared;
  const action =
    reload?.signal !== undefined
      ? "signal"
      : reload?.http !== undefined
        ? "http"
        : reload?.exec !== undefined
          ? "exec"
          : undefined;
  if (action !== undefined) return stepFor(action);
  throw new HotenvError("usage", `hotenv.yaml does not say how ${declared.service} reloads.`, {
    todo: `Add "services.${declared.service}.reload", or restart it.`,
  });
}
