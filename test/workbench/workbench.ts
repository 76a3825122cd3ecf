/** A workbench as a user meets it: a server of its own, one folder open in one page. */
import type { Locator, Page } from "playwright-core";
import { launchBrowser } from "./browser.ts";
import type { Sandbox } from "./sandbox.ts";
import { startVsCodeServer } from "./server.ts";
import { restricted, type Settings, type Theme } from "./settings.ts";

export interface Workbench extends AsyncDisposable {
  readonly page: Page;
  /** Resolves when the workbench shows it. */
  setTheme(theme: Theme): Promise<void>;
  /** One more window on the same folder, with an extension host of its own. It ends with the first. */
  another(): Promise<Omit<Workbench, "another" | typeof Symbol.asyncDispose>>;
}

export interface WorkbenchOptions {
  readonly sandbox: Sandbox;
  /** Without one the window opens empty. */
  readonly folder?: string;
  readonly theme?: Theme;
  /** Default true. Where false, the folder opens in Restricted Mode. */
  readonly trusted?: boolean;
  readonly settings?: Settings;
}

/** What the page says it prefers, and the class that the workbench then has. */
const themes = {
  light: { colorScheme: "light", forcedColors: "none", shown: '[class*="2026-light"]' },
  dark: { colorScheme: "dark", forcedColors: "none", shown: '[class*="2026-dark"]' },
  "contrast-light": { colorScheme: "light", forcedColors: "active", shown: ".hc-light" },
  "contrast-dark": { colorScheme: "dark", forcedColors: "active", shown: ".hc-black" },
} as const satisfies Record<Theme, unknown>;

const viewport = { width: 1280, height: 800 };
/** For each single wait of a test: several times what a loaded machine with two cores needs. */
const waitMs = 60_000;
/** For a cold workbench: its scripts are read and compiled for the first time. */
const openMs = 120_000;

export async function openWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const { sandbox, folder, theme = "dark", trusted = true } = options;
  const settings: Settings = { ...(trusted ? {} : restricted), ...options.settings };
  await using started = new AsyncDisposableStack();
  const server = started.use(await startVsCodeServer({ sandbox, settings }));
  const browser = started.use(await launchBrowser());
  const { colorScheme, forcedColors } = themes[theme];
  const query = new URLSearchParams(folder === undefined ? { ew: "true" } : { folder });
  const openWindow = async () => {
    const page = await browser.newPage({ viewport, colorScheme, forcedColors, reducedMotion: "reduce" });
    page.setDefaultTimeout(waitMs);
    await page.goto(`http://${server.authority}/?${query}`, { waitUntil: "commit" });
    await themed(page, theme).waitFor({ timeout: openMs });
    await page.locator(".monaco-workbench .part.statusbar").waitFor();
    return {
      page,
      async setTheme(wanted: Theme) {
        const media = themes[wanted];
        await page.emulateMedia({ colorScheme: media.colorScheme, forcedColors: media.forcedColors });
        await themed(page, wanted).waitFor();
      },
    };
  };
  const first = await openWindow();
  const owned = started.move();
  return { ...first, another: openWindow, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** The workbench, once it shows the theme. */
function themed(page: Page, theme: Theme): Locator {
  return page.locator(`.monaco-workbench${themes[theme].shown}`).first();
}
