/** Orders services into phases: each after everything it depends on, the rest side by side. */
import type { ProjectModel, ServiceModel } from "../compose/model.ts";

/** A cycle among `depends_on`, as `a -> b -> a`; undefined where there is none. */
export function findCycle(
  model: ReadonlyMap<
    string,
    { readonly dependsOn: readonly Pick<ServiceModel["dependsOn"][number], "service">[] }
  >,
): readonly string[] | undefined {
  const done = new Set<string>();
  const visit = (service: string, path: readonly string[]): readonly string[] | undefined => {
    const at = path.indexOf(service);
    if (at >= 0) return [...path.slice(at), service];
    if (done.has(service)) return undefined;
    for (const { service: on } of model.get(service)?.dependsOn ?? []) {
      const cycle = visit(on, [...path, service]);
      if (cycle) return cycle;
    }
    done.add(service);
    return undefined;
  };
  for (const service of model.keys()) {
    const cycle = visit(service, []);
    if (cycle) return cycle;
  }
  return undefined;
}

/**
 * @param model free of cycles (see findCycle)
 * @param services the ones to order; a dependency through others that are not among them counts, too
 * @returns phases in dependency order, the services of each sorted
 */
export function orderPhases(model: ProjectModel, services: ReadonlySet<string>): string[][] {
  const depths = new Map<string, number>();
  const depth = (service: string): number => {
    const known = depths.get(service);
    if (known !== undefined) return known;
    const below = Math.max(0, ...(model.get(service)?.dependsOn ?? []).map(({ service: on }) => depth(on)));
    const own = below + (services.has(service) ? 1 : 0);
    depths.set(service, own);
    return own;
  };
  const phases: string[][] = [];
  for (const service of [...services].sort()) {
    const index = Math.max(0, depth(service) - 1);
    phases[index] ??= [];
    phases[index].push(service);
  }
  return phases.filter((phase) => phase !== undefined);
}

/**
 * @param model free of cycles
 * @param services the ones that are asked about
 * @returns each with those of them that it has to wait for: it depends on them, be it through others
 */
export function neededBy(
  model: ProjectModel,
  services: ReadonlySet<string>,
): ReadonlyMap<string, readonly string[]> {
  const known = new Map<string, ReadonlySet<string>>();
  const nearest = (service: string): ReadonlySet<string> => {
    const found =
      known.get(service) ??
      new Set(
        (model.get(service)?.dependsOn ?? []).flatMap(({ service: on }) =>
          services.has(on) ? [on] : [...nearest(on)],
        ),
      );
    known.set(service, found);
    return found;
  };
  return new Map([...services].map((service) => [service, [...nearest(service)].sort()]));
}
