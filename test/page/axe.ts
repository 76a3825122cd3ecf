/** What axe-core finds wrong with a page, shadow roots included. */
import axe from "axe-core";
import type { Page } from "playwright-core";

const grave: ReadonlySet<string> = new Set(["serious", "critical"]);

/** Rules whose answer depends on colours alone. */
export const colourRules: readonly string[] = ["color-contrast", "link-in-text-block"];

/** @param rules only these; default all. @returns serious and critical violations, one line each: rule, what is wrong, where */
export async function violations(page: Page, rules?: readonly string[]): Promise<string[]> {
  // Evaluated, not inserted: the page's own policy lets no other script in.
  await page.evaluate(axe.source);
  const only = rules === undefined ? {} : { runOnly: [...rules] };
  const { violations: found } = await page.evaluate(
    (options) => (window as unknown as { axe: typeof axe }).axe.run(document, options),
    { resultTypes: ["violations" as const], ...only },
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
