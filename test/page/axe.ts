/** What axe-core finds wrong with a page, shadow roots included. */
import axe from "axe-core";
import type { Page } from "playwright-core";

const grave: ReadonlySet<string> = new Set(["serious", "critical"]);

/** @returns serious and critical violations, one line each: rule, what is wrong, where */
export async function violations(page: Page): Promise<string[]> {
  // Evaluated, not inserted: the page's own policy lets no other script in.
  await page.evaluate(axe.source);
  const { violations: found } = await page.evaluate(() =>
    (window as unknown as { axe: typeof axe }).axe.run(document, { resultTypes: ["violations"] }),
  );
  return found
    .filter(({ impact }) => grave.has(impact ?? ""))
    .flatMap(({ id, help, nodes }) =>
      nodes.map(({ target, failureSummary = "" }) => {
        const why = failureSummary.split("\n").slice(1).join(" ").trim();
        return `${id}: ${help}, ${target.flat().join(" ")}. ${why}`;
      }),
    );
}
