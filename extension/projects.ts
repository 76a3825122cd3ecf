/** The workspace's folders that are projects, and the session with each one's agent. */
import { readdir } from "node:fs/promises";
import * as vscode from "vscode";
import { projectPaths } from "../client/location.ts";
import { type AgentSession, startSession } from "../client/session.ts";
import { type HandedKeys, spawnAgent } from "../client/spawn.ts";
import { HotenvError, toHotenvError } from "../core/protocol/errors.ts";
import { settings } from "./contract.ts";
import { Disposables } from "./disposables.ts";
import { userEnvironment } from "./environment.ts";
import type { KeyPlace } from "./history/keys.ts";
import { t } from "./l10n.ts";

export interface Project {
  readonly name: string;
  readonly folder: vscode.WorkspaceFolder;
  /** Absolute, symbolic links resolved. */
  readonly directory: string;
  readonly session: AgentSession;
  /** Starts a new agent, whatever the settings say about starting by itself. */
  restart(signal?: AbortSignal): Promise<void>;
}

export interface BundledAgent {
  readonly entry: string;
  /** Keys of the histories that VS Code keeps. */
  readonly keys: (place: KeyPlace) => Promise<HandedKeys | undefined>;
  readonly version: string;
}

export interface Projects extends vscode.Disposable {
  readonly list: readonly Project[];
  /** A project came or went. */
  readonly onDidChangeList: vscode.Event<void>;
  /** Something is known anew about some project. */
  readonly onDidChangeState: vscode.Event<void>;
  readonly onDidOpen: vscode.Event<Project>;
  /** Resolves when the folders have been looked at for the first time. */
  readonly found: Promise<void>;
  of(uri: vscode.Uri): Project | undefined;
}

/** compose-spec 03-compose-file: the names of a Compose file, and Hotenv's own. */
const projectFiles = [
  "compose.yaml",
  "compose.yml",
  "docker-compose.yaml",
  "docker-compose.yml",
  "hotenv.yaml",
];

/** @param agent the bundled one: its script, and its version, for which an older agent makes room */
export function openProjects(agent: BundledAgent, log: vscode.LogOutputChannel): Projects {
  const owned = new Disposables();
  const projects = new Map<string, { project: Project; owned: Disposables }>();
  const listChanged = owned.add(new vscode.EventEmitter<void>());
  const stateChanged = owned.add(new vscode.EventEmitter<void>());
  const opened = owned.add(new vscode.EventEmitter<Project>());

  const close = (key: string): void => {
    projects.get(key)?.owned.dispose();
    projects.delete(key);
  };

  const scan = async (): Promise<void> => {
    const folders = vscode.workspace.isTrusted ? (vscode.workspace.workspaceFolders ?? []) : [];
    const wanted = new Map<string, vscode.WorkspaceFolder>();
    for (const folder of folders) if (await isProject(folder, log)) wanted.set(folder.uri.toString(), folder);
    let changed = false;
    for (const key of [...projects.keys()])
      if (!wanted.has(key)) {
        close(key);
        changed = true;
      }
    for (const [key, folder] of wanted)
      if (!projects.has(key)) {
        const each = new Disposables();
        const project = open(folder, agent, log);
        projects.set(key, { project, owned: each });
        each.defer(() => project.session.dispose());
        each.defer(project.session.onState(() => stateChanged.fire()));
        opened.fire(project);
        changed = true;
      }
    if (changed) {
      listChanged.fire();
      stateChanged.fire();
    }
  };

  // One scan at a time, and always one after the last reason to look.
  let scanning = Promise.resolve();
  const rescan = (): Promise<void> => {
    scanning = scanning.then(scan).catch((error: unknown) => log.error(toHotenvError(error)));
    return scanning;
  };

  const watchFolders = new Disposables();
  owned.add(watchFolders);
  const watchFolder = (folder: vscode.WorkspaceFolder): void => {
    const watcher = watchFolders.add(
      vscode.workspace.createFileSystemWatcher(
        new vscode.RelativePattern(folder, `{${projectFiles.join(",")}}`),
        false,
        true,
        false,
      ),
    );
    watchFolders.add(watcher.onDidCreate(rescan));
    watchFolders.add(watcher.onDidDelete(rescan));
  };
  for (const folder of vscode.workspace.workspaceFolders ?? []) watchFolder(folder);
  owned.add(
    vscode.workspace.onDidChangeWorkspaceFolders(({ added }) => {
      for (const folder of added) watchFolder(folder);
      void rescan();
    }),
  );
  owned.add(vscode.workspace.onDidGrantWorkspaceTrust(rescan));
  owned.add(
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (!change.affectsConfiguration(settings.stateDirectory)) return;
      for (const key of [...projects.keys()]) close(key);
      void rescan();
    }),
  );
  owned.defer(() => {
    for (const key of [...projects.keys()]) close(key);
  });

  return {
    get list() {
      return [...projects.values()].map(({ project }) => project);
    },
    onDidChangeList: listChanged.event,
    onDidChangeState: stateChanged.event,
    onDidOpen: opened.event,
    found: rescan(),
    of(uri) {
      const folder = vscode.workspace.getWorkspaceFolder(uri);
      return folder && projects.get(folder.uri.toString())?.project;
    },
    dispose: () => owned.dispose(),
  };
}

async function isProject(folder: vscode.WorkspaceFolder, log: vscode.LogOutputChannel): Promise<boolean> {
  if (folder.uri.scheme !== "file") return false;
  const names = await readdir(folder.uri.fsPath).then(
    (read) => new Set(read),
    (error: unknown) => {
      // A workspace may name folders that are gone, or closed to this user: the others count all the same.
      log.warn(`${folder.name}: ${toHotenvError(error).message}`);
      return new Set<string>();
    },
  );
  return projectFiles.some((name) => names.has(name));
}

function open(
  folder: vscode.WorkspaceFolder,
  { entry, version, keys: keysIn }: BundledAgent,
  log: vscode.LogOutputChannel,
): Project {
  const configuration = vscode.workspace.getConfiguration(undefined, folder);
  const stateDir = configuration.get<string>(settings.stateDirectory) || undefined;
  const paths = projectPaths(folder.uri.fsPath, { stateDir });
  const environment = userEnvironment(process.env);
  let asked = false;
  const session = startSession({
    paths,
    client: "extension",
    version,
    report: (problem) => log.debug(`${folder.name}: ${problem}`),
    async spawn(signal) {
      if (
        !asked &&
        !vscode.workspace.getConfiguration(undefined, folder).get<boolean>(settings.autoStart, true)
      )
        throw new HotenvError("agent-unreachable", t("No agent runs for {0}.", folder.name), {
          todo: t("Start it with the command “Hotenv: Restart Agent”, or set “{0}”.", settings.autoStart),
        });
      log.info(`${folder.name}: starting the agent.`);
      const { directory } = paths;
      const place = vscode.workspace.getConfiguration().get<KeyPlace>(settings.historyKey, "file");
      const keys = await keysIn(place);
      const { execPath } = process;
      await spawnAgent({ entry, execPath, environment, directory, stateDir, signal, keys });
    },
  });
  return {
    name: folder.name,
    folder,
    directory: paths.directory,
    session,
    async restart(signal) {
      asked = true;
      await session.restart(signal);
    },
  };
}
