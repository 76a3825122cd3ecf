/** What the editor holds unsaved, project by project, and what saving it would do. It needs neither agent nor Docker. */
import { existsSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import * as vscode from "vscode";
import { projectFileNames } from "../../core/language/files.ts";
import type { WorkspaceHost } from "../../core/language/workspace/host.ts";
import type { Expectation } from "../../core/plan/lens-text.ts";
import type { Previewed, PreviewService } from "../../core/plan/preview-service.ts";
import type { ServiceStatus } from "../../core/protocol/words.ts";
import { Disposables } from "../disposables.ts";
import { editorHost } from "../language/host.ts";
import { loadApart } from "../load-apart.ts";
import type { Project, Projects } from "../projects.ts";
import { type Durations, followDurations } from "./durations.ts";

/** A pause in the typing, after which what depends on the texts is told. */
const quietMs = 150;

export interface ProjectPreview {
  /** The project's folder, absolute. */
  readonly directory: string;
  readonly previewed: Previewed;
  /** The agent's side, where one answers. */
  readonly project: Project | undefined;
  readonly services: readonly ServiceStatus[];
  readonly expected: Expectation;
  readonly isDown: (service: string) => boolean;
}

export interface Previews extends vscode.Disposable {
  /** undefined for what belongs to no project. */
  of(uri: vscode.Uri): Promise<ProjectPreview | undefined>;
  /** The project of the active editor, else the first of the window. */
  active(): Promise<ProjectPreview | undefined>;
  /** Texts, services or durations are others now. */
  readonly onDidChange: vscode.Event<void>;
}

/** How a project names a file: relative with `/` inside its folder, absolute outside. */
export function nameIn(directory: string, uri: vscode.Uri): string {
  const path = relative(directory, uri.fsPath);
  return path.startsWith("..") ? uri.fsPath : path.split(sep).join("/");
}

export function openPreviews(projects: Projects, environment: WorkspaceHost["environment"]): Previews {
  const owned = new Disposables();
  const changed = owned.add(new vscode.EventEmitter<void>());
  const durations: Durations = owned.add(followDurations(projects));
  let service: Promise<PreviewService> | undefined;
  const load = (): Promise<PreviewService> => {
    service ??= loadApart().then(({ PreviewService: Service }) => new Service(editorHost(environment)));
    return service;
  };

  let pause: NodeJS.Timeout | undefined;
  owned.defer(() => clearTimeout(pause));
  const tell = (): void => {
    clearTimeout(pause);
    pause = setTimeout(() => changed.fire(), quietMs);
  };
  const isFile = ({ uri }: vscode.TextDocument): boolean => uri.scheme === "file";
  owned.add(
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      if (isFile(document)) tell();
    }),
  );
  owned.add(vscode.workspace.onDidSaveTextDocument(tell));
  owned.add(vscode.workspace.onDidCloseTextDocument(tell));
  owned.add(projects.onDidChangeState(tell));
  owned.add(durations.onDidChange(tell));

  const unsaved = (): ReadonlyMap<string, string> =>
    new Map(
      vscode.workspace.textDocuments
        .filter((document) => isFile(document) && document.isDirty)
        .map((document) => [document.uri.fsPath, document.getText()]),
    );

  const previewOf = async (directory: string, uri: vscode.Uri): Promise<ProjectPreview> => {
    const previewed = (await load()).preview(directory, unsaved());
    const near = projects.of(uri);
    // A folder inside of a project may be a project of its own, for which no agent runs.
    const project = near?.folder.uri.fsPath === directory ? near : undefined;
    const status = project?.session.state.status;
    const services = status?.services ?? [];
    return {
      directory,
      previewed,
      project,
      services,
      expected: durations.of(project),
      isDown: (name) => {
        const found = services.find((each) => each.service === name);
        return found !== undefined && found.state !== "running" && found.state !== "restarting";
      },
    };
  };

  const of: Previews["of"] = async (uri) => {
    if (uri.scheme !== "file") return undefined;
    const directory = nearestProject(dirname(uri.fsPath), vscode.workspace.getWorkspaceFolder(uri));
    return directory === undefined ? undefined : previewOf(directory, uri);
  };

  return {
    of,
    async active() {
      const uri = vscode.window.activeTextEditor?.document.uri;
      const here = uri && (await of(uri));
      if (here !== undefined) return here;
      for (const folder of vscode.workspace.workspaceFolders ?? [])
        if (isProject(folder.uri.fsPath)) return previewOf(folder.uri.fsPath, folder.uri);
      return undefined;
    },
    onDidChange: changed.event,
    dispose: () => owned.dispose(),
  };
}

const isProject = (directory: string): boolean =>
  projectFileNames.some((name) => existsSync(join(directory, name)));

/** The nearest folder at or above that makes a project; not above the workspace's own. */
function nearestProject(directory: string, folder: vscode.WorkspaceFolder | undefined): string | undefined {
  for (let at = directory; ; at = dirname(at)) {
    if (isProject(at)) return at;
    if (at === folder?.uri.fsPath || dirname(at) === at) return undefined;
  }
}
