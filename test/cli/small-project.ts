/**
 * A project of two local services for tests of the command line: `api` answers over HTTP with GREETING
 * from its .env and dies of the value "bad"; `web`, which depends on it, answers with COLOR.
 */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../support/free-port.ts";

export interface SmallProject {
  readonly directory: string;
  readonly stateDir: string;
  readonly apiUrl: string;
  readonly webUrl: string;
  /** Sets variables in .env, in place, and leaves the rest as it is. */
  set(variables: Readonly<Record<string, string>>): void;
  readEnv(): string;
  writeEnv(text: string): void;
  remove(): void;
}

/** The text of a .env file with other values; everything else stays as it is. */
export function withValues(text: string, variables: Readonly<Record<string, string>>): string {
  const lines = text.split("\n").map((line) => {
    const key = line.slice(0, Math.max(0, line.indexOf("=")));
    const value = variables[key];
    return value === undefined ? line : `${key}=${value}`;
  });
  return lines.join("\n");
}

const apiScript = `import { createServer } from "node:http";
if (process.env.GREETING === "bad") {
  console.error("api cannot say bad");
  process.exit(1);
}
createServer((_, response) => response.end(process.env.GREETING + " from " + process.pid)).listen(process.env.API_PORT, "127.0.0.1");
`;
const webScript = `import { createServer } from "node:http";
createServer((_, response) => response.end(process.env.COLOR + " from " + process.pid)).listen(process.env.WEB_PORT, "127.0.0.1");
`;

const healthcheck = (port: string) => `healthcheck:
      test: ["CMD", "node", "-e", "fetch('http://127.0.0.1:' + process.env.${port}).then(() => process.exit(0), () => process.exit(1))"]
      interval: 100ms
      start_period: 30s`;

const settings = `policy: { stability: 200ms, debounce: { quiet: 20ms, max: 200ms } }
services:
  api:
    command: node api.mjs
    environment: { GREETING: "\${GREETING}", API_PORT: "\${API_PORT}" }
    ${healthcheck("API_PORT")}
  web:
    command: node web.mjs
    environment: { COLOR: "\${COLOR}", WEB_PORT: "\${WEB_PORT}" }
    depends_on: [api]
    ${healthcheck("WEB_PORT")}
`;

export async function smallProject(): Promise<SmallProject> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "hotenv cli-")));
  const directory = join(root, "small");
  const [apiPort, webPort] = [await freePort(), await freePort()];
  const env = join(directory, ".env");
  mkdirSync(directory);
  writeFileSync(join(directory, "api.mjs"), apiScript);
  writeFileSync(join(directory, "web.mjs"), webScript);
  writeFileSync(join(directory, "hotenv.yaml"), settings);
  writeFileSync(
    env,
    `# What the services say\nGREETING=hello\nCOLOR=red\nAPI_PORT=${apiPort}\nWEB_PORT=${webPort}\n`,
  );
  const readEnv = () => readFileSync(env, "utf8");
  const writeEnv = (text: string) => writeFileSync(env, text);
  return {
    directory,
    stateDir: join(root, "state"),
    apiUrl: `http://127.0.0.1:${apiPort}/`,
    webUrl: `http://127.0.0.1:${webPort}/`,
    set: (variables) => writeEnv(withValues(readEnv(), variables)),
    readEnv,
    writeEnv,
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
