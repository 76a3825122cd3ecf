/**
 * As much of hotenv.yaml as a preview needs, read without the schema: that would be a third of what the editor loads.
 * What is not as it should be counts as not said; the agent, which applies things, reads it strictly.
 */
import { parse } from "yaml";
import { type Severity, severitySchema } from "../protocol/words.ts";

export interface BriefSettings {
  readonly severity: Readonly<Record<Severity, readonly string[]>>;
  /** Whose changes are not applied before somebody has said yes. */
  readonly confirm: readonly Severity[];
  readonly strategy: "affected" | "by-severity";
  /** By service; the kinds only. */
  readonly reloads: ReadonlyMap<string, Readonly<Partial<Record<"signal" | "http" | "exec", string>>>>;
}

type Fields = Readonly<Record<string, unknown>>;
const fieldsOf = (value: unknown): Fields =>
  value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Fields) : {};
const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
const kinds = ["signal", "http", "exec"] as const;

/** @param text undefined where there is no such file */
export function readBrief(text: string | undefined): BriefSettings {
  const root = fieldsOf(parsed(text ?? ""));
  const severity = fieldsOf(root.severity);
  const policy = fieldsOf(root.policy);
  const confirm = textsOf(policy.confirm);
  return {
    severity: {
      critical: textsOf(severity.critical),
      moderate: textsOf(severity.moderate),
      minor: textsOf(severity.minor),
    },
    confirm: severitySchema.options.filter((each) => confirm.includes(each)),
    strategy: policy.strategy === "by-severity" ? "by-severity" : "affected",
    reloads: new Map(
      Object.entries(fieldsOf(root.services)).map(([service, settings]) => {
        const { reload, command } = fieldsOf(settings);
        // A local service has no inside, and no other way to be told.
        const possible = command === undefined ? kinds : (["signal"] as const);
        const declared = fieldsOf(reload);
        return [
          service,
          Object.fromEntries(
            possible.filter((kind) => declared[kind] != null).map((kind) => [kind, String(declared[kind])]),
          ),
        ];
      }),
    ),
  };
}

/** While one types, a file is often none. */
function parsed(text: string): unknown {
  try {
    return parse(text, { logLevel: "silent", prettyErrors: false });
  } catch {
    return undefined;
  }
}
