/** Which services use which variable of a project, told by its files alone: for diagnostics, at each keystroke. */
import type { StaticProject } from "../compose/static.ts";

/**
 * Direct uses only: the rule for unused keys follows references between variables itself, and knows them
 * as they are typed. What concerns the project as a whole counts for every service.
 * @param file the one that is asked about, as the project names it: a service whose `env_file` it is gets all its keys
 */
export function variableUses(
  { services, nameReaches }: Pick<StaticProject, "services" | "nameReaches">,
  file?: string,
): (name: string) => readonly string[] {
  const byName = new Map<string, Set<string>>();
  const add = (name: string, service: string): void => {
    const known = byName.get(name);
    if (known === undefined) byName.set(name, new Set([service]));
    else known.add(service);
  };
  /** Of every key, those that are yet to be typed included. */
  const takers: string[] = [];
  for (const { name: service, reaches, files } of services.values()) {
    for (const { variable, setIn } of reaches) if (setIn === undefined) add(variable, service);
    for (const { variable } of nameReaches) add(variable, service);
    if (file !== undefined && files.some(({ via, path }) => via === "env-file" && path === file))
      takers.push(service);
  }
  return (name) => [...new Set([...takers, ...(byName.get(name) ?? [])])];
}
