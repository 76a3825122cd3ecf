/** One request: params through their schema, to the agent, and what it threw into the error table. */
import { ErrorCodes, ResponseError } from "vscode-jsonrpc/node";
import * as z from "zod";
import { errorTable, type HotenvError, toHotenvError } from "../../core/protocol/errors.ts";
import {
  type AgentApi,
  type Client,
  type Method,
  type Params,
  type Result,
  requests,
} from "../../core/protocol/messages.ts";

export type AgentMethod = keyof AgentApi;

export function isMethod(method: string): method is Method {
  return Object.hasOwn(requests, method);
}

/** @throws ResponseError InvalidParams, which names the wrong members */
export function parseParams<M extends Method>(method: M, params: unknown): Params<M> {
  const parsed = requests[method].params.safeParse(params ?? {});
  // The schema is that of M; TypeScript sees the union of all of them.
  if (parsed.success) return parsed.data as Params<M>;
  throw new ResponseError(
    ErrorCodes.InvalidParams,
    `The params of "${method}" are not valid: ${z.prettifyError(parsed.error)}`,
    { code: "usage" },
  );
}

export async function askAgent<M extends AgentMethod>(
  api: AgentApi,
  method: M,
  params: unknown,
  signal: AbortSignal,
  client?: Client,
): Promise<Result<M>> {
  return await api[method](parseParams(method, params), signal, client);
}

/** @param log told of what is a defect of ours */
export function asResponseError(
  error: unknown,
  method: string,
  log: (line: string) => void,
): ResponseError<unknown> {
  if (error instanceof ResponseError) return error;
  const ours: HotenvError = toHotenvError(error);
  if (ours.code === "internal") {
    const cause = ours.cause ?? ours;
    log(`"${method}" failed: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`);
  }
  const { code, message, location, todo } = ours;
  return new ResponseError(errorTable[code].rpc, message, {
    code,
    ...(location === undefined ? {} : { location }),
    ...(todo === undefined ? {} : { todo }),
  });
}
