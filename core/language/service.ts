/** The language service as a whole: what an editor's side loads when it first needs it. */
import type { WorkspaceHost } from "./workspace/host.ts";
import { type Services, servicesOf } from "./workspace/services.ts";
import { Workspace } from "./workspace/workspace.ts";

export interface LanguageService {
  readonly workspace: Workspace;
  readonly services: Services;
}

export function startService(host: WorkspaceHost): LanguageService {
  const workspace = new Workspace(host);
  return { workspace, services: servicesOf(workspace) };
}
