import { type Browser, chromium } from "playwright-core";
import { browserExecutable } from "./places.ts";

/** @param rules of the resolver that come before the one that finds nobody but this machine */
export function launchBrowser(rules: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: browserExecutable(),
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      // A workbench asks galleries and update servers; a test must not depend on what they answer.
      `--host-resolver-rules=${[...rules, "MAP * ~NOTFOUND", "EXCLUDE 127.0.0.1"].join(", ")}`,
    ],
  });
}
