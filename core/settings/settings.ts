/**
 * hotenv.yaml: text in, settings and problems out. A file with an error yields the defaults, so that
 * whoever asks can go on; whether to go on is theirs to decide. An unknown key is a warning only.
 */
import { LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import type { Problem } from "../protocol/words.ts";
import { locate, type Path, type Place, placeOf } from "./locate.ts";
import { nearestWord } from "./nearest.ts";
import { localKeys, type Settings, settingsSchema } from "./schema.ts";

export { settingsFileNames } from "./file-names.ts";
export type { Healthcheck, LocalService, Probe, Reload, ServiceSettings, Settings } from "./schema.ts";
export { severityOf } from "./severity.ts";

/** What a project without hotenv.yaml has. */
export const defaultSettings: Settings = settingsSchema.parse({});

export interface ParsedSettings {
  readonly settings: Settings;
  /** In the order of the file. With an `error` among them the settings are the defaults. */
  readonly problems: readonly Problem[];
  /** Where a setting stands, or would stand. */
  readonly locate: (path: Path, what?: "key" | "value") => Place;
}

/** Keys by the path of their map; `*` is any name. */
const knownKeys: readonly (readonly [pattern: string, keys: readonly string[]])[] = [
  ["", ["watch", "severity", "policy", "services"]],
  ["severity", ["critical", "moderate", "minor"]],
  ["policy", ["onFailure", "confirm", "strategy", "debounce", "cooldown", "stability", "breaker"]],
  ["policy.debounce", ["quiet", "max"]],
  ["policy.breaker", ["failures", "retry"]],
  ["services.*", ["reload", "verify", "command", ...localKeys]],
  ["services.*.reload", ["signal", "http", "exec", "check"]],
  ["services.*.reload.http", ["method", "url", "headers", "body", "file"]],
  ["services.*.verify.*", ["http", "tcp", "exec", "log", "timeout"]],
  ["services.*.verify.*.http", ["url", "method", "status", "headers", "body"]],
  ["services.*.verify.*.log", ["present", "absent"]],
  [
    "services.*.healthcheck",
    ["test", "disable", "interval", "timeout", "retries", "start_period", "start_interval"],
  ],
  ["services.*.env_file.*", ["path", "required", "format"]],
  ["services.*.depends_on.*", ["condition", "restart", "required"]],
];

function keysAt(path: Path): readonly string[] {
  const found = knownKeys.find(([pattern]) => {
    const steps = pattern === "" ? [] : pattern.split(".");
    return (
      steps.length === path.length &&
      steps.every((step, index) => step === "*" || step === String(path[index]))
    );
  });
  return found?.[1] ?? [];
}

const nameOf = (path: Path) =>
  path
    .map((step, index) =>
      typeof step === "number" ? `[${step}]` : `${index === 0 ? "" : "."}${String(step)}`,
    )
    .join("");

type Issue = z.core.$ZodIssue;

/** Of a union the member that came furthest knows best what is wrong. */
function innermost(issue: Issue): readonly Issue[] {
  if (issue.code !== "invalid_union") return [issue];
  const deeper = issue.errors
    .map((issues) =>
      issues.flatMap((inner) => innermost({ ...inner, path: [...issue.path, ...inner.path] } as Issue)),
    )
    .filter((issues) =>
      issues.some((inner) => inner.path.length > issue.path.length || inner.code === "unrecognized_keys"),
    )
    .sort((a, b) => a.length - b.length)[0];
  return deeper ?? [issue];
}

/** Takes the key at the end of the path out of plain data. */
function without(data: unknown, path: Path): unknown {
  const [step, ...rest] = path;
  if (step === undefined || data === null || typeof data !== "object") return data;
  if (Array.isArray(data))
    return data.map((item: unknown, index) => (index === step ? without(item, rest) : item));
  return Object.fromEntries(
    Object.entries(data).flatMap(([key, value]) => {
      if (key !== step) return [[key, value]];
      return rest.length === 0 ? [] : [[key, without(value, rest)]];
    }),
  );
}

function* localKeysWithoutCommand(data: unknown): Generator<readonly [service: string, key: string]> {
  const services = (data as { services?: unknown } | null)?.services;
  if (services === null || typeof services !== "object") return;
  for (const [service, value] of Object.entries(services)) {
    if (value === null || typeof value !== "object" || "command" in value) continue;
    for (const key of localKeys) if (key in value) yield [service, key];
  }
}

/** @param file how the problems name the file */
export function parseSettings(text: string, file: string): ParsedSettings {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const find = (path: Path, what?: "key" | "value") => locate(document, lines, path, what);
  const problems: Problem[] = [];
  const add = (place: Place, severity: Problem["severity"], code: string, message: string) =>
    problems.push({ file, ...place, severity, code, message });
  const done = (settings: Settings): ParsedSettings => ({
    settings: problems.some(({ severity }) => severity === "error") ? defaultSettings : settings,
    problems: problems.sort((a, b) => a.line - b.line || a.column - b.column),
    locate: find,
  });

  for (const { pos, message } of document.errors)
    add(
      placeOf(lines, pos[0], pos[1]),
      "error",
      "settings-yaml",
      `This is no valid YAML: ${message.replace(/\.?$/, ".")}`,
    );
  if (document.errors.length > 0) return done(defaultSettings);

  let data: unknown;
  try {
    data = document.toJS() ?? {};
  } catch (error) {
    // Aliases that lead nowhere, or that multiply into too much.
    add(
      placeOf(lines, 0, 0),
      "error",
      "settings-yaml",
      `This YAML cannot be read: ${(error as Error).message}.`,
    );
    return done(defaultSettings);
  }

  // Compose ignores `x-…`, and people keep their anchors there.
  for (const key of Object.keys(Object(data) as object))
    if (key.startsWith("x-")) data = without(data, [key]);

  const unknown = new Set<string>();
  for (;;) {
    const parsed = settingsSchema.safeParse(data, { error: () => "has a value that cannot be used here." });
    const issues = parsed.success ? [] : parsed.error.issues.flatMap(innermost);
    let stripped = false;
    for (const issue of issues)
      if (issue.code === "unrecognized_keys")
        for (const key of issue.keys) {
          const path = [...issue.path, key];
          data = without(data, path);
          if (unknown.has(nameOf(path))) continue;
          unknown.add(nameOf(path));
          stripped = true;
          const known = keysAt(issue.path);
          const near = nearestWord(key, known);
          const hint = near === undefined ? `Known here: ${known.join(", ")}.` : `Did you mean ${near}?`;
          add(
            find(path, "key"),
            "warning",
            "settings-unknown-key",
            `${nameOf(path)} is no setting and is ignored. ${hint}`,
          );
        }
    if (stripped) continue;
    for (const issue of issues)
      add(
        find(issue.path),
        "error",
        "settings-invalid",
        issue.path.length === 0 ? `The file ${issue.message}` : `${nameOf(issue.path)} ${issue.message}`,
      );
    for (const [service, key] of localKeysWithoutCommand(data))
      add(
        find(["services", service, key], "key"),
        "error",
        "settings-invalid",
        `services.${service}.${key} belongs to a local service: add a command, or move it into the Compose file.`,
      );
    return done(parsed.success ? parsed.data : defaultSettings);
  }
}
