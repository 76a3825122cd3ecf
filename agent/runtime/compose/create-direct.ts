/**
 * The fast way to a new container where only the environment changed: what Docker says of the old one, with
 * another environment. It is taken only where this very rule gives the old container's environment, too;
 * whatever is not plain goes through Compose (create-gate.ts).
 */
import type Docker from "dockerode";
import * as z from "zod";
import { canonical } from "../../../core/compose/compare.ts";
import type { Json, ServiceModel } from "../../../core/compose/model.ts";
import { labels, type Predecessor } from "./containers.ts";
import { dockerError, statusOf } from "./docker-error.ts";

const oldSchema = z.looseObject({
  Id: z.string(),
  Image: z.string(),
  Config: z.looseObject({
    Hostname: z.string(),
    Image: z.string(),
    Env: z.array(z.string()).nullish(),
    Labels: z.record(z.string(), z.string()),
    Volumes: z.record(z.string(), z.unknown()).nullish(),
  }),
  HostConfig: z.looseObject({
    NetworkMode: z.string(),
    PidMode: z.string(),
    IpcMode: z.string(),
    UTSMode: z.string().optional(),
    VolumesFrom: z.array(z.string()).nullish(),
    Links: z.array(z.string()).nullish(),
  }),
  Mounts: z.array(z.looseObject({ Type: z.string(), Name: z.string().optional() })),
  NetworkSettings: z.looseObject({
    Networks: z.record(
      z.string(),
      z.looseObject({
        IPAMConfig: z.unknown(),
        Links: z.unknown(),
        Aliases: z.array(z.string()).nullish(),
        DriverOpts: z.unknown().optional(),
      }),
    ),
  }),
});
const imageSchema = z.looseObject({
  Id: z.string(),
  Config: z.looseObject({ Env: z.array(z.string()).nullish() }).nullish(),
});

export type OldContainer = z.infer<typeof oldSchema>;

/** What Docker is asked for; plain JSON for the journal. */
export interface DirectCreation {
  readonly name: string;
  readonly body: Readonly<Record<string, unknown>>;
}

type Variables = ReadonlyMap<string, string>;

const nameOf = (entry: string) => entry.slice(0, entry.indexOf("="));

/** A service's variables; undefined where one has no value, which Docker treats in its own way. */
function variablesOf({ config }: ServiceModel): Variables | undefined {
  const { environment } = config;
  if (environment === undefined || environment === null) return new Map();
  if (typeof environment !== "object" || Array.isArray(environment)) return undefined;
  const entries = Object.entries(environment as Record<string, Json>);
  return entries.every((entry): entry is [string, string] => typeof entry[1] === "string")
    ? new Map(entries)
    : undefined;
}

/** As Compose sends it (sorted), and as Docker completes it (what the image has and the service has not). */
function environmentOf(variables: Variables, ofImage: readonly string[]): string[] {
  const own = [...variables].map(([key, value]) => `${key}=${value}`).sort();
  return [...own, ...ofImage.filter((entry) => !variables.has(nameOf(entry)))];
}

const sameSet = (a: readonly string[], b: readonly string[]) =>
  canonical([...a].sort()) === canonical([...b].sort());

/** Fields of a service whose containers Compose fills or ties after it has created them. */
const afterCreation = ["configs", "secrets", "links", "external_links", "volumes_from"];

/** What is handed on of how a container is attached to its network; whatever else a Compose may know, it brings itself. */
const ofNetwork = new Set(["aliases", "ipv4_address", "ipv6_address", "driver_opts", "priority"]);

function isPlainlyAttached({ config: { networks } }: ServiceModel): boolean {
  if (networks === null || typeof networks !== "object" || Array.isArray(networks)) return true;
  return Object.values(networks).every((attached) =>
    Object.keys(attached ?? {}).every((field) => ofNetwork.has(field)),
  );
}

/** Whether nothing but the environment differs, and nothing is beyond what an inspection tells. Pure. */
export function isPlainChange(current: ServiceModel, target: ServiceModel): boolean {
  const without = ({ config: { environment: _, ...rest } }: ServiceModel) => canonical(rest);
  const isEmpty = (value: Json | undefined) =>
    value === undefined || value === null || (Array.isArray(value) && value.length === 0);
  return (
    without(current) === without(target) &&
    isPlainlyAttached(target) &&
    afterCreation.every((field) => isEmpty(target.config[field]))
  );
}

/** Whether the new container holds the same ports and addresses as the old one, whatever its variables say. Pure. */
export function keepsItsPlace(current: ServiceModel, target: ServiceModel): boolean {
  const { network_mode: mode } = target.config;
  return (mode === undefined || mode === null) && isPlainChange(current, target);
}

/** Docker made up its name: only Compose hands such a volume on to the next container. */
const isAnonymous = ({ Type, Name = "" }: OldContainer["Mounts"][number]) =>
  Type === "volume" && /^[0-9a-f]{64}$/.test(Name);

/** Docker's own network modes, in which a container has no network of the project's. */
const isShared = (mode: string) => mode.startsWith("container:");

/** Whoever has `docker compose up` or `logs` open is told by it that this one goes on where another ends. */
const replaceLabel = (own: Readonly<Record<string, string>>) => ({
  [labels.replace]: `${own[labels.service]}-${own[labels.number] ?? "1"}`,
});

/**
 * @param wanted labels that differ from the old container's
 * @returns undefined where the old container is not plain, or was not made from `current`. Pure.
 */
export function directBody(
  old: OldContainer,
  image: { readonly id: string; readonly environment: readonly string[] },
  current: ServiceModel,
  target: ServiceModel,
  wanted: Readonly<Record<string, string>>,
): DirectCreation["body"] | undefined {
  const [before, after] = [variablesOf(current), variablesOf(target)];
  const { Config: config, HostConfig: host } = old;
  const networks = Object.entries(old.NetworkSettings.Networks);
  const [network] = networks;
  const isPlain =
    before !== undefined &&
    after !== undefined &&
    network !== undefined &&
    networks.length === 1 &&
    network[0] === host.NetworkMode &&
    old.Image === image.id &&
    config.Labels[labels.configHash] === current.configHash &&
    !old.Mounts.some(isAnonymous) &&
    Object.keys(config.Volumes ?? {}).length === 0 &&
    (host.VolumesFrom ?? []).length === 0 &&
    (host.Links ?? []).length === 0 &&
    ![host.NetworkMode, host.PidMode, host.IpcMode].some(isShared) &&
    sameSet(config.Env ?? [], environmentOf(before, image.environment));
  if (!isPlain) return undefined;
  const shortId = old.Id.slice(0, 12);
  const { Hostname: hostname, ...settings } = config;
  const { IPAMConfig, Links, Aliases, DriverOpts } = network[1];
  return {
    ...settings,
    // Where nobody chose one, it is the container's own ID.
    ...(hostname === shortId ? {} : { Hostname: hostname }),
    Env: environmentOf(after, image.environment),
    Labels: { ...config.Labels, ...wanted, ...replaceLabel(config.Labels) },
    HostConfig: host,
    NetworkingConfig: {
      EndpointsConfig: {
        [network[0]]: {
          IPAMConfig,
          Links,
          Aliases: Aliases?.filter((alias) => alias !== shortId),
          ...(DriverOpts === undefined ? {} : { DriverOpts }),
        },
      },
    },
  };
}

/** @returns undefined where it must go through Compose */
export async function planDirect(
  docker: Docker,
  olds: readonly Predecessor[],
  current: ServiceModel | undefined,
  target: ServiceModel,
  wanted: Readonly<Record<string, string>>,
): Promise<DirectCreation[] | undefined> {
  if (current === undefined || olds.length === 0 || !isPlainChange(current, target)) return undefined;
  const planned: DirectCreation[] = [];
  for (const { id, next } of olds) {
    const found = await describe(docker, id);
    if (found === undefined) return undefined;
    const body = directBody(found.old, found.image, current, target, wanted);
    if (body === undefined) return undefined;
    planned.push({ name: next, body });
  }
  return planned;
}

/** The container, and the image that its name now means. */
async function describe(docker: Docker, id: string) {
  try {
    const old = oldSchema.parse(await docker.getContainer(id).inspect());
    const image = imageSchema.parse(await docker.getImage(old.Config.Image).inspect());
    return { old, image: { id: image.Id, environment: image.Config?.Env ?? [] } };
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw dockerError("Docker did not tell about a container", error);
  }
}

/** @returns false where the name is taken */
export async function createDirectly(docker: Docker, { name, body }: DirectCreation): Promise<boolean> {
  try {
    await docker.createContainer({ name, ...body });
    return true;
  } catch (error) {
    if (statusOf(error) === 409) return false;
    throw dockerError(`Docker did not create ${name}`, error);
  }
}
