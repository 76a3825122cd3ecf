import assert from "node:assert/strict";
import { once } from "node:events";
import { watch, writeFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { HotenvError } from "../../core/protocol/errors.ts";
import type { AgentEvent, EventData, EventType } from "../../core/protocol/messages.ts";
import type { LiveProject } from "./live.ts";
import { openProject } from "./open.ts";

/** A local service that tells by its file `NAME.seen` with which value it runs; a file `hold` keeps it from getting ready. */
const server = `
const { existsSync, writeFileSync } = require("node:fs");
process.on("SIGHUP", () => writeFileSync(process.env.NAME + ".reloaded", "yes"));
writeFileSync(process.env.NAME + ".seen", process.env.VALUE ?? "");
const timer = setInterval(() => existsSync("hold") || writeFileSync(process.env.NAME + ".ready", process.env.VALUE ?? ""), 20);
`;
const service = (name: string, key: string, more = "") => `  ${name}:
    command: node server.cjs
    environment: [NAME=${name}, "VALUE=\${${key}}"]
    stop_grace_period: 1s
    healthcheck: { test: ["CMD", "node", "healthy.cjs"], interval: 100ms, retries: 1000 }
${more}`;
/** It is ready when it has told which value it has, and nobody keeps it. */
const healthy = `
const { existsSync, readFileSync } = require("node:fs");
const seen = readFileSync(process.env.NAME + ".seen", "utf8");
process.exit(existsSync("hold") || seen !== (process.env.VALUE ?? "") ? 1 : 0);
`;
const limitMs = 60_000;

describe("the policies of a project", function () {
  this.timeout(limitMs);
  let root: string;
  let directory: string;
  let project: LiveProject | undefined;
  const events: AgentEvent[] = [];
  let wake: () => void = () => undefined;
  const never = new AbortController().signal;
  const api = () => {
    assert(project);
    return project.api;
  };

  const write = (name: string, text: string) => writeFile(join(directory, name), text);
  const seen = (name: string) => readFile(join(directory, `${name}.seen`), "utf8");
  /** A signal is heard when it is heard. */
  async function exists(name: string): Promise<void> {
    // The services write all the time: whatever is missed between the two is followed by more.
    const watcher = watch(directory);
    try {
      while (!(await readdir(directory)).includes(name)) await once(watcher, "change");
    } finally {
      watcher.close();
    }
  }
  const status = () => api().status({}, never);
  const list = async () =>
    (await api()["history/list"]({}, never)).map(({ verdict, keys }) => `${verdict} ${keys.join(" ")}`);

  /** An event that fits, now or later; those before `from` do not count. */
  async function told<T extends EventType>(
    type: T,
    fits: (data: EventData<T>) => boolean,
    from = 0,
  ): Promise<EventData<T>> {
    for (let at = from; ; at += 1) {
      while (at >= events.length)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      const event = events[at];
      if (event?.type === type && fits(event.data as EventData<T>)) return event.data as EventData<T>;
    }
  }
  const verdict = (key: string, from = 0) =>
    told("verdict", ({ revision }) => revision.keys.includes(key), from);

  async function start(policy: string, env: string, services: string): Promise<void> {
    await write("server.cjs", server);
    await write("healthy.cjs", healthy);
    await write("hotenv.yaml", `policy: { stability: 0s, ${policy} }\nservices:\n${services}`);
    await write(".env", env);
    await open();
  }
  async function open(): Promise<void> {
    events.length = 0;
    project = await openProject({
      directory,
      stateDir: join(root, "state"),
      // Nothing else of the shell's, which would win over `.env`: npm itself sets COLOR.
      environment: { PATH: process.env.PATH, HOTENV_KEY: join(root, "key") },
      watch: true,
    });
    project.events.on((event) => {
      events.push(event);
      wake();
    });
    await api().status({}, never);
  }

  beforeEach(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), "hotenv-policies-")));
    directory = join(root, "project");
    await mkdir(directory);
  });
  afterEach(async () => {
    await project?.close();
    project = undefined;
    await rm(root, { recursive: true, force: true });
  });
  const running = () => told("verdict", ({ revision }) => revision.services.includes("web"));

  describe("confirm", () => {
    beforeEach(async () => {
      await start(
        "confirm: [critical]",
        "TOKEN=one\nCOLOR=red\n",
        service("web", "TOKEN") + service("log", "COLOR"),
      );
      await running();
    });

    it("lets a change wait for a yes, and applies it then", async () => {
      await write(".env", "TOKEN=two-is-secret\nCOLOR=red\n");
      const { waiting, detail } = await told("status_update", ({ state }) => state === "waiting");
      assert.match(detail, /critical change waits for a yes: TOKEN\./);
      assert.deepEqual(
        waiting?.plan?.phases.flatMap(({ steps }) => steps.map((step) => `${step.service} ${step.action}`)),
        ["web recreate"],
      );
      assert(!JSON.stringify(waiting).includes("two-is-secret"));
      assert.equal(await seen("web"), "one");
      assert(waiting);
      const outcome = await api().confirm({ id: waiting.id, accept: true, author: { name: "Ann" } }, never);
      assert.equal(outcome.verdict, "applied");
      assert.equal(await seen("web"), "two-is-secret");
      assert.equal((await status()).state, "stable");
      const [newest] = await api()["history/list"]({}, never);
      assert.equal(newest?.reason, "Confirmed by Ann.");
    });

    it("leaves everything as it is after a no, also for the next agent, until somebody applies it", async () => {
      await write(".env", "TOKEN=two\nCOLOR=red\n");
      await told("status_update", ({ state }) => state === "waiting");
      const outcome = await api().confirm({ accept: false }, never);
      assert.equal(outcome.verdict, "rejected");
      assert.match((await status()).detail, /dismissed/);
      await project?.close();
      await open();
      assert.match((await status()).detail, /dismissed/);
      assert.equal((await status()).waiting, undefined);
      assert.equal(await seen("web"), "one");
      assert.equal((await api().apply({}, never)).verdict, "applied");
      assert.equal(await seen("web"), "two");
    });

    it("asks again about a newer change, and takes no answer to the older question for one", async () => {
      await write(".env", "TOKEN=two\nCOLOR=red\n");
      const { waiting: first } = await told("status_update", ({ state }) => state === "waiting");
      const from = events.length;
      await write(".env", "TOKEN=three\nCOLOR=red\n");
      const { waiting: second } = await told(
        "status_update",
        ({ waiting }) => waiting !== undefined && waiting.id !== first?.id,
        from,
      );
      assert(first && second);
      await assert.rejects(
        api().confirm({ id: first.id, accept: true }, never),
        (error) => error instanceof HotenvError && error.code === "file-changed",
      );
      assert.equal((await api().confirm({ id: second.id, accept: true }, never)).verdict, "applied");
      assert.equal(await seen("web"), "three");
      assert.deepEqual((await list()).slice(0, 2), ["applied TOKEN", "superseded TOKEN"]);
    });

    it("does not ask about lesser changes, nor whoever applies by hand", async () => {
      const from = events.length;
      await write(".env", "TOKEN=one\nCOLOR=blue\n");
      await verdict("COLOR", from);
      assert.equal(await seen("log"), "blue");
      await api().pause({}, never);
      await write(".env", "TOKEN=two\nCOLOR=blue\n");
      await api().resume({}, never);
      await told("status_update", ({ state }) => state === "waiting", from);
      assert.equal((await api().apply({}, never)).verdict, "applied");
      assert.equal((await status()).waiting, undefined);
      await assert.rejects(
        api().confirm({ accept: true }, never),
        (error) => error instanceof HotenvError && error.code === "usage",
      );
    });
  });

  it("apply only the newest of what is saved during a rollout, and record the others as superseded", async () => {
    await start("onFailure: rollback-services", "COLOR=red\n", service("web", "COLOR"));
    await running();
    await write("hold", "");
    const from = events.length;
    await write(".env", "COLOR=blue\n");
    await told("restart_progress", ({ step }) => step?.state === "probing", from);
    await write(".env", "COLOR=green\n");
    await told("log", ({ message }) => message.startsWith("A newer change waits"), from);
    await write(".env", "COLOR=white\n");
    await told("verdict", ({ revision }) => revision.verdict === "superseded", from);
    const then = events.length;
    await rm(join(directory, "hold"));
    await told("verdict", ({ revision }) => revision.verdict === "applied", then);
    await told(
      "verdict",
      ({ revision }) => revision.verdict === "applied" && revision.services.includes("web"),
      events.length,
    );
    assert.equal(await seen("web"), "white");
    assert.deepEqual((await list()).slice(0, 3), ["applied COLOR", "superseded COLOR", "applied COLOR"]);
  });

  it("make a burst of saves one rollout", async () => {
    await start("debounce: { quiet: 400ms, max: 10s }", "COLOR=red\n", service("web", "COLOR"));
    await running();
    const from = events.length;
    // At one go, so that a pause of the machine makes no silence between them.
    for (const color of ["a", "b", "c", "d"]) writeFileSync(join(directory, ".env"), `COLOR=${color}\n`);
    await verdict("COLOR", from);
    assert.equal(await seen("web"), "d");
    assert.equal(events.slice(from).filter(({ type }) => type === "restart_completed").length, 1);
  });

  it("let a change wait for the end of the cooldown", async () => {
    await start("cooldown: 4s", "COLOR=red\n", service("web", "COLOR"));
    await running();
    const from = events.length;
    await write(".env", "COLOR=blue\n");
    const { waiting } = await told("status_update", ({ state }) => state === "waiting", from);
    assert.equal(waiting?.for, "cooldown");
    assert.equal(await seen("web"), "red");
    const { revision } = await verdict("COLOR", from);
    assert.equal(revision.verdict, "applied");
    assert(waiting.until !== undefined && Date.parse(revision.time) >= Date.parse(waiting.until) - 50);
  });

  it("forget a change that waits for the end of the cooldown where it is taken back", async () => {
    await start("cooldown: 10m", "COLOR=red\n", service("web", "COLOR"));
    await running();
    await write(".env", "COLOR=green\n");
    await told("status_update", ({ state }) => state === "waiting");
    const from = events.length;
    await write(".env", "COLOR=red\n");
    await told("status_update", ({ waiting }) => waiting === undefined, from);
    assert.equal(await seen("web"), "red");
    assert.equal((await list())[0], "superseded COLOR");
  });

  describe("strategy: by-severity", () => {
    const started = async (name: string) =>
      (await status()).services.find((each) => each.service === name)?.since;
    beforeEach(async () => {
      await start(
        "strategy: by-severity",
        "TOKEN=a\nAPI_URL=b\nCOLOR=c\nSIZE=d\n",
        service("web", "TOKEN") +
          service("api", "API_URL") +
          service("view", "COLOR", "    reload: { signal: SIGHUP }\n") +
          service("box", "SIZE"),
      );
      await running();
    });

    it("a critical change restarts everything, a moderate one what is affected", async () => {
      let from = events.length;
      await write(".env", "TOKEN=a\nAPI_URL=b2\nCOLOR=c\nSIZE=d\n");
      assert.deepEqual((await verdict("API_URL", from)).revision.services, ["api"]);
      from = events.length;
      await write(".env", "TOKEN=a2\nAPI_URL=b2\nCOLOR=c\nSIZE=d\n");
      const { revision } = await verdict("TOKEN", from);
      assert.deepEqual([...revision.services].sort(), ["api", "box", "view", "web"]);
      assert.equal(revision.verdict, "applied");
    });

    it("a minor one only reloads, and the rest follows when it is asked for", async () => {
      const [view, box] = [await started("view"), await started("box")];
      let from = events.length;
      await write(".env", "TOKEN=a\nAPI_URL=b\nCOLOR=c2\nSIZE=d2\n");
      const { revision } = await verdict("COLOR", from);
      assert.deepEqual(revision.services, ["view"]);
      await exists("view.reloaded");
      assert.deepEqual([await started("view"), await started("box")], [view, box]);
      assert.match((await status()).detail, /box keeps its former values/);
      // Something else changes: what was left for later stays so.
      from = events.length;
      await write(".env", "TOKEN=a\nAPI_URL=b2\nCOLOR=c2\nSIZE=d2\n");
      assert.deepEqual((await verdict("API_URL", from)).revision.services, ["api"]);
      const outcome = await api().apply({}, never);
      assert.deepEqual(outcome.plan.phases.flatMap(({ steps }) => steps.map((step) => step.service)).sort(), [
        "box",
        "view",
      ]);
      assert.deepEqual([await seen("view"), await seen("box")], ["c2", "d2"]);
    });
  });
});
