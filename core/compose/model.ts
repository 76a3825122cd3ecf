/**
 * What a project resolves to: its services with every variable filled in, whatever runtime runs them.
 * Two models of one project, compared, say which services a change touches.
 */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface Dependency {
  readonly service: string;
  /** Compose's conditions: compose-spec 05-services, `depends_on`. */
  readonly condition: "service_started" | "service_healthy" | "service_completed_successfully";
  /** `restart: true`: restarted when the dependency is replaced. */
  readonly restart: boolean;
}

/** A file outside the configuration whose content the service reads while it runs. */
export interface MountedFile {
  /** Relative to the project directory, `/` separated; absolute where it lies outside. */
  readonly path: string;
  /** `bind`: sees new content at once; `copy`: a `configs:` or `secrets:` entry. */
  readonly via: "bind" | "copy";
  /** Where the service sees it. */
  readonly target: string;
  /** Mounted by itself: the service holds on to this inode, and a file renamed over it stays unseen. */
  readonly alone: boolean;
}

export interface ServiceModel {
  readonly name: string;
  readonly runtime: "compose" | "process";
  /** Everything that makes the service what it is, resolved; shared resources that it uses included. */
  readonly config: { readonly [key: string]: Json };
  readonly dependsOn: readonly Dependency[];
  readonly files: readonly MountedFile[];
  /** compose: the hash that Compose itself writes into the container's label. */
  readonly configHash?: string;
}

export type ProjectModel = ReadonlyMap<string, ServiceModel>;
