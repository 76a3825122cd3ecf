/** Runs an extension's test entry inside the real extension host of a workbench in a real browser. */
import { launchBrowser } from "./browser.ts";
import type { Sandbox } from "./sandbox.ts";
import { startVsCodeServer } from "./server.ts";

export interface InHostOptions {
  readonly sandbox: Sandbox;
  /** The folder that is opened. */
  readonly folder: string;
  /** The directory with the extension's manifest. */
  readonly extension: string;
  /** A CommonJS module that exports `run(): Promise<void>`. */
  readonly entry: string;
  /** For the extension host's process. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Told of each line that the extension host prints. */
  readonly onLine: (line: string) => void;
}

/**
 * @returns whether `run()` resolved
 * @throws Error where the workbench did not come so far within `timeoutMs`
 */
export async function runInHost(options: InHostOptions): Promise<boolean> {
  await using server = await startVsCodeServer({ sandbox: options.sandbox, smokeTest: true });
  await using browser = await launchBrowser();
  const page = await browser.newPage();
  const ended = Promise.withResolvers<boolean>();
  const said: string[] = [];
  await page.exposeFunction("codeAutomationExit", (code: number) => ended.resolve(code === 0));
  await page.exposeFunction("codeAutomationLog", (_kind: string, words: unknown) => {
    if (Array.isArray(words)) options.onLine(words.map(String).join(" "));
  });
  // The workbench's own console says why it could not start; it is of interest only then.
  page.on("console", (message) => said.push(message.text()));
  page.on("crash", () => ended.reject(new Error("The page with the workbench crashed.")));
  const timer = setTimeout(() => {
    const context = [...said.slice(-20), server.output()].join("\n");
    ended.reject(new Error(`The tests did not end within ${options.timeoutMs / 1000} s.\n${context}`));
  }, options.timeoutMs);
  try {
    await page.goto(address(server.authority, options), { waitUntil: "commit" });
    return await ended.promise;
  } finally {
    clearTimeout(timer);
  }
}

function address(authority: string, options: InHostOptions): string {
  const remote = (path: string): string => `vscode-remote://${authority}${path}`;
  const payload = [
    ["extensionDevelopmentPath", remote(options.extension)],
    ["extensionTestsPath", remote(options.entry)],
    ["extensionEnvironment", JSON.stringify(options.environment)],
    ["skipWelcome", "true"],
  ];
  const query = new URLSearchParams({ folder: options.folder, payload: JSON.stringify(payload) });
  return `http://${authority}/?${query}`;
}
