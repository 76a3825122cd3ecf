/** Screenshots for a person to look at: test/.artifacts/NAME-THEME.png. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { artifacts } from "./places.ts";
import type { Theme } from "./settings.ts";
import type { Workbench } from "./workbench.ts";

/** In the title bar, where nothing is. */
const nowhere = { x: 300, y: 4 };

/** The last one is the one that the workbench is left in. */
const themes: readonly Theme[] = ["contrast-light", "contrast-dark", "light", "dark"];

/** Shows what is on the screen in each theme; the workbench is left in the dark one. */
export async function picture(workbench: Pick<Workbench, "page" | "setTheme">, name: string): Promise<void> {
  // Away from whatever would explain itself under the pointer.
  await workbench.page.mouse.move(nowhere.x, nowhere.y);
  for (const theme of themes) {
    await workbench.setTheme(theme);
    await screenshot(workbench.page, `${name}-${theme}`);
  }
}

export async function screenshot(page: Page, name: string): Promise<void> {
  await mkdir(artifacts, { recursive: true });
  await page.screenshot({ path: join(artifacts, `${name}.png`), animations: "disabled" });
}
