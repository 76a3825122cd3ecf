/** Which services a change touches, by which action, and why: from two resolved models. */
import { compareModels, type ServiceDelta } from "../compose/compare.ts";
import type { ProjectModel, ServiceModel } from "../compose/model.ts";
import { t } from "../l10n.ts";
import type { Action } from "../protocol/words.ts";
import {
  actionForFile,
  actionForPaths,
  causeOf,
  changedText,
  type DeclaredReload,
  heavier,
} from "./action.ts";

export interface ServiceImpact {
  readonly service: string;
  readonly action: Action;
  readonly cause: string;
  readonly before: ServiceModel | undefined;
  readonly after: ServiceModel | undefined;
}

const hashMoved = ({ before, after }: ServiceDelta) => before?.configHash !== after?.configHash;

/** Lives in a namespace of the other service's container, which ends with its process. */
function sharesNamespaceOf({ config }: ServiceModel, other: string): boolean {
  return [config.network_mode, config.ipc, config.pid].includes(`service:${other}`);
}

/** Its container names the other's container by ID. */
export function livesInContainerOf(model: ServiceModel, other: string): boolean {
  const { volumes_from } = model.config;
  if (sharesNamespaceOf(model, other)) return true;
  return Array.isArray(volumes_from) && volumes_from.some((from) => String(from).split(":")[0] === other);
}

/**
 * @param changedFiles paths (as the models name them) whose content changed
 * @param reloads what `hotenv.yaml` declares, by service
 */
export function findImpacts(
  before: ProjectModel,
  after: ProjectModel,
  changedFiles: ReadonlySet<string>,
  reloads: ReadonlyMap<string, DeclaredReload>,
): ServiceImpact[] {
  const impacts = new Map<string, ServiceImpact>();
  /** Something is known now that was not before: others may follow from it. */
  let isNews = false;
  const add = (service: string, action: Action, cause: string) => {
    const known = impacts.get(service);
    if (action === "none" || (known && known.action === action)) return;
    const heaviest = known ? heavier(known.action, action) : action;
    if (heaviest === known?.action) return;
    isNews = true;
    impacts.set(service, {
      service,
      action: heaviest,
      cause,
      before: before.get(service),
      after: after.get(service),
    });
  };

  for (const delta of compareModels(before, after))
    add(
      delta.service,
      delta.kind === "modified" ? actionForPaths(delta.paths, hashMoved(delta)) : "recreate",
      causeOf(delta),
    );
  for (const [service, model] of after)
    for (const file of model.files)
      if (changedFiles.has(file.path))
        add(service, actionForFile(file, reloads.get(service)), changedText(file.path));

  // What becomes of a container reaches those that are tied to it; until nothing new is reached.
  do {
    isNews = false;
    for (const [service, model] of after)
      for (const { service: on, restart } of model.dependsOn) {
        const action = impacts.get(on)?.action;
        if (action === "recreate" || action === "rebuild") {
          if (livesInContainerOf(model, on))
            add(service, "recreate", t("lives in the container of {0}, which is replaced", on));
          else if (restart) add(service, "restart", t("depends on {0}, which is replaced", on));
        } else if (action === "restart" && sharesNamespaceOf(model, on))
          add(service, "restart", t("lives in the container of {0}, which is restarted", on));
      }
  } while (isNews);
  return [...impacts.values()].sort((a, b) => (a.service < b.service ? -1 : 1));
}
