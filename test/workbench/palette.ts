/** The command palette, quick picks and notifications, by the words that a person reads there. */
import { errors, type Locator, type Page } from "playwright-core";
import { until } from "./until.ts";

export function quickInput(page: Page): Locator {
  return page.locator(".quick-input-widget:visible");
}

/**
 * The rows of the quick pick that is open, filtered by a text that is read out for them: VS Code uses rows again, and the
 * text of the one before may still be in them, hidden.
 */
export function picks(page: Page, text?: string | RegExp): Locator {
  const rows = quickInput(page).locator(".quick-input-list .monaco-list-row");
  return text === undefined ? rows : rows.and(page.getByLabel(text));
}

/** How often one opens the palette before one gives up, and how long each time may take. */
const tries = 6;
const tryMs = 5_000;

/**
 * Runs a command by its whole title, category included: "Hotenv: Show Timeline". An editor that is just being
 * shown takes the focus when it is ready, and that closes the palette: like a person, one opens it again.
 */
export async function runCommand(page: Page, title: string): Promise<void> {
  for (let left = tries - 1; ; left -= 1)
    try {
      await page.keyboard.press("F1");
      await quickInput(page).locator("input").fill(`>${title}`, { timeout: tryMs });
      await picks(page)
        .filter({ has: page.getByText(title, { exact: true }) })
        .first()
        .click({ timeout: tryMs });
      return;
    } catch (error) {
      if (!(error instanceof errors.TimeoutError) || left === 0) throw error;
    }
}

/** Chooses the first row that contains `text`. */
export async function pick(page: Page, text: string | RegExp): Promise<void> {
  await picks(page, text).first().waitFor();
  // While a list comes up, a row becomes another one's: the click could meet that.
  let before: string | undefined;
  await until("the list had come to rest", async () => {
    const now = (await picks(page).allInnerTexts()).join("\n");
    const rests = now === before;
    before = now;
    return rests;
  });
  await picks(page, text).first().click();
}

/** Toasts that contain `text`. */
export function notifications(page: Page, text?: string | RegExp): Locator {
  const toasts = page.locator(".notifications-toasts .notification-list-item");
  return text === undefined ? toasts : toasts.filter({ hasText: text });
}
