/** Carries out what a person does on the page: asks the agent, tells the host, says what came of it. */
import type { RevisionFilter } from "../core/protocol/search.ts";
import { t } from "./l10n.ts";
import { type Loader, sentence } from "./loader.ts";
import type { Requests } from "./requests.ts";
import type { PageFact, PageState } from "./state.ts";
import type { Card } from "./timeline.ts";
import type { PageTransport } from "./transport.ts";
import type { Actions, Busy } from "./view/actions.ts";

export interface ActionParts extends Pick<Actions, "toggle" | "write" | "toggleChart" | "show"> {
  readonly requests: Requests;
  readonly transport: Pick<PageTransport, "post">;
  readonly loader: Loader;
  readonly state: () => PageState;
  readonly learn: (fact: PageFact) => void;
  readonly say: (text: string) => void;
  readonly setBusy: (busy: Busy) => void;
  /** The filter is another one. */
  readonly filtered: () => void;
}

export function makeActions(parts: ActionParts): Actions {
  const { requests, transport, loader, state, learn, say } = parts;

  /** One at a time; what comes of it is said. */
  const run = async (busy: NonNullable<Busy>, work: () => Promise<string>): Promise<void> => {
    parts.setBusy(busy);
    say("");
    try {
      say(await work());
    } catch (error) {
      say(sentence(error));
    } finally {
      parts.setBusy(null);
    }
  };

  const apply = (up: boolean, reason: string): void =>
    void run("apply", async () => {
      const params = { origin: "editor" as const, reason, ...(up ? { up } : {}) };
      return (await requests.ask("apply", params)).message;
    });

  const annotate = (card: Card, change: { note?: string; pinned?: boolean }, said: string): void =>
    void run("annotate", async () => {
      const revision = await requests.ask("history/annotate", { revision: card.revision, ...change });
      learn({ type: "detail", revision });
      return said;
    });

  const diff = async (card: Card): Promise<void> => {
    // Which revision it changed is one of its details.
    if (card.wantsDetail) await loader.detail(card.revision);
    const detail = state().details.get(card.revision);
    if (detail === undefined) say(t("The details of revision {0} could not be read.", card.revision));
    else if (detail.parent === null)
      say(t("Revision {0} is the first: there is nothing to compare it with.", card.revision));
    else transport.post({ type: "diff", from: detail.parent, to: card.revision });
  };

  const filter = (part: RevisionFilter): void => {
    const all = Object.entries({ ...state().filter, ...part });
    loader.filter(Object.fromEntries(all.filter(([, value]) => value !== undefined && value !== "")));
    parts.filtered();
  };

  return {
    apply: (up) => apply(up, t("Applied from the timeline.")),
    retry: ({ revision }) => apply(false, t("Revision {0} was tried again.", revision)),
    confirm: (id, accept) =>
      void run("confirm", async () => (await requests.ask("confirm", { id, accept })).message),
    pause: () => void run("pause", async () => requests.ask("pause", {}).then(() => "")),
    resume: () => void run("resume", async () => requests.ask("resume", {}).then(() => "")),
    cancel: () =>
      void run("cancel", async () => {
        const { revision } = await requests.ask("cancel", {});
        return revision === null ? t("There is no rollout any more that could be cancelled.") : "";
      }),
    diff: (card) => void diff(card),
    rollBack: ({ revision }) => transport.post({ type: "rollback", revision }),
    rollBackKey: (revision, key) => transport.post({ type: "rollback", revision, key }),
    pin: (card) =>
      annotate(
        card,
        { pinned: !card.pinned },
        card.pinned
          ? t("Revision {0} may be pruned again.", card.revision)
          : t("Revision {0} is never pruned.", card.revision),
      ),
    annotate: (card, note) => {
      parts.write(null);
      annotate(card, { note }, note === "" ? t("The note was taken away.") : "");
    },
    write: parts.write,
    copyReport: ({ revision }) => transport.post({ type: "copy-report", revision }),
    exportOne: ({ revision }) => transport.post({ type: "export", revision }),
    open: ({ file, line, column }) => transport.post({ type: "open", file, line, column }),
    command: (command) => transport.post({ type: "command", command }),
    toggle: parts.toggle,
    loadOlder: () => void loader.older(),
    loadDetail: (revision) => void loader.detail(revision),
    filter,
    clearFilter: () => {
      loader.filter({});
      parts.filtered();
    },
    toggleChart: parts.toggleChart,
    show: parts.show,
  };
}
