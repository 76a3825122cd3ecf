/** What Compose may do while it creates a container behind the gate (create-gate.ts), and what it sees. Pure. */
import * as z from "zod";
import { isAsideName, labels, type Predecessor } from "./containers.ts";

/** Of a path: without the version that some clients put before it, and without the query. */
export const pathOf = (url: string) => url.replace(/^\/v[\d.]+(?=\/)/, "").replace(/\?.*/s, "");

/** What becomes of a request. */
export type Passage = "pass" | "hold" | "refuse";

const rules: readonly (readonly [method: string, path: RegExp, Passage])[] = [
  ["POST", /^\/(?:containers|networks|volumes)\/create$/, "pass"],
  // Before API 1.44 a container has one network when it is created, and the others are added.
  ["POST", /^\/networks\/[^/]+\/connect$/, "pass"],
  ["PUT", /^\/containers\/[^/]+\/archive$/, "pass"],
  ["POST", /^\/containers\/[^/]+\/(?:stop|kill|rename|start|restart)$/, "hold"],
  ["DELETE", /^\/containers\/[^/]+$/, "hold"],
];

/**
 * What becomes of Compose's request: looking around and creating pass, what would touch a container that runs is answered
 * with success and not done, anything else is none of its business here. Pure.
 */
export function passageOf(method: string, url: string): Passage {
  if (method === "GET" || method === "HEAD") return "pass";
  return rules.find(([verb, path]) => verb === method && path.test(pathOf(url)))?.[2] ?? "refuse";
}

export const isCreation = (method: string, url: string) =>
  method === "POST" && pathOf(url) === "/containers/create";

const listedSchema = z.array(z.looseObject({ Names: z.array(z.string()) }));

/** Docker's list of containers without those that are aside: Compose must not tie anything to them. Pure. */
function withoutAside(body: string): string {
  const listed = listedSchema.parse(JSON.parse(body));
  return JSON.stringify(listed.filter(({ Names }) => !Names.some(isAsideName)));
}

const labelledSchema = z.looseObject({ Labels: z.record(z.string(), z.string()).nullish() });
const labelledListSchema = z.array(labelledSchema);
const volumesSchema = z.looseObject({ Volumes: labelledListSchema.nullish() });

function withoutHash(thing: z.infer<typeof labelledSchema>) {
  const { [labels.configHash]: _, ...rest } = thing.Labels ?? {};
  return { ...thing, Labels: rest };
}

/**
 * Networks and volumes without the hash of their options: where it differs, Compose (2.31 and later) would make them anew,
 * and for that end everything that uses them. Pure.
 */
const views: readonly (readonly [path: RegExp, (body: string) => string])[] = [
  [/^\/containers\/json$/, withoutAside],
  [/^\/networks\/?$/, (body) => JSON.stringify(labelledListSchema.parse(JSON.parse(body)).map(withoutHash))],
  [
    /^\/volumes\/?$/,
    (body) => {
      const listed = volumesSchema.parse(JSON.parse(body));
      return JSON.stringify({ ...listed, Volumes: listed.Volumes?.map(withoutHash) ?? null });
    },
  ],
  [
    /^\/(?:networks|volumes)\/[^/]+$/,
    (body) => JSON.stringify(withoutHash(labelledSchema.parse(JSON.parse(body)))),
  ],
];

/** What Compose is shown of what Docker answered. Pure. @returns undefined where it is shown all of it */
export const viewOf = (method: string, url: string): ((body: string) => string) | undefined =>
  method === "GET" ? views.find(([path]) => path.test(pathOf(url)))?.[1] : undefined;

export type Labels = Readonly<Record<string, string>>;
const creationSchema = z.looseObject({ Labels: z.record(z.string(), z.string()).optional() });

export interface CreationRequest {
  readonly url: string;
  readonly body: string;
}

export interface Wanted {
  readonly service: string;
  readonly labels: Labels;
  /** The service has no container yet: Compose chooses the name. */
  readonly isFirst: boolean;
}

/**
 * Compose's request to create a container, with these labels in the place of its own, and with the name that the container
 * has until it takes its predecessor's. Pure.
 * @param open those whose successor has not been asked for yet
 * @returns also whose successor it is
 * @throws Error where it is another service's, or one too many
 */
export function adaptCreation(
  { url, body }: CreationRequest,
  { service, labels: wanted, isFirst }: Wanted,
  open: readonly Predecessor[],
): CreationRequest & { readonly of: Predecessor | undefined } {
  const request = creationSchema.parse(JSON.parse(body));
  const other = request.Labels?.[labels.service];
  if (other !== undefined && other !== service)
    throw new Error(`${service} needs ${other}, which does not run as its files say. Apply that first.`);
  const adapted = JSON.stringify({ ...request, Labels: { ...request.Labels, ...wanted } });
  if (isFirst) return { url, body: adapted, of: undefined };
  const number = request.Labels?.[labels.number];
  const of = open.find((candidate) => candidate.number === number) ?? open[0];
  if (of === undefined) throw new Error(`Compose asks for more containers of ${service} than it has.`);
  const [path = "", query = ""] = url.split("?", 2);
  const parameters = new URLSearchParams(query);
  parameters.set("name", of.next);
  return { url: `${path}?${parameters}`, body: adapted, of };
}
