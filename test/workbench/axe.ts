/** What axe-core finds wrong with a page that people with other senses and hands could not use. */
import axeCore from "axe-core";
import type { FrameLocator } from "playwright-core";

/** Violations of the impact serious or critical, each as a line: the rule, what it says, where. */
export async function seriousViolations(frame: FrameLocator): Promise<readonly string[]> {
  const body = frame.locator("body");
  // The debugger's own evaluation is not subject to the page's policy.
  return body.evaluate(async (element, script) => {
    const run = new Function(`${script}; return globalThis.axe;`) as () => Axe;
    const axe = run();
    const { violations } = await axe.run(element.ownerDocument, { resultTypes: ["violations"] });
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .flatMap(({ id, help, nodes }) => nodes.map(({ target }) => `${id}: ${help} (${target.join(" ")})`));
  }, axeCore.source);
}

interface Axe {
  run(
    context: Document,
    options: object,
  ): Promise<{
    readonly violations: readonly {
      readonly id: string;
      readonly help: string;
      readonly impact: string | null;
      readonly nodes: readonly { readonly target: readonly string[] }[];
    }[];
  }>;
}
