/** A request's JSON body, never more of it than may be. */
import type { IncomingMessage } from "node:http";
import { type Answer, refusal } from "./respond.ts";

/** Params are small. */
const maxBodyBytes = 64 * 1024;

export type Body = { readonly value: unknown } | { readonly refused: Answer };

const tooLarge: Body = {
  refused: refusal(413, `The body is larger than ${maxBodyBytes} bytes.`, { hangUp: true }),
};

/** An empty body is an empty object. */
export async function readJson(request: IncomingMessage): Promise<Body> {
  const { "content-type": type, "content-length": length } = request.headers;
  if (Number(length ?? 0) > maxBodyBytes) return tooLarge;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) return tooLarge;
    chunks.push(chunk);
  }
  if (bytes === 0) return { value: {} };
  // Forms of other sites can send plain text and form fields without asking, but not this.
  if (!/^application\/json\s*(?:;|$)/i.test(type ?? ""))
    return { refused: refusal(415, "The body must be application/json.") };
  try {
    return { value: JSON.parse(Buffer.concat(chunks).toString("utf8")) };
  } catch {
    return { refused: refusal(400, "The body is not valid JSON.") };
  }
}
