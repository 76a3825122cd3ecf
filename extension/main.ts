/** The extension's composition: the only place that wires its parts together. */
import { join } from "node:path";
import * as vscode from "vscode";
import type { AgentSession } from "../client/session.ts";
import { describeError } from "../core/protocol/errors.ts";
import { registerCommands } from "./commands.ts";
import { provideDiffs } from "./diff.ts";
import { Disposables } from "./disposables.ts";
import { followProject } from "./follow-project.ts";
import { provideForms } from "./form/open-form.ts";
import { provideBlame } from "./history/blame.ts";
import { handedKeys } from "./history/keys.ts";
import { explainImpact } from "./impact/hover.ts";
import { provideLenses } from "./impact/lenses.ts";
import { openPreviews } from "./impact/previews.ts";
import { showImpactTree } from "./impact/tree.ts";
import { askAboutChanges } from "./impact/waiting.ts";
import { speak } from "./l10n.ts";
import { followDocuments } from "./language/documents.ts";
import { maskSecrets } from "./language/mask-secrets.ts";
import { provideLanguage } from "./language/providers.ts";
import { askSchemaModules } from "./language/schema-module.ts";
import { tellError } from "./messages.ts";
import { openProjects, type Project } from "./projects.ts";
import { openQuestion } from "./question.ts";
import { openServiceLogs } from "./services/service-logs.ts";
import { showServices } from "./services/service-tree.ts";
import { showStatus } from "./status-item.ts";
import type { StatusView } from "./status-view.ts";
import { tellSaves } from "./tell-saves.ts";
import { tellVerdicts } from "./tell-verdicts.ts";
import { openTimelines } from "./timeline.ts";

/** What other extensions and the tests in the host may use: to look, and to ask an agent. */
export interface HotenvApi {
  /** Resolves when the workspace's folders have been looked at for the first time. */
  readonly found: Promise<void>;
  /** The projects of this window; empty in Restricted Mode. */
  readonly projects: readonly {
    readonly name: string;
    readonly directory: string;
    readonly session: AgentSession;
  }[];
  /** What the status bar shows; undefined while it shows nothing. */
  readonly statusView: StatusView | undefined;
  /** From VS Code's call until everything was at hand, in ms. */
  readonly activationMs: number;
}

/** @param begin when VS Code called, on the clock of `performance` */
export function start(context: vscode.ExtensionContext, begin: number): HotenvApi {
  speak(vscode.env.language, vscode.l10n.bundle);
  const owned = new Disposables();
  context.subscriptions.push(owned);

  const log = owned.add(vscode.window.createOutputChannel("Hotenv", { log: true }));
  // First of all: what shall be hidden is on the screen already.
  owned.add(maskSecrets());
  const documents = owned.add(followDocuments(process.env, log));
  const projects = owned.add(
    openProjects(
      {
        keys: (place) => handedKeys(context.secrets, place),
        entry: join(context.extensionPath, "dist", "hotenv.cjs"),
        version: String(context.extension.packageJSON.version),
      },
      log,
    ),
  );
  const status = owned.add(showStatus(projects));
  const saves = owned.add(tellSaves(projects, log));
  owned.add(askSchemaModules(projects, log));
  const diffs = owned.add(provideDiffs(projects));
  const question = owned.add(openQuestion());
  const { extensionUri, secrets } = context;
  const timeline = owned.add(openTimelines({ extensionUri, projects, diffs, question, log }));
  owned.add(provideForms({ extensionUri, projects, log, noteReason: saves.noteReason }));
  const services = owned.add(showServices(projects, log));
  const logs = owned.add(openServiceLogs());
  const previews = owned.add(openPreviews(projects, process.env));
  owned.add(provideLanguage(documents, explainImpact(previews)));
  owned.add(provideLenses(previews));
  owned.add(provideBlame(projects));
  const impact = owned.add(showImpactTree(previews, { report: (error) => log.debug(describeError(error)) }));
  owned.add(
    askAboutChanges(projects, { preview: () => impact.show(), report: (error) => tellError(error, log) }),
  );
  owned.add(
    registerCommands({ projects, diffs, question, timeline, services, logs, previews, impact, secrets, log }),
  );

  const followed = new Map<Project, vscode.Disposable>();
  owned.add(
    projects.onDidOpen((project) => {
      const following = new Disposables();
      following.add(followProject(project, { log, isChecked: (uri) => documents.isChecked(uri) }));
      following.add(tellVerdicts(project, { diffs, question, memory: context.globalState }));
      followed.set(project, owned.add(following));
    }),
  );
  owned.add(
    projects.onDidChangeList(() => {
      for (const [project, following] of followed)
        if (!projects.list.includes(project)) {
          following.dispose();
          followed.delete(project);
        }
    }),
  );

  const activationMs = performance.now() - begin;
  log.debug(`Activated in ${activationMs.toFixed(1)} ms.`);
  return {
    found: projects.found,
    get projects() {
      return projects.list;
    },
    get statusView() {
      return status.view;
    },
    activationMs,
  };
}
