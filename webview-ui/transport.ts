/** How the page reaches its host, whatever the host is. */
import type { HostMessage, PageMessage } from "../core/protocol/page.ts";

export interface PageTransport {
  post(message: PageMessage): void;
  /**
   * Calls `listener` for every message, parsed; `onUnreadable` for what is none of ours, with a sentence.
   * Returns the way to stop listening.
   */
  listen(listener: (message: HostMessage) => void, onUnreadable: (what: string) => void): () => void;
  /** What `save` was given last, even in an earlier life of the page; undefined where there is nothing. */
  load(): unknown;
  save(value: unknown): void;
}
