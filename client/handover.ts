/** A newer Hotenv takes over: asks an older agent, which a program started, to end after the rollout that runs. */
import type { WebSocket } from "ws";
import { toHotenvError } from "../core/protocol/errors.ts";
import { protocolVersion } from "../core/protocol/messages.ts";
import { isNewer } from "../core/protocol/versions.ts";
import { type AgentClient, openSocket } from "./connect.ts";
import { defaultHeartbeatMs, startHeartbeat } from "./heartbeat.ts";
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
 * @returns whether there was such an agent, and it has ended. One that does not answer, or stays, is told to `report`:
 *   whoever connects next is told what to do about it
 */
export async function makeRoom(
  paths: ProjectPaths,
  version: string,
  options: {
    readonly signal: AbortSignal;
    readonly report: (problem: string) => void;
    readonly heartbeatMs?: number | undefined;
  },
): Promise<boolean> {
  const { signal, report, heartbeatMs = defaultHeartbeatMs } = options;
  const found = await findAgent(paths);
  if (found.kind !== "agent") return false;
  const { rendezvous } = found;
  if (
    rendezvous.protocolVersion === protocolVersion ||
    rendezvous.spawned !== true ||
    !isNewer(version, rendezvous.version)
  )
    return false;
  const stays = (error: unknown): false => {
    report(`The agent of version ${rendezvous.version} stays: ${toHotenvError(error).message}`);
    return false;
  };
  let socket: WebSocket;
  try {
    socket = await openSocket(rendezvous, signal);
  } catch (error) {
    // A killed agent's file may speak of a process that bears its number by chance.
    if (signal.aborted) throw error;
    return stays(error);
  }
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.on("error", (error) => report(error.message));
  const asking = askOver(socket, { report, onNotification: () => {} });
  startHeartbeat(socket, heartbeatMs);
  const hangUp = (): void => socket.terminate();
  signal.addEventListener("abort", hangUp, { once: true });
  try {
    await asking.request("handover", { version });
    await closed;
    return true;
  } catch (error) {
    return stays(error);
  } finally {
    signal.removeEventListener("abort", hangUp);
    socket.terminate();
  }
}
