/** How an agent's connection ends: how one is told to, and what an end means. */
import { t } from "../core/l10n.ts";
import { HotenvError, toHotenvError } from "../core/protocol/errors.ts";
import type { AgentClient } from "./connect.ts";

/** Resolves when the agent has hung up. */
export async function endAgent(client: AgentClient, signal: AbortSignal | undefined): Promise<void> {
  const closed = closing(client);
  await client.call("stop", {}, { signal }).catch((error: unknown) => {
    // It may hang up before its answer is out: ended is what it should be.
    if (toHotenvError(error).code !== "agent-unreachable") throw error;
  });
  await closed;
}

export const endedOnPurpose = (): HotenvError =>
  new HotenvError("agent-unreachable", t("The agent was stopped."), {
    todo: t("Restart it to have changes applied again."),
  });

export const replaced = (): HotenvError =>
  new HotenvError("agent-unreachable", t("The agent makes room for a newer one."));

/** WebSocket close code (RFC 6455, 7.4.1) of an agent that ends because it was told to. */
export const goingAway = 1001;
/** The same of one that makes room for a newer one (IANA's registry). */
export const serviceRestart = 1012;
/** @returns the close code */
export function closing(client: AgentClient): Promise<number> {
  return new Promise((resolve) => client.onClose(resolve));
}
