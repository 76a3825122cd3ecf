// One service by hand, over the real Docker: started, stopped, restarted, proved, and its log followed.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { after, before, describe, it } from "mocha";
import type { LiveProject } from "../../agent/project/live.ts";
import { openProject } from "../../agent/project/open.ts";
import { testImage } from "../support/docker-image.ts";
import { composeProject, type TestProject } from "../support/docker-project.ts";

const never = new AbortController().signal;
const secret = "nobody-may-see-this";

const compose = (image: string): string => `services:
  api:
    image: ${image}
    environment:
      API_TOKEN: \${API_TOKEN}
    command: ["sh", "-c", "printf '\\\\033[31mup with %s\\\\033[0m\\\\n' \\"$$API_TOKEN\\"; trap 'exit 0' TERM; while :; do sleep 0.2; done"]
  db:
    image: ${image}
    command: ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.2; done"]
`;

describe("one service, by hand", function () {
  this.timeout(60_000);
  let project: TestProject;
  let stateDir: string;
  let live: LiveProject;
  const stateOf = async (service: string): Promise<string | undefined> =>
    (await live.api.status({}, never)).services.find((each) => each.service === service)?.state;

  before(async () => {
    project = await composeProject({
      name: "service-api",
      files: {
        "compose.yaml": compose(await testImage()),
        ".env": `API_TOKEN=${secret}\n`,
        "hotenv.yaml": "services:\n  api:\n    verify: [{ exec: 'test -e /tmp/works' , timeout: 3s}]\n",
      },
    });
    await project.compose("up", "-d");
    stateDir = await mkdtemp(join(tmpdir(), "hotenv-test-"));
    live = await openProject({ directory: project.dir, stateDir, watch: true });
    await live.api.status({}, never);
  });
  after(async () => {
    await live?.close();
    await project?.down();
    if (stateDir !== undefined) await rm(stateDir, { recursive: true, force: true });
  });

  it("is stopped and started again, as the same container, and the other one is left alone", async () => {
    const ids = await project.ids();
    const stopped = await live.api["service/act"]({ service: "api", act: "stop" }, never);
    assert.deepEqual(stopped, { ok: true, message: "api was stopped.", log: [] });
    assert.match((await stateOf("api")) ?? "", /stopped|exited/);
    assert.equal(await stateOf("db"), "running");
    const started = await live.api["service/act"]({ service: "api", act: "start" }, never);
    // Its own probe in hotenv.yaml fails: it runs all the same, and the answer says what is wrong.
    assert.equal(started.ok, false);
    assert.match(started.message, /^api was started, and does not work: .*probe/);
    assert.equal(await stateOf("api"), "running");
    assert.deepEqual(await project.ids(), ids);
    assert.equal((await live.api["history/list"]({}, never)).length, 1, "A revision was made.");
  });

  it("is started where it has no container yet", async () => {
    await project.compose("rm", "-sf", "db");
    const { ok, message } = await live.api["service/act"]({ service: "db", act: "start" }, never);
    assert.deepEqual([ok, message], [true, "db was started."]);
    const ids = await project.ids();
    await project.compose("up", "-d");
    assert.deepEqual(await project.ids(), ids, "Compose would have made another container.");
  });

  it("is proved by its probes, now", async () => {
    const [first] = await live.api.verify({ services: ["api"] }, never);
    assert.equal(first?.ok, false);
    assert.match(first?.reason ?? "", /api did not pass its probe/);
    await project.compose("exec", "-T", "api", "touch", "/tmp/works");
    const all = await live.api.verify({}, never);
    assert.deepEqual(all.map(({ service, ok }) => `${service} ${ok}`).sort(), ["api true", "db true"]);
  });

  it("is restarted and proves itself; a reload that nobody declared is refused with what to do", async () => {
    const result = await live.api["service/act"]({ service: "db", act: "restart" }, never);
    assert.deepEqual([result.ok, result.message], [true, "db was restarted."]);
    await assert.rejects(live.api["service/act"]({ service: "db", act: "reload" }, never), {
      code: "usage",
      message: "hotenv.yaml does not say how db reloads.",
    });
    await assert.rejects(live.api["service/act"]({ service: "nobody", act: "stop" }, never), {
      code: "service-unknown",
    });
  });

  it("has a log that is followed, colours kept and secrets masked, across a restart", async () => {
    const first = await live.api["logs/follow"]({ service: "api" }, never);
    assert(first.lines.some((line) => line.startsWith("\u001b[31mup with ")));
    const waiting = live.api["logs/follow"]({ service: "api", after: first.after }, never);
    await project.compose("restart", "api");
    let { lines, after: place } = await waiting;
    while (lines.length === 0)
      ({ lines, after: place } = await live.api["logs/follow"]({ service: "api", after: place }, never));
    assert.match(lines.join("\n"), /up with/);
    const text = [...first.lines, ...lines, ...(await live.api.logs({ service: "api" }, never))].join("\n");
    assert(!text.includes(secret), "A secret is in the log.");
  });

  it("has a log that can be let go at any moment, also while Docker is being asked for it", async () => {
    const { after: place } = await live.api["logs/follow"]({ service: "db" }, never);
    for (let turns = 0; turns < 60; turns += 1) {
      const enough = new AbortController();
      const following = live.api["logs/follow"]({ service: "db", after: place }, enough.signal);
      const ended = following.then(
        () => "ended",
        () => "ended",
      );
      // Half a millisecond later each time: from before the first question to long after the last.
      await delay(turns / 2);
      enough.abort();
      assert.equal(
        await Promise.race([ended, delay(20_000, "It is still followed.", { ref: false })]),
        "ended",
      );
    }
  });
});
