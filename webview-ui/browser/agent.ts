/** Asking the agent from its own page: the cookie goes along by itself, the key in a header. */
import type { PageError } from "../../core/protocol/page.ts";
import { t } from "../l10n.ts";

export type Answer =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly error: PageError };

export interface BrowserAgent {
  /** A method of the protocol, over /api. */
  ask(method: string, params: object): Promise<Answer>;
  /** A text for people. Rejects with a sentence. */
  read(path: string, params: Readonly<Record<string, string>>): Promise<string>;
  /** Trades a one-time code for the key. @returns undefined where the code is refused */
  enter(code: string): Promise<string | undefined>;
  /** @param query of /ws/config-status */
  openEvents(query: string): WebSocket;
}

/** Those that only read; their params are a query. */
const reads: ReadonlySet<string> = new Set(["status", "history/list", "history/show", "history/stats"]);

const unreachable = (): Answer => ({
  ok: false,
  error: { code: "agent-unreachable", message: t("The agent does not answer.") },
});

function queryOf(params: object): string {
  const given = Object.entries(params).filter(([, value]) => value !== undefined);
  const query = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return query === "" ? "" : `?${query}`;
}

/** What every failing answer of the agent has. */
function errorOf(body: unknown): PageError {
  return (body as { readonly error: PageError }).error;
}

export function openAgent(key: () => string): BrowserAgent {
  const headers = (): Record<string, string> => ({ "X-Hotenv-Key": key() });
  return {
    async ask(method, params) {
      try {
        const response = reads.has(method)
          ? await fetch(`/api/${method}${queryOf(params)}`, { headers: headers() })
          : await fetch(`/api/${method}`, {
              method: "POST",
              headers: { ...headers(), "Content-Type": "application/json" },
              body: JSON.stringify(params),
            });
        const body: unknown = await response.json();
        return response.ok ? { ok: true, result: body } : { ok: false, error: errorOf(body) };
      } catch {
        // Not reached, or cut off: the connection's state says more.
        return unreachable();
      }
    },
    async read(path, params) {
      const response = await fetch(`${path}${queryOf(params)}`, { headers: headers() });
      if (!response.ok) throw new Error(errorOf(await response.json()).message);
      return response.text();
    },
    async enter(code) {
      const response = await fetch("/enter", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ code }),
      });
      return response.ok ? ((await response.json()) as { readonly key: string }).key : undefined;
    },
    openEvents: (query) =>
      new WebSocket(
        `${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}/ws/config-status${query}`,
        ["hotenv.events", `hotenv.key.${key()}`],
      ),
  };
}
