/**
 * Reads what `docker compose config --format json` prints: the project with every variable filled in.
 * Unknown fields stay as they are, so that a field which Hotenv has never heard of still counts as a change.
 */
import * as z from "zod";
import type { Dependency, Json, MountedFile, ServiceModel } from "./model.ts";

const jsonSchema: z.ZodType<Json> = z.lazy(() =>
  z.union([
    z.null(),
    z.boolean(),
    z.number(),
    z.string(),
    z.array(jsonSchema),
    z.record(z.string(), jsonSchema),
  ]),
);
const resourcesSchema = z
  .record(z.string(), z.union([z.null(), z.record(z.string(), jsonSchema)]))
  .optional();

const grantSchema = z.looseObject({ source: z.string(), target: z.string().optional() });
const serviceSchema = z.looseObject({
  depends_on: z
    .record(
      z.string(),
      z.looseObject({
        condition: z.enum(["service_started", "service_healthy", "service_completed_successfully"]),
        restart: z.boolean().optional(),
      }),
    )
    .optional(),
  volumes: z
    .array(
      z.looseObject({
        type: z.string(),
        source: z.string().optional(),
        target: z.string(),
        read_only: z.boolean().optional(),
      }),
    )
    .optional(),
  configs: z.array(grantSchema).nullish(),
  secrets: z.array(grantSchema).nullish(),
  networks: z.record(z.string(), z.unknown()).nullish(),
});
const projectSchema = z.looseObject({
  name: z.string(),
  services: z.record(z.string(), serviceSchema).optional(),
  networks: resourcesSchema,
  volumes: resourcesSchema,
  configs: resourcesSchema,
  secrets: resourcesSchema,
});

/** A bind mount, before anybody looked whether its source is a file or a directory. */
export interface BindMount {
  readonly service: string;
  /** Absolute. */
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

export interface ResolvedProject {
  readonly name: string;
  readonly services: ReadonlyMap<string, ServiceModel>;
  readonly binds: readonly BindMount[];
}

/** Compose doubles `$` in what it prints so that it can be read again; undone once, here. */
function undouble(value: Json): Json {
  if (typeof value === "string") return value.replaceAll("$$", "$");
  if (Array.isArray(value)) return value.map(undouble);
  if (value !== null && typeof value === "object")
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, undouble(inner)]));
  return value;
}

type Resources = Record<string, Record<string, Json> | null>;

function usedResources(service: z.infer<typeof serviceSchema>, project: z.infer<typeof projectSchema>) {
  const pick = (from: Resources | undefined, names: readonly string[]): Record<string, Json> =>
    Object.fromEntries(
      [...new Set(names)].sort().flatMap((name) => (from?.[name] === undefined ? [] : [[name, from[name]]])),
    );
  const sources = (grants: readonly { source: string }[] | null | undefined) =>
    (grants ?? []).map((grant) => grant.source);
  return {
    networks: pick(project.networks, Object.keys(service.networks ?? {})),
    volumes: pick(
      project.volumes,
      (service.volumes ?? []).flatMap((volume) =>
        volume.type === "volume" && volume.source ? [volume.source] : [],
      ),
    ),
    configs: pick(project.configs, sources(service.configs)),
    secrets: pick(project.secrets, sources(service.secrets)),
  };
}

/**
 * @param printed the parsed JSON
 * @param hashes service -> Compose's own configuration hash
 * @param lookup the project's variables: Compose prints the name of one that a config or secret is taken from, not its value
 * @param relative turns an absolute path into the project's way of naming files
 * @throws z.ZodError where the output is not what Compose prints
 */
export function readResolved(
  printed: unknown,
  hashes: ReadonlyMap<string, string>,
  relative: (path: string) => string,
  lookup: (name: string) => string | undefined,
): ResolvedProject {
  const project = projectSchema.parse(printed);
  const services = new Map<string, ServiceModel>();
  const binds: BindMount[] = [];
  for (const [name, service] of Object.entries(project.services ?? {})) {
    const resources = usedResources(service, project);
    const files: MountedFile[] = [];
    const values: Record<string, Json> = {};
    for (const kind of ["configs", "secrets"] as const)
      for (const grant of service[kind] ?? []) {
        const resource = resources[kind][grant.source] as Record<string, Json> | null | undefined;
        if (typeof resource?.file === "string")
          files.push({
            path: relative(resource.file),
            via: "copy",
            target: grant.target ?? `/${grant.source}`,
            alone: false,
          });
        if (typeof resource?.environment === "string")
          values[`${kind}.${grant.source}`] = lookup(resource.environment) ?? "";
      }
    for (const volume of service.volumes ?? [])
      if (volume.type === "bind" && volume.source !== undefined)
        binds.push({
          service: name,
          source: volume.source,
          target: volume.target,
          readOnly: volume.read_only ?? false,
        });
    const dependsOn: Dependency[] = Object.entries(service.depends_on ?? {}).map(
      ([on, { condition, restart }]) => ({
        service: on,
        condition,
        restart: restart ?? false,
      }),
    );
    const hash = hashes.get(name);
    services.set(name, {
      name,
      runtime: "compose",
      config: withValues(undouble({ ...service, resources } as Json) as ServiceModel["config"], values),
      dependsOn,
      files,
      ...(hash === undefined ? {} : { configHash: hash }),
    });
  }
  return { name: project.name, services, binds };
}

function withValues(config: ServiceModel["config"], values: Record<string, Json>): ServiceModel["config"] {
  if (Object.keys(values).length === 0) return config;
  return { ...config, resources: { ...(config.resources as Record<string, Json>), values } };
}

function double(value: Json): Json {
  if (typeof value === "string") return value.replaceAll("$", "$$$$");
  if (Array.isArray(value)) return value.map(double);
  if (value !== null && typeof value === "object")
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, double(inner)]));
  return value;
}

/** What services share; each keeps those that it uses under `config.resources`. */
const resourceKinds = ["networks", "volumes", "configs", "secrets"] as const;

/** The inverse of readResolved: a compose file, as JSON, that stands on its own and means these very services. */
export function printResolved(name: string, services: ReadonlyMap<string, ServiceModel>): string {
  const printed: Record<string, Json> = {};
  const shared: Record<(typeof resourceKinds)[number], Record<string, Json>> = {
    networks: {},
    volumes: {},
    configs: {},
    secrets: {},
  };
  for (const [service, { runtime, config }] of services) {
    if (runtime !== "compose") continue;
    const { resources, ...own } = config;
    printed[service] = own;
    const used = resources as Readonly<Record<string, Readonly<Record<string, Json>>>> | undefined;
    for (const kind of resourceKinds) Object.assign(shared[kind], used?.[kind] ?? {});
  }
  return JSON.stringify(double({ name, services: printed, ...shared }));
}
