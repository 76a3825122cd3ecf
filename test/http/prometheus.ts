/** Debian's own Prometheus: where it is, and one that scrapes for a test. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import * as z from "zod";
import { freePort } from "../support/free-port.ts";

const cache = path.join(
  process.env.XDG_CACHE_HOME ?? path.join(homedir(), ".cache"),
  "hotenv-test/prometheus/usr/bin",
);
const program = (name: "prometheus" | "promtool"): string => {
  const unpacked = path.join(cache, name);
  return existsSync(unpacked) ? unpacked : name;
};

/** @returns what it prints; rejects where it does not accept */
export async function promtool(cwd: string, ...args: string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(program("promtool"), args, { cwd });
  return stdout + stderr;
}

const answerSchema = z.object({
  status: z.literal("success"),
  data: z.object({
    result: z.array(
      z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) }),
    ),
  }),
});
type Sample = z.infer<typeof answerSchema>["data"]["result"][number];

export interface Prometheus extends AsyncDisposable {
  /** Asks again until the answer fits: Prometheus tells nobody when it has scraped. */
  query(expression: string, fits: (samples: readonly Sample[]) => boolean): Promise<readonly Sample[]>;
}

const pollMs = 250;
const limitMs = 60_000;

/** @param target host and port; @param tokenFile read at every scrape */
export async function scrape(target: string, tokenFile: string): Promise<Prometheus> {
  const directory = mkdtempSync(path.join(tmpdir(), "hotenv-prometheus-"));
  const port = await freePort();
  const config = {
    scrape_configs: [
      {
        job_name: "hotenv",
        scrape_interval: "500ms",
        scrape_timeout: "500ms",
        authorization: { credentials_file: tokenFile },
        static_configs: [{ targets: [target] }],
      },
    ],
  };
  // JSON is YAML, too.
  writeFileSync(path.join(directory, "prometheus.yml"), JSON.stringify(config));
  const child: ChildProcess = spawn(
    program("prometheus"),
    [
      `--config.file=${directory}/prometheus.yml`,
      `--storage.tsdb.path=${directory}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const ended = once(child, "close");
  const ask = async (expression: string): Promise<readonly Sample[] | undefined> => {
    try {
      const response = await fetch(
        `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(expression)}`,
      );
      return response.ok ? answerSchema.parse(await response.json()).data.result : undefined;
    } catch (error) {
      // It does not listen yet.
      if (error instanceof TypeError) return undefined;
      throw error;
    }
  };
  return {
    async query(expression, fits) {
      let last: readonly Sample[] | undefined;
      for (const deadline = performance.now() + limitMs; performance.now() < deadline; ) {
        last = await ask(expression);
        if (last !== undefined && fits(last)) return last;
        if (child.exitCode !== null) break;
        await new Promise((resolve) => setTimeout(resolve, pollMs));
      }
      throw new Error(`${expression} did not come to what was awaited: ${JSON.stringify(last)}\n${said}`);
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
