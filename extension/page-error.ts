/** An error as it crosses to a page. */
import { toHotenvError } from "../core/protocol/errors.ts";
import type { PageError } from "../core/protocol/page.ts";

export function pageErrorOf(error: unknown): PageError {
  const { code, message, location, todo } = toHotenvError(error);
  return {
    code,
    message,
    ...(location === undefined ? {} : { location }),
    ...(todo === undefined ? {} : { todo }),
  };
}
