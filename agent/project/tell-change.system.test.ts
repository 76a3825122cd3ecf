import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, beforeEach, describe, it } from "mocha";
import type { AgentEvent } from "../../core/protocol/messages.ts";
import { defaultSettings } from "../../core/settings/settings.ts";
import { temporaryPaths } from "../history/history.fixture.ts";
import { openHistory } from "../history/history.ts";
import { EventLog } from "../server/event-log.ts";
import { snapshotOf } from "../watch/read-snapshot.ts";
import { openProject } from "./open.ts";
import type { Snapshot } from "./snapshot.ts";
import { type ChangeTeller, createChangeTeller } from "./tell-change.ts";

const compose =
  'services:\n  api: { image: x, environment: { URL: "${URL}", DB_PASSWORD: "${DB_PASSWORD}" } }\n';

function filesWith(env: string): { readonly snapshot: Snapshot; readonly settings: typeof defaultSettings } {
  const file = (path: string, role: "env" | "compose", text: string) => {
    const bytes = new Uint8Array(Buffer.from(text));
    return { path, role, bytes, hash: createHash("sha256").update(bytes).digest("hex") };
  };
  const snapshot = snapshotOf([file(".env", "env", env), file("compose.yaml", "compose", compose)]);
  return { snapshot, settings: defaultSettings };
}

/** What clients are told of changes, in few words. */
const brief = (event: AgentEvent): string[] => {
  if (event.type === "config_change") return [`change ${event.data.change.entries.map(({ key }) => key)}`];
  return event.type === "config_decided" ? [event.data.decision] : [];
};

describe("what is told of a change", () => {
  const paths = temporaryPaths();
  const history = openHistory(paths);
  after(() => {
    history.close();
    paths.remove();
  });
  let told: AgentEvent[];
  let changes: ChangeTeller;
  const runs = filesWith("URL=one\nDB_PASSWORD=hunter22\n").snapshot;

  beforeEach(() => {
    told = [];
    const events = new EventLog();
    events.on((event) => told.push(event));
    changes = createChangeTeller({ directory: "/project", environment: {}, history, events });
  });
  const words = () => told.flatMap(brief);

  it("names keys, hides secrets, and says who is affected by the files alone", () => {
    changes.tell(filesWith("URL=two\nDB_PASSWORD=correct-horse\nNEW=1\n"), "editor", runs);
    const [event] = told;
    assert(event?.type === "config_change");
    assert.deepEqual(
      event.data.change.entries.map(({ key, kind, sensitive }) => [key, kind, sensitive]),
      [
        ["DB_PASSWORD", "modified", true],
        ["NEW", "added", false],
        ["URL", "modified", false],
      ],
    );
    assert.doesNotMatch(JSON.stringify(event), /hunter22|correct-horse/);
    assert.deepEqual(event.data.impacts, [{ service: "api", action: "recreate" }]);
  });

  it("is told once, however often it is looked at, and its decision bears its id", () => {
    const next = filesWith("URL=two\n");
    changes.tell(next, "watcher", runs);
    changes.tell(filesWith("# a comment\nURL=two\n"), "watcher", runs);
    changes.resolved(next.snapshot, { entries: [], severity: "minor" }, "watcher");
    changes.decide("waits", { message: "Docker does not answer." });
    changes.decide("waits", { message: "Docker does not answer." });
    changes.decide("applies");
    // A second attempt is no second change.
    changes.tell(next, "watcher", runs);
    changes.decide("applies");
    assert.deepEqual(words(), ["change DB_PASSWORD,URL", "waits", "applies", "applies"]);
    const ids = told.map(({ data }) => ("id" in data ? data.id : undefined));
    assert.equal(new Set(ids).size, 1);
  });

  it("is overtaken by the next one only while it has no decision", () => {
    changes.tell(filesWith("URL=two\nDB_PASSWORD=hunter22\n"), "watcher", runs);
    changes.tell(filesWith("URL=three\nDB_PASSWORD=hunter22\n"), "watcher", runs);
    changes.decide("refused");
    changes.tell(filesWith("URL=four\nDB_PASSWORD=hunter22\n"), "watcher", runs);
    changes.decide("waits");
    // Taken back.
    changes.tell(filesWith("URL=one\nDB_PASSWORD=hunter22\n"), "watcher", runs);
    changes.decide("unused");
    changes.tell(filesWith("URL=four\nDB_PASSWORD=hunter22\n"), "watcher", runs);
    const expected = [
      "change URL",
      "superseded",
      "change URL",
      "refused",
      "change URL",
      "waits",
      "superseded",
    ];
    assert.deepEqual(words(), [...expected, "change URL"]);
  });

  it("is told anew where the files have changed again before they were resolved", () => {
    changes.tell(filesWith("URL=two\nDB_PASSWORD=hunter22\n"), "watcher", runs);
    const { snapshot } = filesWith("URL=two\nDB_PASSWORD=hunter22\nMORE=1\n");
    const entry = {
      kind: "added",
      source: ".env",
      role: "env",
      severity: "minor",
      sensitive: false,
    } as const;
    changes.resolved(snapshot, { entries: [{ ...entry, key: "MORE" }], severity: "minor" }, "watcher");
    changes.settled("something else");
    assert.deepEqual(words(), ["change URL", "superseded", "change MORE", "superseded"]);
  });
});

describe("an agent that sees a change", function () {
  this.timeout(60_000);
  let root: string;
  beforeEach(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), "hotenv-tell-")));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it("does not take files for changed that are watched because Compose or the settings name them", async () => {
    const directory = join(root, "project");
    await mkdir(join(directory, "rules"), { recursive: true });
    const write = (name: string, text: string) => writeFile(join(directory, name), text);
    await write("rules/one.txt", "allow\n");
    await write(".env", "GREETING=hello\n");
    await write(
      "hotenv.yaml",
      `watch: [rules/**]
policy: { stability: 0s }
services:
  api:
    command: node -e "setInterval(() => {}, 1000)"
    environment: { GREETING: "\${GREETING}" }
`,
    );
    const environment = { PATH: process.env.PATH, HOTENV_KEY: join(root, "key") };
    /** What an agent tells of changes until its first look is over. */
    const start = async (): Promise<string[]> => {
      const listens = Promise.withResolvers<void>();
      const lookAfter = listens.promise;
      const options = { directory, stateDir: join(root, "state"), environment, watch: true, lookAfter };
      const project = await openProject(options);
      const told: AgentEvent[] = [];
      project.events.on((event) => void told.push(event));
      listens.resolve();
      await project.api.status({}, new AbortController().signal);
      // Ends when the work at hand has ended.
      await project.close();
      return told.flatMap(brief);
    };
    await start();
    // The services have ended with the agent: they are started again, which is no change.
    assert.deepEqual(await start(), []);
    await write(".env", "GREETING=good morning\n");
    assert.deepEqual(await start(), ["change GREETING", "applies"]);
  });

  it("tells it before anything else, and then what becomes of it: applied, refused, unused", async () => {
    const directory = join(root, "project");
    await mkdir(directory);
    const settings = `policy: { stability: 0s }
services:
  api:
    command: node -e "setInterval(() => {}, 1000)"
    environment: { GREETING: "\${GREETING}" }
`;
    const write = (name: string, text: string) => writeFile(join(directory, name), text);
    await write(".env", "GREETING=hello\n");
    await write("hotenv.yaml", settings);
    const environment = { PATH: process.env.PATH, HOTENV_KEY: join(root, "key") };
    const project = await openProject({ directory, stateDir: join(root, "state"), environment, watch: true });
    try {
      let told: AgentEvent[] = [];
      /** Until it is told: everything from this moment on. */
      const until = async (fits: (event: AgentEvent) => boolean): Promise<AgentEvent[]> => {
        for (;;) {
          const at = told.findIndex(fits);
          if (at >= 0) return told.splice(0, at + 1);
          await new Promise<void>((resolve) => {
            const stop = project.events.on(() => {
              stop();
              resolve();
            });
          });
        }
      };
      project.events.on((event) => void told.push(event));
      const revision = async () => {
        const [newest] = await project.api["history/list"]({ limit: 1 }, new AbortController().signal);
        return newest;
      };
      while ((await revision())?.revision !== 2 || (await revision())?.verdict === null)
        await until(({ type }) => type === "verdict");
      told = [];

      await write(".env", "GREETING=good morning\n");
      const applied = await until(({ type }) => type === "verdict");
      assert.deepEqual(applied.flatMap(brief), ["change GREETING", "applies"]);
      const [at, begin] = ["config_decided", "restart_progress"].map((wanted) =>
        applied.findIndex(({ type }) => type === wanted),
      );
      assert.ok(at !== undefined && begin !== undefined && at < begin);

      await write("hotenv.yaml", settings.replace("0s", "soon"));
      const refused = await until(({ type }) => type === "config_decided");
      assert.deepEqual(refused.flatMap(brief), ["change ", "refused"]);
      const decided = refused.at(-1);
      assert(decided?.type === "config_decided");
      assert.match(decided.data.message ?? "", /soon|stability/);

      await write("hotenv.yaml", settings);
      await write(".env", "GREETING=good morning\nUNUSED=1\n");
      const unused = await until((event) => brief(event).includes("unused"));
      assert.deepEqual(unused.flatMap(brief).slice(-2), ["change UNUSED", "unused"]);
    } finally {
      await project.close();
    }
  });
});
