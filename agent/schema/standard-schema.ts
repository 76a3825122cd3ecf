/**
 * `env.schema.{ts,mjs,js}`: a module of the user's whose default export is a Standard Schema (zod, valibot,
 * arktype, …). It is a program: only for workspaces that are trusted, in a process of its own, which is
 * ended when it takes too long.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as z from "zod";
import { maskText, secretsOf } from "../../core/change/mask.ts";
import { schemaModuleNames } from "../../core/language/files.ts";
import { HotenvError } from "../../core/protocol/errors.ts";

/** Absolute; undefined where there is none. */
export function findStandardSchema(directory: string): string | undefined {
  return schemaModuleNames.map((name) => join(directory, name)).find((path) => existsSync(path));
}

export interface StandardIssue {
  /** undefined: of the whole file. */
  readonly key: string | undefined;
  readonly message: string;
}

export interface StandardSchemaRun {
  /** Absolute. */
  readonly path: string;
  readonly values: Readonly<Record<string, string>>;
  readonly isSensitive: (key: string) => boolean;
  readonly limitMs?: number;
  readonly signal?: AbortSignal;
}

/** Enough for a large library on a busy machine. */
const defaultLimitMs = 20_000;
/** What a module prints to standard error is kept to this length, for its error message. */
const maxSaidUnits = 2_000;

/**
 * The child's program. Not a file of its own: the agent is shipped as one. The channel is the fourth
 * descriptor, because the module may print to the others.
 */
const program = `
process.once("message", async ({ url, values }) => {
  const answer = (message) => process.send(message, () => process.exit(0));
  try {
    const { default: schema } = await import(url);
    const standard = schema?.["~standard"];
    if (typeof standard?.validate !== "function") return answer({ kind: "none" });
    const { issues } = await standard.validate(values);
    answer({
      kind: "issues",
      issues: (issues ?? []).map(({ message, path }) => {
        const first = path?.[0];
        const key = typeof first === "object" && first !== null ? first.key : first;
        return { message: String(message), ...(key === undefined ? {} : { key: String(key) }) };
      }),
    });
  } catch (error) {
    answer({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
  }
});
`;

const answerSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("issues"),
    issues: z.array(z.object({ message: z.string(), key: z.string().optional() })),
  }),
  z.object({ kind: z.literal("none") }),
  z.object({ kind: z.literal("failed"), message: z.string() }),
]);

/**
 * What the schema has to say of the values. Messages hold no value of a sensitive key.
 * @throws process-failed where the module cannot be loaded, is no schema, or takes too long; cancelled
 */
export async function runStandardSchema(run: StandardSchemaRun): Promise<readonly StandardIssue[]> {
  const { path, values, isSensitive, limitMs = defaultLimitMs, signal } = run;
  signal?.throwIfAborted();
  const secrets = secretsOf(Object.entries(values), isSensitive);
  const failed = (what: string): HotenvError =>
    new HotenvError("process-failed", maskText(`${path} ${what}`, secrets));

  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    env: { ...process.env, ELECTRON_RUN_AS_NODE: "1" },
  });
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-maxSaidUnits);
  });
  let stopped: "late" | "cancelled" | undefined;
  const stop = (why: "late" | "cancelled") => (): void => {
    stopped ??= why;
    child.kill("SIGKILL");
  };
  const cancel = stop("cancelled");
  const timer = setTimeout(stop("late"), limitMs);
  signal?.addEventListener("abort", cancel);
  let answer: unknown;
  child.once("message", (message) => {
    answer = message;
  });
  try {
    const closed = once(child, "close");
    // It may be gone before it listens; what its end says is told below.
    child.send({ url: pathToFileURL(path).href, values }, () => undefined);
    await closed;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", cancel);
  }
  if (stopped === "cancelled") throw new HotenvError("cancelled", "The operation was cancelled.");
  if (stopped === "late") throw failed(`did not answer within ${limitMs / 1000} seconds, and was ended.`);
  if (answer === undefined)
    throw failed(`ended before it answered.${said === "" ? "" : ` It said: ${said.trim()}`}`);
  const parsed = answerSchema.safeParse(answer);
  if (!parsed.success) throw failed("gave an answer that cannot be read.");
  switch (parsed.data.kind) {
    case "none":
      throw failed("has no Standard Schema for its default export.");
    case "failed":
      throw failed(`cannot be used: ${parsed.data.message}`);
    case "issues":
      return parsed.data.issues.map(({ key, message }) => ({ key, message: maskText(message, secrets) }));
  }
}
