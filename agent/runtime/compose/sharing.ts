/**
 * Services that live in another service's container: its network, IPC or PID namespace, its volumes. Compose
 * replaces the other's name by its container's ID before it hashes: their hash is known only beside what runs.
 */
import type Docker from "dockerode";
import type { Json, ProjectModel, ServiceModel } from "../../../core/compose/model.ts";
import { printResolved } from "../../../core/compose/resolved.ts";
import { type ComposeProject, runCompose } from "./compose-cli.ts";
import { type Container, inspectContainer } from "./containers.ts";
import { hashArguments, parseHashes } from "./resolve.ts";

const namespaces = ["network_mode", "ipc", "pid"] as const;
const servicePrefix = "service:";

const ownerIn = (value: Json | undefined): string | undefined =>
  typeof value === "string" && value.startsWith(servicePrefix)
    ? value.slice(servicePrefix.length)
    : undefined;

const sharesNamespace = ({ config }: ServiceModel) =>
  namespaces.some((field) => ownerIn(config[field]) !== undefined);

const takesVolumes = ({ config }: ServiceModel) =>
  Array.isArray(config.volumes_from) &&
  config.volumes_from.some((from) => !String(from).startsWith("container:"));

export const sharesContainer = (model: ServiceModel) => sharesNamespace(model) || takesVolumes(model);

/** The service with the owner's container in the place of the owner's name (compose `resolveSharedNamespaces`). */
function bound(model: ServiceModel, containerOf: (service: string) => string | undefined): ServiceModel {
  const replaced = namespaces.flatMap((field): [string, Json][] => {
    const owner = ownerIn(model.config[field]);
    const id = owner === undefined ? undefined : containerOf(owner);
    return id === undefined ? [] : [[field, `container:${id}`]];
  });
  return { ...model, config: { ...model.config, ...Object.fromEntries(replaced) } };
}

/**
 * The hashes that Compose would find for those that share a namespace, given these containers. Whoever takes
 * another's volumes has none here: `config` cannot be told of volumes of a container as `up` sees them.
 * @returns undefined in the place of a hash that cannot be known
 */
export async function sharedHashes(
  project: ComposeProject,
  name: string,
  services: ProjectModel,
  containers: readonly Container[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string | undefined>> {
  const sharers = [...services.values()].filter(
    (model) => model.runtime === "compose" && sharesContainer(model),
  );
  const known = sharers.filter((model) => !takesVolumes(model));
  const hashes = new Map<string, string | undefined>(sharers.map((model) => [model.name, undefined]));
  if (known.length === 0) return hashes;
  const containerOf = (service: string) => containers.find((each) => each.service === service)?.id;
  const models = new Map([...services].map(([service, model]) => [service, bound(model, containerOf)]));
  const printed = parseHashes(
    await runCompose(project, hashArguments(name), signal, { input: printResolved(name, models) }),
  );
  for (const { name: service } of known) hashes.set(service, printed.get(service));
  return hashes;
}

/** Where no hash can be had, the environment tells: it is what changes. */
export async function hasEnvironmentOf(
  docker: Docker,
  id: string,
  { config }: ServiceModel,
): Promise<boolean> {
  const container = await inspectContainer(docker, id);
  const has = new Set(container?.Config.Env ?? []);
  return Object.entries((config.environment ?? {}) as Readonly<Record<string, Json>>).every(
    ([key, value]) => value === null || has.has(`${key}=${String(value)}`),
  );
}
