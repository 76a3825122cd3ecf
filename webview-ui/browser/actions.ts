/** What inside VS Code the editor does for the page. */
import type { PageMessage } from "../../core/protocol/page.ts";
import { actionText } from "../../core/protocol/word-texts.ts";
import type { Plan } from "../../core/protocol/words.ts";
import { t } from "../l10n.ts";
import type { BrowserAgent } from "./agent.ts";
import { confirmed, show } from "./dialog.ts";

type Action = Extract<PageMessage, { type: "diff" | "rollback" | "copy-report" | "export" | "open" }>;

const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export async function carryOut(action: Action, agent: BrowserAgent): Promise<void> {
  try {
    await perform(action, agent);
  } catch (error) {
    await show(t("That did not work"), sentence(error));
  }
}

async function perform(action: Action, agent: BrowserAgent): Promise<void> {
  switch (action.type) {
    case "diff": {
      const { from, to } = action;
      const diff = await agent.read("/text/diff", { from: String(from), to: String(to) });
      await show(
        to === null ? t("Revision {0} and the files on disk", from) : t("Revisions {0} and {1}", from, to),
        diff,
      );
      return;
    }
    case "rollback":
      await rollBack(action.revision, action.key, agent);
      return;
    case "copy-report": {
      const report = await agent.read("/text/report", { revision: String(action.revision) });
      // Plain HTTP to another machine is no secure context: there is no clipboard, but a text to mark.
      if (navigator.clipboard === undefined) await show(t("Report of revision {0}", action.revision), report);
      else await navigator.clipboard.writeText(report);
      return;
    }
    case "export": {
      const shown = await agent.ask("history/show", { revision: action.revision });
      if (!shown.ok) throw new Error(shown.error.message);
      download(`revision-${action.revision}.json`, `${JSON.stringify(shown.result, undefined, 2)}\n`);
      return;
    }
    case "open":
      await show(t("A place in the project"), `${action.file}:${action.line}:${action.column}`);
      return;
  }
}

async function rollBack(revision: number, key: string | undefined, agent: BrowserAgent): Promise<void> {
  const params = { revision, ...(key === undefined ? {} : { key }) };
  const planned = await agent.ask("rollback", { ...params, dryRun: true });
  if (!planned.ok) throw new Error(planned.error.message);
  const { plan } = planned.result as { readonly plan: Pick<Plan, "phases"> };
  const steps = plan.phases.flatMap((phase) =>
    phase.steps.map(({ service, action }) => actionText(action, service)),
  );
  const what = steps.length === 0 ? t("No service has to be touched.") : steps.join("\n");
  const title =
    key === undefined
      ? t("Roll back everything to revision {0}?", revision)
      : t("Roll back {0} to revision {1}?", key, revision);
  if (!(await confirmed(title, what, t("Roll back")))) return;
  const done = await agent.ask("rollback", params);
  if (!done.ok) throw new Error(done.error.message);
}

function download(name: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
