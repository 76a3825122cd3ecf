/** The other parts of a workbench that an extension fills. */
import type { FrameLocator, Locator, Page } from "playwright-core";

/** @param id publisher, extension name and the item's own id: `publisher.name.itemId` */
export function statusItem(page: Page, id: string): Locator {
  return page.locator(`.part.statusbar [id="${id}"]`);
}

/** The document inside the visible webview, behind the two frames that VS Code puts around it. */
export function webview(page: Page): FrameLocator {
  return page.frameLocator("iframe.webview:visible").frameLocator("iframe#active-frame");
}

/** A row of a tree in the side bar, by the text of its label. */
export function treeRow(page: Page, label: string): Locator {
  return page.locator(".part.sidebar .monaco-list-row").filter({
    has: page.locator(".monaco-highlighted-label, .label-name").getByText(label, { exact: true }),
  });
}

/** The document inside the active editor's form. */
export function formOf(page: Page): FrameLocator {
  return webview(page);
}
