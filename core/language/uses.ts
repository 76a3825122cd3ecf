/** Which services use which variable of a project, told by its files alone: for diagnostics, at each keystroke. */
import type { StaticProject } from "../compose/static.ts";
import { isForTools } from "./unused.ts";

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

/** The project's variables that its services refer to, whether they are set or not; what Compose makes itself is none. */
export function namesReferredTo({
  services,
  nameReaches,
}: Pick<StaticProject, "services" | "nameReaches">): readonly string[] {
  const reaches = [...services.values()].flatMap((service) => service.reaches);
  const names = [...reaches, ...nameReaches.map(({ variable }) => ({ variable, setIn: undefined }))].flatMap(
    ({ variable, setIn }) => (setIn === undefined && variable !== "" ? [variable] : []),
  );
  return [...new Set(names)].filter((name) => !isForTools(name)).sort();
}
