/** `/api/*`: one request, one method of the protocol. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { errorDataSchema, errorTable } from "../../../core/protocol/errors.ts";
import type { AgentApi, Result } from "../../../core/protocol/messages.ts";
import { type AgentMethod, askAgent, asResponseError } from "../answer.ts";
import { readJson } from "./body.ts";
import { paramsOfQuery } from "./query.ts";
import { type Answer, failure, json, refusal } from "./respond.ts";
import type { Route } from "./routes.ts";

export interface ApiContext {
  readonly api: AgentApi;
  /** Told of defects; never of values. */
  readonly log: (line: string) => void;
}

/** Requests that are worked on at the same time, whoever sent them. */
const maxInFlight = 64;

export interface ApiRunner {
  /** Answers a route's request. */
  run(
    route: Route,
    query: URLSearchParams,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<Answer>;
  /** An error of the table as an answer; what is a defect is logged. */
  failed(what: string, error: unknown): Answer;
  /** Asks one method and makes an answer of its result. */
  ask<M extends AgentMethod>(
    method: M,
    params: unknown,
    signal: AbortSignal,
    made?: (result: Result<M>) => Answer,
  ): Promise<Answer>;
}

export function runApi({ api, log }: ApiContext): ApiRunner {
  let inFlight = 0;

  const failed = (method: string, error: unknown): Answer => {
    const { message, data } = asResponseError(error, method, log);
    const parsed = errorDataSchema.safeParse(data);
    return failure({ code: "internal", ...parsed.data, message });
  };

  const ask: ApiRunner["ask"] = async (method, params, signal, made = json) => {
    if (inFlight >= maxInFlight)
      return refusal(503, "The agent is busy with other requests.", { headers: { "Retry-After": "1" } });
    inFlight += 1;
    try {
      return made(await askAgent(api, method, params, signal, "page"));
    } catch (error) {
      return failed(method, error);
    } finally {
      inFlight -= 1;
    }
  };

  return {
    failed,
    ask,
    async run({ method, verb }, query, request, response) {
      if (verb === "POST") {
        if ([...query].length > 0)
          return refusal(errorTable.usage.http, "Params of this method belong in the body, as JSON.");
        const body = await readJson(request);
        // Whoever asked may go: what was begun is brought to its end.
        return "refused" in body ? body.refused : ask(method, body.value, new AbortController().signal);
      }
      const gone = new AbortController();
      response.once("close", () => gone.abort());
      return ask(method, paramsOfQuery(method, query), gone.signal);
    },
  };
}
