/**
 * Requests that carry an id are done once: whoever repeats one, over whatever connection, gets the answer of the
 * first. The newest are remembered beyond the agent, so that one that it was ended at is not begun again.
 */
import { createHash } from "node:crypto";
import * as z from "zod/mini";
import { HotenvError } from "../../core/protocol/errors.ts";
import type { AgentApi, Client, onceMethods, Params, Result } from "../../core/protocol/messages.ts";

type OnceMethod = (typeof onceMethods)[number];

export interface OnceStore {
  /** What `keep` was given last, by this agent or an earlier one. */
  recall(): string | undefined;
  /** Durable on return. */
  keep(text: string): void;
}

const keptSchema = z.array(
  z.object({ id: z.string(), question: z.string(), answer: z.optional(z.unknown()) }),
);
type Kept = z.infer<typeof keptSchema>[number];

interface Asked {
  readonly question: string;
  readonly answer: Promise<unknown>;
  readonly cancel: (signal: AbortSignal) => void;
}

/** Answers of this run, and those that the next run knows. A request is repeated within seconds or never. */
const remembered = 200;
const keptAnswers = 20;

/** @throws HotenvError usage where an id is used for two different requests */
export function onceEach(api: AgentApi, store: OnceStore): AgentApi {
  let kept = read(store);
  const asked = new Map<string, Asked>();

  const write = (next: readonly Kept[]): void => {
    kept = next.slice(-keptAnswers);
    store.keep(JSON.stringify(kept));
  };
  const begin = (id: string, question: string, work: (signal: AbortSignal) => Promise<unknown>): Asked => {
    write([...kept, { id, question }]);
    const cancellation = new AbortController();
    const run = async (): Promise<unknown> => {
      try {
        const answer = await work(cancellation.signal);
        write(kept.map((each) => (each.id === id ? { ...each, answer } : each)));
        return answer;
      } catch (error) {
        // It came to nothing, and said so: asked again, it may be tried again.
        write(kept.filter((each) => each.id !== id));
        throw error;
      }
    };
    const cancel = (signal: AbortSignal): void => {
      if (signal.aborted) cancellation.abort();
      else signal.addEventListener("abort", () => cancellation.abort(), { once: true });
    };
    return { question, answer: run(), cancel };
  };

  const once =
    <M extends OnceMethod>(method: M) =>
    async (params: Params<M>, signal: AbortSignal, client?: Client): Promise<Result<M>> => {
      const { requestId: id, ...what } = params;
      const work = (either: AbortSignal): Promise<Result<M>> => api[method](params, either, client);
      if (id === undefined) return work(signal);
      const question = createHash("sha256")
        .update(JSON.stringify([method, what]))
        .digest("base64");
      const known = asked.get(id);
      const before = known === undefined ? kept.find((each) => each.id === id) : undefined;
      if ((known ?? before ?? { question }).question !== question)
        throw new HotenvError("usage", `The request id ${id} was used for another request.`);
      // Written by this method's own schema.
      if (before?.answer !== undefined) return before.answer as Result<M>;
      if (before !== undefined)
        throw new HotenvError("cancelled", `The agent was ended in the middle of this ${method}.`, {
          todo: "What came of it is in the history.",
        });
      const asking = known ?? begin(id, question, work);
      asked.set(id, asking);
      if (asked.size > remembered)
        for (const oldest of asked.keys()) {
          asked.delete(oldest);
          break;
        }
      asking.cancel(signal);
      return (await asking.answer) as Result<M>;
    };

  return {
    ...api,
    apply: once("apply"),
    rollback: once("rollback"),
    "service/act": once("service/act"),
  };
}

/** What cannot be read is forgotten: it can only have been a former version's. */
function read(store: OnceStore): readonly Kept[] {
  const text = store.recall();
  if (text === undefined) return [];
  try {
    return keptSchema.safeParse(JSON.parse(text)).data ?? [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}
