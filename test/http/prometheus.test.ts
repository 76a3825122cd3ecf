// Prometheus from Debian's package scrapes a real agent, and its own tool judges what Hotenv ships for it.
import assert from "node:assert/strict";
import path from "node:path";
import { after, before, describe, it } from "mocha";
import { hotenv, type Running, startHotenv } from "../cli/hotenv.ts";
import { type SmallProject, smallProject } from "../cli/small-project.ts";
import { promtool, scrape } from "./prometheus.ts";

const monitoring = path.join(import.meta.dirname, "../../examples/monitoring");

describe("Prometheus", function () {
  this.timeout(180_000);
  let project: SmallProject;
  let agent: Running;
  before(async () => {
    project = await smallProject();
    agent = startHotenv(project, "agent", "--http", "0");
  });
  after(async () => {
    agent.child.kill("SIGTERM");
    await agent.ended;
    project.remove();
  });

  it("accepts the rules that Hotenv ships, and what they say holds", async () => {
    assert.match(await promtool(monitoring, "check", "rules", "alerts.yml"), /SUCCESS: 4 rules found/);
    assert.match(await promtool(monitoring, "test", "rules", "alerts.test.yml"), /SUCCESS/);
  });

  it("scrapes changes, durations, failures and the last good revision of a real agent", async () => {
    const [, target = ""] = await agent.says(/Timeline +http:\/\/(\S+)/);
    const [, tokenFile = ""] = await agent.says(/Token +(\S.*)/);
    await agent.says(/revision 2 · applied/);
    await using prometheus = await scrape(target, tokenFile);
    const first = (samples: readonly { readonly value: readonly [number, string] }[]) =>
      Number(samples[0]?.value[1]);
    await prometheus.query('up{job="hotenv"}', (samples) => first(samples) === 1);

    project.set({ GREETING: "salute" });
    await agent.says(/revision 3 · applied/);
    await prometheus.query('config_changes_total{change_type="modified"}', (samples) => first(samples) === 1);
    const [duration] = await prometheus.query(
      'config_restart_duration_seconds_count{service_name="api"} >= 2',
      (samples) => samples.length === 1,
    );
    assert.deepEqual(Object.keys(duration?.metric ?? {}).sort(), [
      "__name__",
      "instance",
      "job",
      "restart_type",
      "service_name",
    ]);
    const good = await prometheus.query(
      "config_last_good_timestamp_seconds",
      (samples) => samples.length === 1,
    );
    assert.ok(Math.abs(first(good) - Date.now() / 1000) < 120);
    await prometheus.query("hotenv_event_lag_seconds_count", (samples) => first(samples) > 0);
    await prometheus.query("process_resident_memory_bytes", (samples) => first(samples) > 1e7);

    project.set({ GREETING: "bad" });
    await agent.says(/revision 4 · rolled-back/);
    await prometheus.query('config_reload_failures_total{service="api"}', (samples) => first(samples) === 1);
    await prometheus.query('config_reload_failures_total{service="web"}', (samples) => first(samples) === 0);
    await prometheus.query("config_restart_started_timestamp_seconds", (samples) => samples.length === 0);

    const everything = await prometheus.query('{job="hotenv"}', (samples) => samples.length > 30);
    assert.doesNotMatch(JSON.stringify(everything), /salute|hello|GREETING|small/);
  });

  it("is told nothing without the token, and the token is in nobody's arguments", async () => {
    const [, target = ""] = await agent.says(/Timeline +http:\/\/(\S+)/);
    assert.equal((await fetch(`http://${target}/metrics`)).status, 401);
    const { out } = await hotenv(project, "open", "--print");
    assert.match(out, /^http:\/\/127\.0\.0\.1:\d+\/#code=\S+\n$/);
  });
});
