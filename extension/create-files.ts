/** Files that a person starts from: a schema of what `.env` holds, and a hotenv.yaml. */
import * as vscode from "vscode";
import { parseDotenv } from "../core/dotenv/document.ts";
import { HotenvError } from "../core/protocol/errors.ts";
import { schemaFrom } from "../core/schema/create.ts";
import { t } from "./l10n.ts";

/** Beside the .env file that is shown, else beside that of a folder; one that exists is shown as it is. */
export async function createSchema(): Promise<void> {
  const env = await envFile();
  const target = vscode.Uri.joinPath(env, "..", ".env.schema");
  await createOrShow(target, async () => {
    const open = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === env.toString());
    const text = open?.getText() ?? new TextDecoder().decode(await vscode.workspace.fs.readFile(env));
    return schemaFrom(parseDotenv(text));
  });
}

export async function createSettings(): Promise<void> {
  const folder = await chooseFolder();
  await createOrShow(vscode.Uri.joinPath(folder, "hotenv.yaml"), async () => settingsTemplate);
}

async function envFile(): Promise<vscode.Uri> {
  const active = vscode.window.activeTextEditor?.document.uri;
  if (
    active !== undefined &&
    /\/(?:\.env[^/]*|[^/]+\.env)$/.test(active.path) &&
    !active.path.endsWith(".schema")
  )
    return active;
  const folder = await chooseFolder();
  const file = vscode.Uri.joinPath(folder, ".env");
  if (await exists(file)) return file;
  throw new HotenvError("file-unreadable", t("There is no .env in {0}.", folder.fsPath), {
    todo: t("Create it, or open the file that the schema is to describe."),
  });
}

async function chooseFolder(): Promise<vscode.Uri> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const [only] = folders;
  if (only === undefined)
    throw new HotenvError("project-not-found", t("No folder is open."), {
      todo: t("Open the project's folder."),
    });
  if (folders.length === 1) return only.uri;
  const chosen = await vscode.window.showWorkspaceFolderPick();
  if (chosen === undefined) throw new HotenvError("cancelled", t("No folder was chosen."));
  return chosen.uri;
}

const exists = (uri: vscode.Uri): Promise<boolean> =>
  Promise.resolve(vscode.workspace.fs.stat(uri)).then(
    () => true,
    () => false,
  );

/** Unsaved, so that a person reads it first; in one step that can be undone. */
async function createOrShow(uri: vscode.Uri, content: () => Promise<string>): Promise<void> {
  if (!(await exists(uri))) {
    const edit = new vscode.WorkspaceEdit();
    edit.createFile(uri, { contents: new TextEncoder().encode(await content()) });
    if (!(await vscode.workspace.applyEdit(edit)))
      throw new HotenvError("file-changed", t("{0} could not be created.", uri.fsPath));
  }
  await vscode.window.showTextDocument(uri);
}

/** Everything is optional, so that everything but the first lines is an example. */
const settingsTemplate = `# How Hotenv treats this project. Every setting is optional; what is commented out shows an example.

# Files beyond .env and what Compose mounts.
# watch: [rules/**, templates/**]

severity:
  # By name, or with * in it.
  moderate: ["*_PORT"]
  critical: ["*_PASSWORD", "*_SECRET"]

policy:
  # rollback-services (default), rollback-all (files, too), or keep.
  onFailure: rollback-services
  # Ask before changes of this severity are applied.
  # confirm: [critical]
  # A service must stay healthy this long before a change counts as applied.
  stability: 2s

# services:
#   api:
#     # Instead of a new container, where the service can read its files anew.
#     reload: { signal: SIGHUP }
#     # Beyond the health check: how the service proves that it works.
#     verify: [{ http: { url: "http://127.0.0.1:8080/health", status: 200 } }]
#   worker:
#     # A command makes it a local service, which Hotenv itself runs.
#     command: node worker.js
#     env_file: [.env]
`;
