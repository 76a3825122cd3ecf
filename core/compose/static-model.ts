/** An analysed project as a model, to be compared and planned with like one that Compose has resolved. */
import type { Dependency, Json, MountedFile, ProjectModel, ServiceModel } from "./model.ts";
import type { StaticProject } from "./static.ts";
import type { StaticService } from "./static-service.ts";

/**
 * Services whose profiles are not active are left out, as Compose does. Folders are among the mounted files:
 * without a file system nobody can tell.
 */
export function staticModel({ services }: StaticProject): ProjectModel {
  return new Map(
    [...services].filter(([, { enabled }]) => enabled).map(([name, service]) => [name, modelOf(service)]),
  );
}

function modelOf({ name, runtime, config, files }: StaticService): ServiceModel {
  return {
    name,
    runtime,
    config,
    dependsOn: dependenciesOf(config.depends_on),
    files: files.flatMap(mountedFile),
  };
}

function mountedFile({ path, via }: StaticService["files"][number]): MountedFile[] {
  if (via === "bind") return [{ path, via, target: "", alone: true }];
  return via === "config" || via === "secret" ? [{ path, via: "copy", target: "", alone: false }] : [];
}

const conditions = ["service_started", "service_healthy", "service_completed_successfully"] as const;

function dependenciesOf(dependsOn: Json | undefined): Dependency[] {
  if (dependsOn === null || typeof dependsOn !== "object" || Array.isArray(dependsOn)) return [];
  return Object.entries(dependsOn).map(([service, more]) => {
    const { condition, restart } =
      more !== null && typeof more === "object" && !Array.isArray(more) ? (more as Fields) : {};
    return {
      service,
      condition: conditions.find((known) => known === condition) ?? "service_started",
      restart: restart === "true" || restart === true,
    };
  });
}

type Fields = { readonly [key: string]: Json };
