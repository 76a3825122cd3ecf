/** What each setting of hotenv.yaml is for, in a sentence: for completion and hovers in an editor. */

/** As much of JSON Schema as is walked through here. */
export interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly description?: string;
}

/** By path; `*` is any name. */
const descriptions = {
  watch: "Files to watch beyond .env, what Compose mounts and what services name: paths and globs.",
  severity: "How serious a change of a variable is: exact names, or patterns with *.",
  "severity.critical": "Variables whose change can take the whole project down.",
  "severity.moderate": "Variables whose change deserves a look.",
  "severity.minor": "Variables whose change is harmless.",
  policy: "When and how changes are applied.",
  "policy.onFailure":
    "After a failure: put the services back (rollback-services), the files too (rollback-all), or leave everything (keep).",
  "policy.confirm": "Severities whose changes are applied only after a person has said yes.",
  "policy.debounce": "How long to wait for the next save before a change is applied.",
  "policy.cooldown": "The least time between two rollouts, such as 5s.",
  "policy.strategy":
    "Whom a change reaches: the services that it affects (affected), or as many as its severity calls for (by-severity).",
  "policy.breaker":
    "A service is left out of rollouts after so many failures in a row (failures), and tried again after a while that doubles (retry).",
  "policy.stability": "How long services must stay healthy before a change counts as applied, such as 2s.",
  services:
    "Services of the Compose file, by name; one with a command is a local service that Hotenv itself runs.",
  "services.*": "How one service is reloaded and proved, or run.",
  "services.*.reload":
    "How the service takes over a changed file without a new container: by signal, http or exec.",
  "services.*.verify":
    "How the service proves that it works, beyond its health check: http, tcp, exec or log.",
  "services.*.command": "Makes it a local service: the command that runs it.",
  "services.*.env_file": "Env files that the local service gets, as in Compose.",
  "services.*.environment": "Variables that the local service gets, as in Compose.",
  "services.*.depends_on": "Services that the local service needs, as in Compose.",
  "services.*.healthcheck": "How the local service's health is found out, as in Compose.",
  "services.*.working_dir": "Where the local service runs, relative to the project.",
  "services.*.stop_grace_period": "How long the local service has to end by itself, such as 10s.",
  "services.*.stop_signal": "The signal that asks the local service to end; SIGTERM by default.",
} as const;

export const describedPaths: readonly string[] = Object.keys(descriptions);

/** The same schema with a description wherever there is one. */
export function describeSettings(schema: JsonSchema): JsonSchema {
  return describe(schema, "");
}

const known: ReadonlyMap<string, string> = new Map(Object.entries(descriptions));

function describe(schema: JsonSchema, path: string): JsonSchema {
  const below = (name: string): string => (path === "" ? name : `${path}.${name}`);
  const description = known.get(path);
  const { properties, additionalProperties } = schema;
  return {
    ...(description === undefined ? {} : { description }),
    ...schema,
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, inner]) => [name, describe(inner, below(name))]),
          ),
        }),
    ...(typeof additionalProperties === "object"
      ? { additionalProperties: describe(additionalProperties, below("*")) }
      : {}),
  };
}
