/** The OpenAPI 3.1 document of `/api`, made of the protocol's own schemas. */
import * as z from "zod/mini";
import { cliErrorSchema } from "../../../core/protocol/cli.ts";
import { errorTable } from "../../../core/protocol/errors.ts";
import { eventSchema, requests } from "../../../core/protocol/messages.ts";
import * as words from "../../../core/protocol/words.ts";
import type { AgentMethod } from "../answer.ts";
import { canBeNull, paramsShape } from "./query.ts";
import { type Route, routes } from "./routes.ts";

const named = {
  Change: words.changeSchema,
  ChangeEntry: words.changeEntrySchema,
  Plan: words.planSchema,
  Problem: words.problemSchema,
  Revision: words.revisionSchema,
  Rollout: words.rolloutSchema,
  RolloutStep: words.rolloutStepSchema,
  ServiceStatus: words.serviceStatusSchema,
  Status: words.statusSchema,
  Error: cliErrorSchema,
  Event: eventSchema,
} as const;

type Json = Readonly<Record<string, unknown>>;

/** In capitals: "history/list" is "HistoryList". */
const nameOf = (method: string): string =>
  method
    .split("/")
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join("");

type Registry = ReturnType<typeof registerSchemas>;

/** Every schema that the document has a name for: the words, and what methods take and give. */
function registerSchemas() {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(named)) registry.add(schema, { id });
  for (const { method, verb } of routes) {
    const { params, result } = requests[method];
    if (!registry.has(result)) registry.add(result, { id: `${nameOf(method)}Result` });
    if (verb === "POST" && takesParams(method)) registry.add(params, { id: `${nameOf(method)}Params` });
  }
  return registry;
}

const takesParams = (method: AgentMethod): boolean =>
  Object.keys(paramsShape(method).properties ?? {}).length > 0;

function components(registry: Registry): Readonly<Record<string, Json>> {
  const { schemas } = z.toJSONSchema(registry, {
    io: "input",
    uri: (id) => `#/components/schemas/${id}`,
  });
  // Their addresses are where they stand in the document.
  return Object.fromEntries(Object.entries(schemas).map(([id, { $id, $schema, ...schema }]) => [id, schema]));
}

const content = (schema: Json): Json => ({ "application/json": { schema } });
const refTo = (id = ""): Json => ({ $ref: `#/components/schemas/${id}` });

function operation({ method, verb, summary }: Route, registry: Registry): Json {
  const { properties = {}, required = [] } = paramsShape(method);
  const statuses = new Set(Object.values(errorTable).map(({ http }) => http));
  return {
    operationId: nameOf(method).replace(/^./, (first) => first.toLowerCase()),
    summary,
    ...(verb === "GET"
      ? {
          parameters: Object.entries(properties).map(([name, schema]) => ({
            name,
            in: "query",
            required: required.includes(name) && !canBeNull(schema),
            schema,
          })),
        }
      : takesParams(method)
        ? { requestBody: { content: content(refTo(registry.get(requests[method].params)?.id)) } }
        : {}),
    responses: {
      200: {
        description: "The result",
        content: content(refTo(registry.get(requests[method].result)?.id)),
      },
      ...Object.fromEntries(
        [...statuses].sort().map((status) => [
          status,
          {
            description: Object.entries(errorTable)
              .filter(([, { http }]) => http === status)
              .map(([code]) => code)
              .join(", "),
            content: content(refTo("Error")),
          },
        ]),
      ),
    },
  };
}

/** @param version Hotenv's */
export function openApi(version: string): Json {
  const registry = registerSchemas();
  return {
    openapi: "3.1.0",
    info: {
      title: "Hotenv",
      version,
      description:
        "What an agent can be asked. Events come by WebSocket from /ws/config-status; their schema is Event.",
    },
    security: [{ token: [] }],
    paths: Object.fromEntries(
      routes.map((route) => [route.path, { [route.verb.toLowerCase()]: operation(route, registry) }]),
    ),
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
      schemas: components(registry),
    },
  };
}
