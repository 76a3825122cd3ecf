/** Answers, each with the headers that keep browsers from doing anything else with it. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { CliError } from "../../../core/protocol/cli.ts";
import { type ErrorCode, errorTable } from "../../../core/protocol/errors.ts";

/** No inline script or style, nothing from elsewhere, no frame around it. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

export const safeHeaders: Readonly<Record<string, string>> = {
  "Content-Security-Policy": policy,
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
};

export interface Answer {
  readonly status: number;
  readonly body?: string | Buffer;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A body is still on its way that nobody will read. */
  readonly hangUp?: boolean;
}

export const json = (value: unknown, status = 200): Answer => ({
  status,
  body: JSON.stringify(value),
  type: "application/json; charset=utf-8",
});

export const text = (body: string, type = "text/plain; charset=utf-8"): Answer => ({
  status: 200,
  body,
  type,
});

/** The same document as `--json` prints. @param status default: the table's */
export function failure(
  error: { readonly code: ErrorCode; readonly message: string } & CliError["error"],
  status: number = errorTable[error.code].http,
): Answer {
  return json({ error } satisfies CliError, status);
}

/** What is wrong with a request before any method is asked. */
export const refusal = (status: number, message: string, more: Partial<Answer> = {}): Answer => ({
  ...failure({ code: status === 401 ? "unauthorized" : "usage", message }, status),
  ...more,
});

/** How long a client may take to read an answer. */
const readMs = 60_000;

export function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const { status, body, type, headers, hangUp = false } = answer;
  response.writeHead(status, {
    ...safeHeaders,
    "Cache-Control": "no-store",
    ...(type === undefined ? {} : { "Content-Type": type }),
    "Content-Length": body === undefined ? 0 : Buffer.byteLength(body),
    ...(hangUp ? { Connection: "close" } : {}),
    ...headers,
  });
  const patience = setTimeout(() => response.destroy(), readMs);
  patience.unref();
  response.once("close", () => clearTimeout(patience));
  response.end(request.method === "HEAD" ? undefined : body, () => {
    if (hangUp) request.destroy();
  });
}
