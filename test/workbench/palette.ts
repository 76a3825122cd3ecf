/** The command palette, quick picks and notifications, by the words that a person reads there. */
import type { Locator, Page } from "playwright-core";

export function quickInput(page: Page): Locator {
  return page.locator(".quick-input-widget:visible");
}

/** The rows of the quick pick that is open, filtered by a text that they contain. */
export function picks(page: Page, text?: string | RegExp): Locator {
  const rows = quickInput(page).locator(".quick-input-list .monaco-list-row");
  return text === undefined ? rows : rows.filter({ hasText: text });
}

/** Runs a command by its whole title, category included: "Hotenv: Show Timeline". */
export async function runCommand(page: Page, title: string): Promise<void> {
  await page.keyboard.press("F1");
  const input = quickInput(page).locator("input");
  await input.fill(`>${title}`);
  await picks(page)
    .filter({ has: page.getByText(title, { exact: true }) })
    .first()
    .click();
}

/** Chooses the first row that contains `text`. */
export async function pick(page: Page, text: string | RegExp): Promise<void> {
  await picks(page, text).first().click();
}

/** Toasts that contain `text`. */
export function notifications(page: Page, text?: string | RegExp): Locator {
  const toasts = page.locator(".notifications-toasts .notification-list-item");
  return text === undefined ? toasts : toasts.filter({ hasText: text });
}
