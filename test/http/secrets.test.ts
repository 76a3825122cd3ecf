/**
 * A project with secrets of every kind, a rollout that fails and prints all of them, and everything that Hotenv
 * then holds or has said, searched for them: raw, in base64, encoded for a URL.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { after, before, describe, it } from "mocha";
import type { Browser, Page } from "playwright-core";
import { type AgentClient, type CallableMethod, connectAgent } from "../../client/connect.ts";
import { httpTokenPath } from "../../client/http-door.ts";
import { projectPaths } from "../../client/location.ts";
import { toHotenvError } from "../../core/protocol/errors.ts";
import type { Params } from "../../core/protocol/messages.ts";
import { hotenv, type Place, type Running, startHotenv } from "../cli/hotenv.ts";
import { testImage } from "../support/docker-image.ts";
import { composeProject, type TestProject } from "../support/docker-project.ts";
import { launchBrowser } from "../workbench/browser.ts";

/** Characters that are written differently in URLs, in base64 and in quotes; random, so that no chance finds them. */
const secret = (name: string): string => `${name}+${randomBytes(6).toString("hex")}/é=&"${name}`;

const secrets = {
  token: secret("token"),
  rotated: secret("rotated"),
  refused: secret("refused"),
  envFile: secret("env-file"),
  inUrl: `url${randomBytes(8).toString("hex")}`,
  bySchema: secret("by-schema"),
  inline: secret("inline"),
  mounted: secret("mounted"),
  lineOfKey: `MIIE${randomBytes(24).toString("hex")}`,
  inMessage: `port-${randomBytes(8).toString("hex")}`,
} as const;

/** As it could stand anywhere. Base64 of a text in which it stands differs by where it begins. */
function formsOf(text: string): string[] {
  const base64 = [0, 1, 2].map((lead) => {
    const coded = Buffer.from("\0".repeat(lead) + text).toString("base64");
    // What neighbours have a part in is left out.
    return coded.slice(lead === 0 ? 0 : lead + 1, Math.floor((Buffer.byteLength(text) + lead) / 3) * 4);
  });
  const urlSafe = base64.map((coded) => coded.replaceAll("+", "-").replaceAll("/", "_"));
  const quoted = JSON.stringify(text).slice(1, -1);
  const html = text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  return [...new Set([text, encodeURIComponent(text), quoted, html, ...base64, ...urlSafe])];
}

const forms = Object.entries(secrets).flatMap(([name, text]) =>
  formsOf(text).map((form) => ({ name, bytes: Buffer.from(form) })),
);

/** What of the secrets stands in it. */
const foundIn = (bytes: Buffer): string[] => [
  ...new Set(forms.filter((form) => bytes.includes(form.bytes)).map(({ name }) => name)),
];

const quote = (text: string): string => `'${text}'`;

const envText = (token: string, mode: string, port = "8080"): string =>
  [
    `API_TOKEN=${quote(token)}`,
    `CUSTOMER=${quote(secrets.bySchema)}`,
    `DATABASE_URL=postgres://app:${secrets.inUrl}@db/app`,
    `PRIVATE_KEY="-----BEGIN KEY-----\n${secrets.lineOfKey}\n-----END KEY-----"`,
    `MODE=${mode}`,
    `PORT_TOKEN=${port}`,
    "",
  ].join("\n");

/** Says all that it knows, in every form, however long that takes; with MODE=bad it then dies, else it is ready. */
const talk = [
  "env",
  "cat /run/secrets/cert",
  'for value in "$$API_TOKEN" "$$DB_PASSWORD" "$$CUSTOMER" "$$SMTP_PASSWORD"; do',
  '  printf "%s" "$$value" | base64 -w 0; echo; printf "user:%s" "$$value" | base64 -w 0; echo',
  "done",
  'echo "$$ENCODED"',
  '[ "$$MODE" != bad ] || exit 3',
  "touch /tmp/ready",
  "exec sleep 1000",
].join("\n");

const composeText = (image: string): string => `services:
  api:
    image: ${image}
    init: true
    stop_grace_period: 1s
    # Without it a container that is slow to die would count as one that runs well.
    healthcheck: { test: ["CMD", "test", "-e", "/tmp/ready"], interval: 200ms, start_period: 300s }
    command: ["sh", "-c", ${JSON.stringify(talk)}]
    environment:
      API_TOKEN:
      CUSTOMER: "\${CUSTOMER}"
      DATABASE_URL: "\${DATABASE_URL}"
      PRIVATE_KEY: "\${PRIVATE_KEY}"
      MODE: "\${MODE}"
      SMTP_PASSWORD: ${quote(secrets.inline)}
      ENCODED: ${quote([secrets.token, secrets.rotated, secrets.refused, secrets.envFile].map(encodeURIComponent).join(" "))}
    env_file: [db.env]
    secrets: [cert]
    ports: ["127.0.0.1::\${PORT_TOKEN}"]
secrets:
  cert: { file: cert.txt }
`;

describe("Secrets", function () {
  this.timeout(800_000);
  let project: TestProject;
  let place: Place;
  let agent: Running;
  let client: AgentClient;
  let browser: Browser;
  /** Where what was said, or is kept, came from. */
  const heard = new Map<string, Buffer>();
  const hear = (where: string, what: string | Buffer): void => {
    heard.set(where, Buffer.concat([heard.get(where) ?? Buffer.alloc(0), Buffer.from(what)]));
  };

  before(async () => {
    const image = await testImage();
    project = await composeProject({
      name: "secrets",
      files: {
        "compose.yaml": composeText(image),
        "hotenv.yaml": "policy: { stability: 200ms, debounce: { quiet: 20ms, max: 200ms } }\n",
        ".env.schema": "# @sensitive\nCUSTOMER=\n",
        ".env": envText(secrets.token, "good"),
        "db.env": `DB_PASSWORD=${quote(secrets.envFile)}\n`,
        "cert.txt": `${secrets.mounted}\n`,
      },
    });
    place = { directory: project.dir, stateDir: mkdtempSync(join(tmpdir(), "hotenv-test-")) };
    browser = await launchBrowser();
  });
  after(async () => {
    await browser?.close();
    agent?.child.kill("SIGKILL");
    await agent?.ended;
    await project?.down();
    if (place) rmSync(place.stateDir, { recursive: true, force: true });
  });

  const run = async (...args: string[]): Promise<void> => {
    const { out, err } = await hotenv(place, ...args);
    hear(`hotenv ${args.join(" ")}`, out + err);
  };
  /** What an agent answers is also what `--json` prints and what pages and editors show. */
  const ask = async <M extends CallableMethod>(method: M, params: Params<M>): Promise<string> => {
    const answer = await client.call(method, params).catch((error: unknown) => {
      const { code, message, todo, location } = toHotenvError(error);
      return { code, message, todo, location };
    });
    const text = JSON.stringify(answer);
    hear(`${method} ${JSON.stringify(params).slice(0, 40)}`, text);
    return text;
  };
  const verdict = (revision: number, verdict: string) =>
    agent.says(new RegExp(`"type":"verdict".*"revision":${revision},.*"verdict":"${verdict}"`));

  /** All texts and attributes of the page, those in shadow roots included, and what is called what. */
  const textOf = async (page: Page): Promise<string> => {
    const texts = await page.evaluate(() => {
      const found: string[] = [];
      const visit = (node: Node): void => {
        if (node instanceof Element) {
          for (const { value } of node.attributes) found.push(value);
          if (node instanceof HTMLInputElement || node instanceof HTMLTextAreaElement) found.push(node.value);
          if (node.shadowRoot) visit(node.shadowRoot);
        }
        if (node instanceof Text) found.push(node.data);
        for (const child of node.childNodes) visit(child);
      };
      visit(document);
      return found.join("\n");
    });
    return `${texts}\n${await page.locator("body").ariaSnapshot()}`;
  };

  it("stand nowhere after they were changed, failed, shown, archived and rolled back", async () => {
    await project.compose("up", "--detach");
    agent = startHotenv(place, "--json", "agent", "--http", "0");
    await agent.says(/"state":"stable"/);
    const paths = projectPaths(place.directory, { stateDir: place.stateDir });
    client = await connectAgent(paths, { client: "cli" });
    client.onEvent((event) => hear("events of a client", JSON.stringify(event)));
    hear("the status that a client begins with", JSON.stringify(client.initial));
    await project.write(".env", envText(secrets.rotated, "good"));
    await verdict(2, "applied");
    await project.write(".env", envText(secrets.refused, "bad"));
    await verdict(3, "rolled-back");
    assert.match(
      await ask("history/show", { revision: 3 }),
      /"log":.*MODE=bad/,
      "what failed has said it all",
    );
    await ask("logs", { service: "api", tail: 200 });
    await project.write(".env", envText(secrets.refused, "good", secrets.inMessage));
    await agent.says(/"state":"invalid"/);
    await run("status");
    await run("check");
    await ask("status", {});
    await ask("apply", { reason: `The token is ${secrets.refused} now.` });
    await project.write(".env", `${envText(secrets.refused, "good")}OTHER=1 \nOTHER=2\n`);
    await verdict(4, "applied");
    await run("fix", "--dry-run");
    await project.write("cert.txt", `${secrets.mounted} and more\n`);
    await verdict(5, "applied");
    await ask("pause", {});
    await project.write("db.env", `DB_PASSWORD=${quote(`${secrets.envFile}2`)}\n`);
    await run("plan", "--report");
    await ask("plan", {});
    await ask("resume", {});
    await verdict(6, "applied");
    await ask("rollback", { revision: 1, dryRun: true });
    await ask("rollback", { revision: 2, key: "API_TOKEN" });
    await ask("rollback", { revision: 5 });
    assert.match(
      await ask("apply", { reason: `Since then ${secrets.rotated} is old.` }),
      /"verdict":"applied"/,
    );
    await ask("history/annotate", { revision: 3, note: `${secrets.refused} was wrong`, pinned: true });
    await ask("history/list", {});
    await ask("history/audit", {});
    await ask("history/stats", {});
    for (const revision of [1, 2, 3, 4, 5, 6, 7]) {
      await ask("history/show", { revision });
      await ask("history/diff", { from: 1, to: revision });
      await ask("history/diff", { from: revision, to: null });
    }
    for (const key of ["API_TOKEN", "CUSTOMER", "DB_PASSWORD"]) await ask("history/key", { key });
    await run("history", "show", "3");
    await run("history", "diff", "1", "3");
    await ask("logs", { service: "api", tail: 200 });
    await ask("logs/follow", { service: "api" });
    await ask("verify", {});

    const page = await browser.newPage({ viewport: { width: 1000, height: 2000 } });
    page.setDefaultTimeout(300_000);
    const link = (await hotenv(place, "open", "--print")).out.trim();
    await page.goto(link);
    for (const revision of [6, 5, 4, 3, 2]) {
      const title = page
        .locator(`#revision-${revision}`)
        .getByRole("button", { name: `Revision ${revision}`, exact: true });
      await title.waitFor();
      if ((await title.getAttribute("aria-expanded")) !== "true") await title.click();
      await page.locator(`#body-${revision}`).getByRole("heading", { name: "Changed" }).waitFor();
      hear("the timeline", await textOf(page));
    }
    await page
      .locator("#revision-2")
      .getByRole("button", { name: /^Diff of revision 2/ })
      .click();
    await page.getByRole("dialog").waitFor();
    hear("the timeline's diff", await textOf(page));
    const headers = { Authorization: `Bearer ${readFileSync(httpTokenPath(paths), "utf8").trim()}` };
    const api = [
      "status",
      "plan",
      "history/list",
      "history/audit",
      "history/stats",
      "history/show?revision=3",
    ];
    for (const path of [...api.map((name) => `/api/${name}`), "/metrics", "/health", "/api/openapi.json"]) {
      const response = await fetch(new URL(path, link), { headers });
      const [{ status }, text] = [response, await response.text()];
      assert.equal(status, 200, `${path}: ${text}`);
      hear(path, text);
    }

    const archive = join(place.stateDir, "archive.hotenv");
    await ask("history/export", { file: archive });
    const frames = readFileSync(archive, "latin1").split("\n").slice(1, -2);
    hear(
      "the archive",
      frames.map((frame) => gunzipSync(Buffer.from(frame, "base64")).toString()).join("\n"),
    );
    const whole = join(place.stateDir, "whole.hotenv");
    await ask("history/export", { file: whole, passphrase: "correct horse" });
    await ask("history/backup", { file: join(place.stateDir, "copy.db") });

    client.close();
    agent.child.kill("SIGKILL");
    await agent.ended;
    hear("what the agent printed", agent.out + agent.err);
    const files = readdirSync(place.stateDir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    for (const needed of [paths.database, `${paths.database}-wal`, paths.events, archive, whole])
      assert.ok(files.includes(needed), `${needed} is not among ${files.join(", ")}`);
    for (const file of files) hear(file, readFileSync(file));

    const leaks = [...heard].flatMap(([where, bytes]) => foundIn(bytes).map((name) => `${name} in ${where}`));
    assert.deepEqual(leaks, []);
  });
});
