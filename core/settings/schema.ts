/**
 * The shape of hotenv.yaml. Every `error` here is the predicate of a sentence whose subject is the
 * setting's path: "policy.cooldown must be a duration such as 50ms, 2s or 1m30s."
 */
import * as z from "zod";
import { severitySchema } from "../protocol/words.ts";
import { parseDuration } from "./duration.ts";

const text = z.string({ error: "must be text." });
const flag = z.boolean({ error: "must be true or false." });
const filled = text.min(1, { error: "must not be empty." });
const list = <T extends z.ZodType>(item: T, of: string) =>
  z.array(item, { error: `must be a list of ${of}.` });

const durationError = "must be a duration such as 50ms, 2s or 1m30s.";
/** Milliseconds after parsing. */
const duration = z
  .union([z.string(), z.literal(0)], { error: durationError })
  .transform((value, context): number => {
    const ms = parseDuration(String(value));
    if (ms !== undefined) return ms;
    context.addIssue({ code: "custom", message: durationError });
    return z.NEVER;
  });

/** A string, or a list whose items are words already. */
const command = (what: string) =>
  z
    .union([z.string(), z.array(z.union([z.string(), z.number()]).transform(String))], {
      error: `must be a command, as text or as a list of words${what}.`,
    })
    .refine((value) => value.length > 0, { error: "must not be empty." });

/** What a shell and `kill` call a signal, with or without SIG. */
const signalName = z
  .string({ error: "must be the name of a signal such as SIGHUP." })
  .regex(/^(?:SIG)?[A-Z][A-Z0-9]+$/, { error: "must be the name of a signal such as SIGHUP." })
  .transform((name) => (name.startsWith("SIG") ? name : `SIG${name}`));

const headers = z.record(z.string(), z.string({ error: "must be text." }), {
  error: "must be a map of headers.",
});
const url = z
  .string({ error: "must be a URL." })
  .regex(/^https?:\/\/|\$/, { error: "must be an http or https URL." });

const reload = z
  .strictObject(
    {
      signal: signalName.optional(),
      http: z
        .strictObject(
          {
            method: filled.default("POST"),
            url,
            headers: headers.optional(),
            body: text.optional(),
            /** The body is this file's content, relative to the project. */
            file: filled.optional(),
          },
          { error: "must be a map with url and, where needed, method, headers, and body or file." },
        )
        .refine(({ body, file }) => body === undefined || file === undefined, {
          error: "must have body or file, not both.",
        })
        .optional(),
      exec: command("").optional(),
      /** Run in the container before: what it refuses is not reloaded. */
      check: command("").optional(),
    },
    { error: "must be a map with one of signal, http and exec." },
  )
  .refine(({ check: _, ...kinds }) => Object.keys(kinds).length === 1, {
    error: "must have exactly one of signal, http and exec.",
  });

const statusError = { error: "must be an HTTP status such as 200." };
const statusCode = z.int(statusError).min(100, statusError).max(599, statusError);
const probe = z
  .strictObject(
    {
      http: z
        .strictObject(
          {
            url,
            method: filled.default("GET"),
            status: z
              .union([statusCode.transform((code) => [code]), z.array(statusCode)], {
                error: "must be an HTTP status such as 200, or a list of them.",
              })
              .default([200]),
            headers: headers.optional(),
            body: text.optional(),
          },
          { error: "must be a map with url." },
        )
        .optional(),
      tcp: text
        .regex(/^.+:(?:\d{1,5}|\$.+)$/, { error: "must be HOST:PORT such as 127.0.0.1:5432." })
        .optional(),
      exec: command("").optional(),
      log: z
        .strictObject(
          { present: filled.optional(), absent: filled.optional() },
          { error: "must be a map with present or absent." },
        )
        .optional(),
      timeout: duration.optional(),
    },
    { error: "must be a map with one of http, tcp, exec and log." },
  )
  .refine(({ timeout: _, ...kinds }) => Object.keys(kinds).length === 1, {
    error: "must have exactly one of http, tcp, exec and log.",
  });

/** Compose's `test`: text runs in a shell; a list says in its first item how it runs. */
const healthTest = z
  .union([z.string(), z.array(z.string())], {
    error: 'must be text, or a list such as ["CMD", "node", "check.js"].',
  })
  .transform((value, context): readonly string[] => {
    if (typeof value === "string") return value === "NONE" ? ["NONE"] : ["CMD-SHELL", value];
    const [how, ...rest] = value;
    const complete =
      how === "NONE"
        ? rest.length === 0
        : how === "CMD"
          ? rest.length > 0
          : how === "CMD-SHELL" && rest.length === 1;
    if (complete) return value;
    context.addIssue({
      code: "custom",
      message:
        "must begin with CMD (then the words of a command), CMD-SHELL (then one line of shell) or NONE.",
    });
    return z.NEVER;
  });

/** Defaults: compose-spec 05-services, `healthcheck`; moby daemon/health.go. */
const healthcheck = z
  .strictObject(
    {
      test: healthTest.optional(),
      disable: flag.default(false),
      interval: duration.default(30_000),
      timeout: duration.default(30_000),
      retries: z
        .int({ error: "must be a whole number." })
        .positive({ error: "must be at least 1." })
        .default(3),
      start_period: duration.default(0),
      start_interval: duration.default(5_000),
    },
    { error: "must be a map with test." },
  )
  .refine(({ test, disable }) => test !== undefined || disable, {
    error: "needs a test: the command that tells whether the service works.",
  });

/** YAML's scalars, as the text that a variable holds; null: taken from the surroundings. */
const variableValue = z
  .union([z.string(), z.number(), flag, z.null()], { error: "must be text, a number or true/false." })
  .transform((value) => (value === null ? null : String(value)));
const variable = z
  .string({ error: "must be KEY=value or KEY." })
  .regex(/^[^=]/, { error: "must be KEY=value or KEY." })
  .transform((line): readonly [string, string | null] => {
    const at = line.indexOf("=");
    return at < 0 ? [line, null] : [line.slice(0, at), line.slice(at + 1)];
  });
const environment = z.union(
  [
    z.array(variable),
    z
      .record(z.string(), variableValue)
      .transform((map): (readonly [string, string | null])[] => Object.entries(map)),
  ],
  { error: "must be a map of variables, or a list of KEY=value." },
);

const envFileEntry = z.union(
  [
    filled.transform((path) => ({ path, required: true, format: undefined })),
    z.strictObject({
      path: filled,
      required: flag.default(true),
      format: z.literal("raw").optional(),
    }),
  ],
  { error: "must be a path, or a map with path, required and format." },
);
const envFile = z.union([envFileEntry.transform((entry) => [entry]), z.array(envFileEntry)], {
  error: "must be a path or a list of paths.",
});

const condition = z.enum(["service_started", "service_healthy", "service_completed_successfully"], {
  error: "must be service_started, service_healthy or service_completed_successfully.",
});
const dependsOn = z
  .union(
    [
      z.array(filled).transform((names) => names.map((service) => ({ service }))),
      z
        .record(
          z.string(),
          z.strictObject({
            condition: condition.optional(),
            restart: flag.optional(),
            required: flag.optional(),
          }),
        )
        .transform((entries) => Object.entries(entries).map(([service, more]) => ({ service, ...more }))),
    ],
    { error: "must be a list of services, or a map from service to { condition }." },
  )
  .transform(
    (
      entries: {
        service: string;
        condition?: z.infer<typeof condition> | undefined;
        restart?: boolean | undefined;
      }[],
    ) =>
      entries.map((entry) => ({
        service: entry.service,
        condition: entry.condition ?? ("service_started" as const),
        restart: entry.restart ?? false,
      })),
  );

/** What only a local service has; `command` makes it one. */
export const localKeys = [
  "env_file",
  "environment",
  "depends_on",
  "healthcheck",
  "working_dir",
  "stop_grace_period",
  "stop_signal",
] as const;

const service = z
  .strictObject(
    {
      reload: reload.optional(),
      verify: list(probe, "probes").default([]),
      command: command(" (this makes it a local service)").optional(),
      env_file: envFile.default([]),
      environment: environment.default([]),
      depends_on: dependsOn.default([]),
      healthcheck: healthcheck.optional(),
      working_dir: filled.optional(),
      stop_grace_period: duration.default(10_000),
      stop_signal: signalName.default("SIGTERM"),
    },
    { error: "must be a map." },
  )
  .transform(({ reload, verify, command, ...rest }) => ({
    reload,
    verify,
    /** Only for a service that Hotenv itself runs. */
    local:
      command === undefined
        ? undefined
        : {
            command,
            envFiles: rest.env_file,
            /** In order; null: taken from the surroundings. */
            environment: rest.environment,
            dependsOn: rest.depends_on,
            healthcheck: rest.healthcheck,
            /** Relative to the project's directory. */
            workingDirectory: rest.working_dir,
            stopGraceMs: rest.stop_grace_period,
            stopSignal: rest.stop_signal,
          },
  }));

const patterns = list(filled, "names and * patterns").default([]);

export const settingsSchema = z.strictObject(
  {
    watch: list(filled, "paths and globs").default([]),
    severity: z
      .strictObject(
        { critical: patterns, moderate: patterns, minor: patterns },
        { error: "must be a map of severities." },
      )
      .prefault({}),
    policy: z
      .strictObject(
        {
          onFailure: z
            .enum(["rollback-services", "rollback-all", "keep"], {
              error: "must be rollback-services, rollback-all or keep.",
            })
            .default("rollback-services"),
          confirm: list(
            z.enum(severitySchema.options, { error: "must be critical, moderate or minor." }),
            "critical, moderate and minor",
          ).default([]),
          strategy: z
            .enum(["affected", "by-severity"], { error: "must be affected or by-severity." })
            .default("affected"),
          debounce: z
            .strictObject(
              { quiet: duration.default(50), max: duration.default(500) },
              { error: "must be a map with quiet and max." },
            )
            .refine(({ quiet, max }) => quiet <= max, {
              error: "must have a quiet that is no longer than max.",
            })
            .prefault({}),
          breaker: z
            .strictObject(
              {
                failures: z
                  .int({ error: "must be a whole number." })
                  .positive({ error: "must be at least 1." })
                  .default(2),
                retry: duration.default(30_000),
              },
              { error: "must be a map with failures and retry." },
            )
            .prefault({})
            .transform(({ failures, retry }) => ({ failures, retryMs: retry })),
          cooldown: duration.default(0),
          stability: duration.default(2_000),
        },
        { error: "must be a map." },
      )
      .prefault({})
      .transform(({ debounce, cooldown, stability, ...rest }) => ({
        ...rest,
        quietMs: debounce.quiet,
        maxMs: debounce.max,
        cooldownMs: cooldown,
        /** How long a service without health check must stay up. */
        stabilityMs: stability,
      })),
    services: z
      .record(z.string(), service, { error: "must be a map of services." })
      .default({})
      .transform((services) => new Map(Object.entries(services))),
  },
  { error: "must be a map of settings." },
);

export type Settings = Readonly<z.output<typeof settingsSchema>>;
export type ServiceSettings = Readonly<z.output<typeof service>>;
export type LocalService = Readonly<NonNullable<ServiceSettings["local"]>>;
export type Healthcheck = Readonly<z.output<typeof healthcheck>>;
export type Reload = Readonly<z.output<typeof reload>>;
export type Probe = Readonly<z.output<typeof probe>>;
