/** A place where a variable, or a key of an env file, reaches a service. */
import type { Leaf, Place } from "./tree.ts";

export interface Reach {
  readonly variable: string;
  /** Where the key itself is set, for the content of an `env_file` or `label_file`; else a project variable is meant. */
  readonly setIn?: string;
  /** What of the service it reaches, dotted: `environment.API_URL`. `project.…` concerns the project as a whole. */
  readonly path: string;
  readonly place: Place;
}

export function reachesOf(leaf: Leaf, path: string): Reach[] {
  return leaf.names.map(({ name, place }) => ({ variable: name, path, place }));
}
