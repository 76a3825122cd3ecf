/** Which services use which variable of a project, told by its files alone: for diagnostics, at each keystroke. */
import type { StaticProject } from "../compose/static.ts";

/**
 * Direct uses only: the rule for unused keys follows references between variables itself, and knows them
 * as they are typed. What concerns the project as a whole counts for every service. The keys of an
 * `env_file` all reach their service; they are not asked about here.
 */
export function variableUses({
  services,
  nameReaches,
}: Pick<StaticProject, "services" | "nameReaches">): (name: string) => readonly string[] {
  const byName = new Map<string, Set<string>>();
  const add = (name: string, service: string): void => {
    const known = byName.get(name);
    if (known === undefined) byName.set(name, new Set([service]));
    else known.add(service);
  };
  for (const { name: service, reaches } of services.values()) {
    for (const { variable, setIn } of reaches) if (setIn === undefined) add(variable, service);
    for (const { variable } of nameReaches) add(variable, service);
  }
  return (name) => [...(byName.get(name) ?? [])];
}
