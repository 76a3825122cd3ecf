/** What the tests of this folder share: a project's directories, models, and little services. */
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ServiceModel } from "../../../core/compose/model.ts";
import type { Operation, Script, Step } from "../runtime.ts";
import type { ChildrenOptions } from "./children.ts";
import type { ProcessConfig } from "./config.ts";
import type { ProcessRuntime } from "./process-runtime.ts";

export interface TestProject extends ChildrenOptions {
  remove(): Promise<void>;
}

export async function makeProject(more: Partial<ChildrenOptions> = {}): Promise<TestProject> {
  const root = await realpath(await mkdtemp(join(tmpdir(), "hotenv-process-")));
  return {
    directory: root,
    stateDirectory: join(root, "state"),
    logDirectory: join(root, "state", "logs"),
    ...more,
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

/** A service that runs this JavaScript. */
export function scripted(name: string, script: string, more: Partial<ProcessConfig> = {}): ServiceModel {
  const config: ProcessConfig = {
    command: [process.execPath, "-e", script],
    environment: {},
    working_dir: ".",
    healthcheck: null,
    stop_signal: "SIGTERM",
    stop_grace_period: 5_000,
    completes: false,
    ...more,
  };
  return { name, runtime: "process", config: { ...config }, dependsOn: [], files: [] };
}

/** Answers every request with the variable VALUE; says so in its log. */
export function httpService(
  name: string,
  port: number,
  value: string,
  more: Partial<ProcessConfig> = {},
): ServiceModel {
  const script = `
    require("http").createServer((_, r) => r.end(process.env.VALUE)).listen(${port}, "127.0.0.1", () => console.log("listening"));
    process.on("SIGTERM", () => { console.log("ending"); process.exit(0); });`;
  return scripted(name, script, {
    environment: { VALUE: value },
    healthcheck: {
      test: [
        "CMD",
        process.execPath,
        "-e",
        `fetch("http://127.0.0.1:${port}").then(() => process.exit(0), () => process.exit(1))`,
      ],
      interval: 500,
      timeout: 20_000,
      retries: 3,
      start_period: 50_000,
    },
    ...more,
  });
}

export const answerOf = async (port: number): Promise<string> =>
  (await fetch(`http://127.0.0.1:${port}`)).text();

export const never = new AbortController().signal;

export function stepOf(target: ServiceModel, current?: ServiceModel, more: Partial<Step> = {}): Step {
  return {
    service: target.name,
    action: "recreate",
    target,
    current,
    project: new Map([[target.name, target]]),
    ...more,
  };
}

export async function perform(runtime: ProcessRuntime, step: Step, rollout: string): Promise<Script> {
  const script = await runtime.prepare(step, rollout);
  for (const operation of script.operations) await runtime.perform(throughJournal(operation), never);
  return script;
}

export async function revert(runtime: ProcessRuntime, script: Script): Promise<void> {
  for (const operation of script.operations.toReversed())
    await runtime.revert(throughJournal(operation), "grace");
}

/** The journal keeps JSON. */
export const throughJournal = (operation: Operation): Operation =>
  JSON.parse(JSON.stringify(operation)) as Operation;

export async function pidOf(runtime: ProcessRuntime, service: string): Promise<number> {
  const status = (await runtime.observe(never)).find(
    (one) => one.service === service && one.state === "running",
  );
  if (status === undefined) throw new Error(`${service} does not run`);
  return Number(status.instances[0]);
}
