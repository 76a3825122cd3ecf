import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "mocha";
import { explainFailure, wordsIn } from "./compose-failure.ts";

const never = new AbortController().signal;
const pull = { args: ["pull", "--", "config"], stderr: "whatever this version says" };
const config = { args: ["config", "--format", "json"], stderr: "whatever this version says" };

async function withSocket(answer: RequestListener | undefined, use: (path: string) => Promise<void>) {
  const folder = await mkdtemp(join(tmpdir(), "hotenv-failure-"));
  const path =
    process.platform === "win32" ? `\\\\.\\pipe\\hotenv-failure-${process.pid}` : join(folder, "docker.sock");
  const server = answer && createServer(answer);
  try {
    if (server) await new Promise<void>((resolve) => server.listen(path, resolve));
    await use(path);
  } finally {
    server?.closeAllConnections();
    server?.close();
    await rm(folder, { recursive: true, force: true });
  }
}

describe("A Compose command that failed", () => {
  const codes: readonly (readonly [what: string, answer: RequestListener | undefined, code: string])[] = [
    ["answers", (_, response) => response.end("OK"), "docker-failed"],
    ["refuses who asks, and so is there", (_, response) => response.writeHead(403).end(), "docker-failed"],
    ["is not there", undefined, "docker-unreachable"],
    ["hangs up", (request) => request.socket.destroy(), "docker-unreachable"],
    ["is away behind a proxy", (_, response) => response.writeHead(502).end(), "docker-unreachable"],
  ];
  for (const [what, answer, code] of codes)
    it(`is ${code} where Docker ${what}, whatever Compose says`, () =>
      withSocket(answer, async (socketPath) => {
        const engine = { environment: {}, endpoint: { socketPath } };
        assert.equal((await explainFailure(pull, engine, never)).code, code);
      }));

  it("asks the engine of the environment where it was given no other", () =>
    withSocket(undefined, async (path) => {
      const engine = { environment: { DOCKER_HOST: `unix://${path}` }, endpoint: undefined };
      const { code, todo } = await explainFailure(pull, engine, never);
      assert.equal(code, "docker-unreachable");
      assert.match(todo ?? "", /^Start Docker/);
    }));

  it("is the project's fault where it only reads, and no engine is asked", async () => {
    const engine = { environment: { DOCKER_HOST: "unix:///nowhere" }, endpoint: undefined };
    const { code, message } = await explainFailure(config, engine, never);
    assert.equal(code, "compose-invalid");
    assert.match(message, /whatever this version says\.$/);
  });

  const words: readonly (readonly [what: string, stderr: string, shown: string])[] = [
    ["the end", "a\nb\nc\nd.\n", "b c d"],
    ["no log lines", 'time="12:00" level=warning msg="obsolete"\nno such service: x\n', "no such service: x"],
    [
      "no text of a file (2.40)",
      'failed to read /p/.env: line 3: unterminated quoted value "pass\nword\n',
      "failed to read /p/.env: line 3: unterminated quoted value",
    ],
    [
      "no text of a file (2.26)",
      "line 3: unterminated quoted value 'pass\nword\n",
      "line 3: unterminated quoted value",
    ],
    [
      "no template of a file",
      'failed to read /p/.env: Invalid template: "${word"',
      "failed to read /p/.env: Invalid template",
    ],
  ];
  for (const [what, stderr, shown] of words)
    it(`is told with ${what}`, () => assert.equal(wordsIn(stderr, 3), shown));
});
