/** A newer Hotenv takes over: asks an older agent, which a program started, to end after the rollout that runs. */
import { protocolVersion } from "../core/protocol/messages.ts";
import { isNewer } from "../core/protocol/versions.ts";
import { type AgentClient, openSocket } from "./connect.ts";
import { askOver } from "./json-rpc.ts";
import type { ProjectPaths } from "./location.ts";
import { findAgent } from "./rendezvous.ts";

/**
 * Resolves when the agent has agreed; it hangs up when it is through.
 * @throws HotenvError what it answered
 */
export async function askForHandover(client: AgentClient, version: string): Promise<void> {
  await client.call("handover", { version });
}

/**
 * The same for an agent whose protocol this client does not speak, so that it cannot even greet it.
 * @returns whether there was such an agent, and it has ended
 */
export async function makeRoom(
  paths: ProjectPaths,
  version: string,
  options: { readonly signal: AbortSignal; readonly report: (problem: string) => void },
): Promise<boolean> {
  const found = await findAgent(paths);
  if (found.kind !== "agent") return false;
  const { rendezvous } = found;
  if (
    rendezvous.protocolVersion === protocolVersion ||
    rendezvous.spawned !== true ||
    !isNewer(version, rendezvous.version)
  )
    return false;
  const socket = await openSocket(rendezvous, options.signal);
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.on("error", (error) => options.report(error.message));
  const asking = askOver(socket, { report: options.report, onNotification: () => {} });
  const hangUp = (): void => socket.terminate();
  options.signal.addEventListener("abort", hangUp, { once: true });
  try {
    await asking.request("handover", { version });
    await closed;
    return true;
  } finally {
    options.signal.removeEventListener("abort", hangUp);
    socket.terminate();
  }
}
