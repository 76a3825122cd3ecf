/** Requests to the host that wait for their responses. */
import { requests } from "../core/protocol/messages.ts";
import type {
  HostMessage,
  PageMessage,
  PageMethod,
  PageParams,
  PageRequest,
  PageResult,
} from "../core/protocol/page.ts";
import { t } from "./l10n.ts";

type Response = Extract<HostMessage, { type: "response" }>;

export interface Requests {
  /** Rejects with an Error whose message is a sentence for the person. */
  ask<M extends PageMethod>(method: M, params: PageParams<M>, signal?: AbortSignal): Promise<PageResult<M>>;
  settle(response: Response): void;
  /** Nobody will answer what is still open. */
  abandon(why: string): void;
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

export function openRequests(post: (message: PageMessage) => void): Requests {
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  return {
    async ask<M extends PageMethod>(
      method: M,
      params: PageParams<M>,
      signal?: AbortSignal,
    ): Promise<PageResult<M>> {
      signal?.throwIfAborted();
      lastId += 1;
      const id = lastId;
      const giveUp = (): void => {
        waiting.get(id)?.reject(new Error(t("Nobody waits for the answer any more.")));
        waiting.delete(id);
        post({ type: "abandon", id });
      };
      signal?.addEventListener("abort", giveUp, { once: true });
      const result = await new Promise<unknown>((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        // TypeScript cannot tie `params` to `method` inside a generic; the signature has done so.
        post({ type: "request", id, method, params } as PageRequest);
      }).finally(() => signal?.removeEventListener("abort", giveUp));
      const parsed = requests[method].result.safeParse(result);
      if (parsed.success) return parsed.data as PageResult<M>;
      throw new Error(
        t("The answer to {0} could not be read ({1}).", method, parsed.error.issues[0]?.message ?? "empty"),
      );
    },
    settle(response) {
      const asked = waiting.get(response.id);
      if (asked === undefined) return;
      waiting.delete(response.id);
      if (response.ok) return asked.resolve(response.result);
      const { message, todo } = response.error;
      asked.reject(new Error(todo === undefined ? message : `${message} ${todo}`));
    },
    abandon(why) {
      for (const { reject } of waiting.values()) reject(new Error(why));
      waiting.clear();
    },
  };
}
