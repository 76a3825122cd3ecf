/**
 * The one table of errors. An error for a user says what happened, where, and what to do;
 * anything that is not a HotenvError is a bug of ours and becomes `internal` at the edge.
 */
import * as z from "zod/mini";
import { t } from "../l10n.ts";

/** Exit codes of the command line (docs/design.md). */
export const exitCodes = {
  done: 0,
  problems: 1,
  usage: 2,
  rolledBack: 3,
  rejected: 4,
  inconclusive: 5,
  unavailable: 6,
} as const;

/** JSON-RPC codes are ours from -32050 downwards: the range for implementations, clear of vscode-jsonrpc's own. `http`: the status over HTTP. */
export const errorTable = {
  "project-not-found": { rpc: -32050, exit: exitCodes.usage, http: 404 },
  "settings-invalid": { rpc: -32051, exit: exitCodes.rejected, http: 422 },
  "compose-invalid": { rpc: -32052, exit: exitCodes.rejected, http: 422 },
  "env-invalid": { rpc: -32053, exit: exitCodes.rejected, http: 422 },
  "file-unreadable": { rpc: -32054, exit: exitCodes.rejected, http: 422 },
  "file-changed": { rpc: -32055, exit: exitCodes.rejected, http: 409 },
  "docker-unreachable": { rpc: -32056, exit: exitCodes.unavailable, http: 503 },
  "compose-missing": { rpc: -32057, exit: exitCodes.unavailable, http: 503 },
  "docker-failed": { rpc: -32058, exit: exitCodes.rejected, http: 502 },
  "process-failed": { rpc: -32059, exit: exitCodes.rejected, http: 502 },
  "not-up": { rpc: -32060, exit: exitCodes.rejected, http: 409 },
  "revision-unknown": { rpc: -32061, exit: exitCodes.usage, http: 404 },
  "service-unknown": { rpc: -32062, exit: exitCodes.usage, http: 404 },
  "history-damaged": { rpc: -32063, exit: exitCodes.unavailable, http: 503 },
  "history-unwritable": { rpc: -32064, exit: exitCodes.unavailable, http: 503 },
  "agent-unreachable": { rpc: -32065, exit: exitCodes.unavailable, http: 503 },
  "agent-running": { rpc: -32066, exit: exitCodes.unavailable, http: 409 },
  unauthorized: { rpc: -32067, exit: exitCodes.unavailable, http: 401 },
  paused: { rpc: -32068, exit: exitCodes.rejected, http: 409 },
  usage: { rpc: -32069, exit: exitCodes.usage, http: 400 },
  "archive-refused": { rpc: -32075, exit: exitCodes.rejected, http: 422 },
  cancelled: { rpc: -32800, exit: exitCodes.inconclusive, http: 409 },
  internal: { rpc: -32603, exit: exitCodes.usage, http: 500 },
} as const satisfies Record<string, { rpc: number; exit: number; http: number }>;

export type ErrorCode = keyof typeof errorTable;

/** Where an error lies; lines and columns are 1-based. */
export const locationSchema = z.object({
  file: z.string(),
  line: z.optional(z.int()),
  column: z.optional(z.int()),
});
export type Location = z.infer<typeof locationSchema>;

/** The `data` member of a JSON-RPC error. */
export const errorDataSchema = z.object({
  code: z.enum(Object.keys(errorTable) as ErrorCode[]),
  location: z.optional(locationSchema),
  /** What the user can do, a sentence. */
  todo: z.optional(z.string()),
});

export class HotenvError extends Error {
  override readonly name = "HotenvError";
  readonly code: ErrorCode;
  readonly location: Location | undefined;
  readonly todo: string | undefined;

  /** @param what a whole sentence: what happened, to what */
  constructor(
    code: ErrorCode,
    what: string,
    more: { location?: Location | undefined; todo?: string | undefined; cause?: unknown } = {},
  ) {
    super(what, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    this.location = more.location;
    this.todo = more.todo;
  }

  get exitCode(): number {
    return errorTable[this.code].exit;
  }
}

/** "compose.yaml:3:5: … What to do." as one line for terminals, logs and notifications. */
export function describeError(error: unknown): string {
  if (!(error instanceof HotenvError)) return error instanceof Error ? error.message : String(error);
  const { file, line, column } = error.location ?? {};
  const place =
    file === undefined
      ? ""
      : [file, line, line === undefined ? undefined : column].filter((part) => part !== undefined).join(":") +
        ": ";
  return `${place}${error.message}${error.todo === undefined ? "" : ` ${error.todo}`}`;
}

/** Whatever was thrown, as one of ours. An aborted signal becomes `cancelled`. */
export function toHotenvError(error: unknown): HotenvError {
  if (error instanceof HotenvError) return error;
  if (error instanceof Error && error.name === "AbortError")
    return new HotenvError("cancelled", t("The operation was cancelled."), { cause: error });
  const message = error instanceof Error ? error.message : String(error);
  return new HotenvError("internal", t("Hotenv ran into a defect of its own: {0}", message), {
    cause: error,
  });
}
