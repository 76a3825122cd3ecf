/** A resolved model as the text that a revision keeps. */
import * as z from "zod";
import type { Json, ProjectModel, ServiceModel } from "../../core/compose/model.ts";

const jsonSchema: z.ZodType<Json> = z.json();
const serviceSchema = z.object({
  name: z.string(),
  runtime: z.enum(["compose", "process"]),
  config: z.record(z.string(), jsonSchema),
  dependsOn: z.array(
    z.object({
      service: z.string(),
      condition: z.enum(["service_started", "service_healthy", "service_completed_successfully"]),
      restart: z.boolean(),
    }),
  ),
  files: z.array(
    z.object({ path: z.string(), via: z.enum(["bind", "copy"]), target: z.string(), alone: z.boolean() }),
  ),
  configHash: z.string().exactOptional(),
});
const modelSchema = z.object({ version: z.literal(1), name: z.string(), services: z.array(serviceSchema) });

export interface KeptModel {
  /** The project's name as Compose resolved it. */
  readonly name: string;
  readonly services: ProjectModel;
}

export function serialiseModel(model: KeptModel): string {
  return JSON.stringify({ version: 1, name: model.name, services: [...model.services.values()] });
}

/** @throws z.ZodError where the text is not one that serialiseModel wrote */
export function readModel(text: string): KeptModel {
  const { name, services } = modelSchema.parse(JSON.parse(text));
  return {
    name,
    services: new Map(services.map((service): [string, ServiceModel] => [service.name, service])),
  };
}
