/** Reading and writing in the editor with the keyboard, as a person does. */
import { basename } from "node:path";
import type { Locator, Page } from "playwright-core";
import { picks, quickInput, runCommand } from "./palette.ts";

export function activeEditor(page: Page): Locator {
  return page.locator(".editor-group-container.active .monaco-editor:visible").first();
}

/** Shows a file of the workspace and gives its editor the focus. */
export async function openFile(page: Page, path: string): Promise<void> {
  const name = basename(path);
  const tab = page.locator(`.tab[data-resource-name="${name}"]`);
  if ((await tab.count()) > 0) await tab.first().click();
  else {
    await page.keyboard.press("Control+P");
    await quickInput(page).locator("input").fill(path);
    await picks(page)
      .filter({ has: page.getByText(name, { exact: true }) })
      .first()
      .click();
  }
  await page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
  await activeEditor(page).locator(".view-line").first().waitFor();
}

/** Both count from 1. */
export async function placeCursor(page: Page, line: number, column: number): Promise<void> {
  await page.keyboard.press("Control+G");
  await quickInput(page).locator("input").fill(`:${line}:${column}`);
  await page.keyboard.press("Enter");
  await quickInput(page).waitFor({ state: "hidden" });
}

/** Types over a whole line. `line` counts from 1. */
export async function replaceLine(page: Page, line: number, text: string): Promise<void> {
  await placeCursor(page, line, 1);
  await page.keyboard.press("Shift+End");
  await page.keyboard.type(text);
  await activeEditor(page).getByText(text, { exact: true }).waitFor();
}

export async function save(page: Page): Promise<void> {
  await page.keyboard.press("Control+S");
  await page.locator(".editor-group-container.active .tab.active:not(.dirty)").waitFor();
}

export function squiggles(page: Page, severity: "error" | "warning" | "info"): Locator {
  return activeEditor(page).locator(`.squiggly-${severity}`);
}

/** Opens the Problems view and gives its rows, files and messages alike. */
export async function problems(page: Page): Promise<Locator> {
  await runCommand(page, "View: Focus Problems");
  return page.locator(".markers-panel .monaco-list-row");
}

/** Leaves the panel's room to the editor. */
export async function closePanel(page: Page): Promise<void> {
  await page.keyboard.press("Control+J");
  await page.locator(".part.panel").waitFor({ state: "hidden" });
}
