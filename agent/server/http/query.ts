/** The params of a method from a query, by the method's own schema. */
import * as z from "zod/mini";
import { HotenvError } from "../../../core/protocol/errors.ts";
import { requests } from "../../../core/protocol/messages.ts";
import type { AgentMethod } from "../answer.ts";

const propertySchema = z.looseObject({
  type: z.optional(z.string()),
  anyOf: z.optional(z.array(z.looseObject({ type: z.optional(z.string()) }))),
});
const paramsSchema = z.looseObject({
  properties: z.optional(z.record(z.string(), propertySchema)),
  required: z.optional(z.array(z.string())),
});
export type ParamsShape = z.infer<typeof paramsSchema>;

/** The params' JSON Schema, as far as a query needs it. */
export function paramsShape(method: AgentMethod): ParamsShape {
  return paramsSchema.parse(z.toJSONSchema(requests[method].params, { io: "input" }));
}

type Property = z.infer<typeof propertySchema>;
const typesOf = ({ type, anyOf = [] }: Property): readonly (string | undefined)[] => [
  type,
  ...anyOf.map((one) => one.type),
];
export const canBeNull = (property: Property): boolean => typesOf(property).includes("null");

/** What cannot be read stays a string: the schema then says what is wrong with it. */
function readValue(given: string, property: Property): unknown {
  const types = typesOf(property);
  if (types.includes("null") && (given === "" || given === "null")) return null;
  if ((types.includes("integer") || types.includes("number")) && /^-?\d{1,16}$/.test(given))
    return Number(given);
  if (types.includes("boolean") && (given === "true" || given === "false")) return given === "true";
  return given;
}

/**
 * A param that may be null and is not named is null.
 * @throws usage for a name that is unknown or given twice
 */
export function paramsOfQuery(method: AgentMethod, query: URLSearchParams): Record<string, unknown> {
  const { properties = {} } = paramsShape(method);
  const params: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(properties)) if (canBeNull(property)) params[name] = null;
  const seen = new Set<string>();
  for (const [name, given] of query) {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (property === undefined || seen.has(name))
      throw new HotenvError(
        "usage",
        property === undefined
          ? `"${method}" has no parameter "${name}".`
          : `The parameter "${name}" is given twice.`,
        { todo: `It takes: ${Object.keys(properties).join(", ") || "none"}.` },
      );
    seen.add(name);
    params[name] = readValue(given, property);
  }
  return params;
}
