/** From what changed in a service to the lightest action that brings it in. */
import type { ServiceDelta } from "../compose/compare.ts";
import type { MountedFile } from "../compose/model.ts";
import { listOf, t } from "../l10n.ts";
import { type Action, actions } from "../protocol/words.ts";
import type { Settings } from "../settings/settings.ts";

/**
 * Fields that say when or whether a service starts, not what its container is. Which of them count for
 * Compose's own hash depends on its version (2.26 counts `depends_on`, later ones do not): where the hash
 * moves, `up` would make a new container, and so do we.
 */
const withoutEffect = ["depends_on", "profiles", "pull_policy", "develop", "scale", "deploy.replicas"];

const under = (path: string, field: string) => path === field || path.startsWith(`${field}.`);

/** @param hashMoved Compose's configuration hash differs before and after */
export function actionForPaths(paths: readonly string[], hashMoved: boolean): Action {
  const effective = paths.filter((path) => !withoutEffect.some((field) => under(path, field)));
  if (effective.length === 0) return hashMoved ? "recreate" : "none";
  return effective.some((path) => under(path, "build")) ? "rebuild" : "recreate";
}

/** What `hotenv.yaml` declares for a service, as far as the choice needs it. */
export interface DeclaredReload {
  readonly signal?: string | undefined;
  readonly http?: unknown;
  readonly exec?: unknown;
}

/** What the settings declare, by service. */
export function reloadsOf({ services }: Pick<Settings, "services">): ReadonlyMap<string, DeclaredReload> {
  return new Map(
    [...services].map(([service, { reload, local }]) => [
      service,
      // A local service has no inside, and no other way to be told: a new process does it.
      local === undefined ? { ...reload } : { signal: reload?.signal },
    ]),
  );
}

/** The declared reload; undefined where there is none. */
export function reloadAction(reload: DeclaredReload | undefined): Action | undefined {
  if (reload?.signal !== undefined) return "signal";
  if (reload?.http !== undefined) return "http";
  return reload?.exec === undefined ? undefined : "exec";
}

/**
 * A bind-mounted file is read anew by whoever reads it: a declared reload, else a restart. The content of
 * a `configs:` or `secrets:` entry is fixed when the container is created, and Compose forgets it.
 */
export function actionForFile(file: MountedFile, reload: DeclaredReload | undefined): Action {
  if (file.via === "copy") return "recreate";
  return reloadAction(reload) ?? "restart";
}

export function heavier(a: Action, b: Action): Action {
  return actions.indexOf(a) >= actions.indexOf(b) ? a : b;
}

export function causeOf(delta: ServiceDelta): string {
  if (delta.kind === "added") return t("new in the project");
  if (delta.kind === "removed") return t("no longer in the project");
  const [first = "", second, ...more] = delta.paths;
  const names = listOf(second === undefined ? [first] : [first, second]);
  return more.length === 0 ? changedText(names) : t("{0} and {1} more changed", names, more.length);
}

/** "rules.txt changed" */
export const changedText = (what: string): string => t("{0} changed", what);
