/** What the commands about one service do. */
import * as vscode from "vscode";
import { HotenvError } from "../../core/protocol/errors.ts";
import type { ServiceAct } from "../../core/protocol/messages.ts";
import { t } from "../l10n.ts";
import { tell } from "../messages.ts";
import type { Project } from "../projects.ts";
import { ServiceNode } from "./service-tree.ts";
import { conditionOf } from "./service-view.ts";

/** What the person points at, or chooses by name; undefined: they changed their mind. */
export async function chooseService(
  argument: unknown,
  choose: () => Promise<Project | undefined>,
  title: string,
): Promise<ServiceNode | undefined> {
  if (argument instanceof ServiceNode) return argument;
  const project = await choose();
  if (project === undefined) return undefined;
  const services = (await project.session.call("status", {})).services;
  if (services.length === 0)
    throw new HotenvError("service-unknown", t("{0} has no services yet.", project.name));
  const items = services.map((status) => ({
    label: status.service,
    description: conditionOf(status),
    status,
  }));
  const chosen = await vscode.window.showQuickPick(items, { title, placeHolder: t("Choose a service") });
  return chosen && new ServiceNode(project, chosen.status);
}

const doing: Readonly<Record<ServiceAct, (service: string) => string>> = {
  start: (service) => t("Starting {0}", service),
  stop: (service) => t("Stopping {0}", service),
  restart: (service) => t("Restarting {0}", service),
  reload: (service) => t("Reloading {0}", service),
};

/** Success shows in the view and in the status bar; only a failure is told. */
export async function actOn({ project, status: { service } }: ServiceNode, act: ServiceAct): Promise<void> {
  const { ok, message } = await inStatusBar(doing[act](service), () =>
    project.session.call("service/act", { service, act }),
  );
  if (ok) vscode.window.setStatusBarMessage(`$(check) ${message}`, shownMs);
  else tell("error", message);
}

/** The answer is a notification: the person asked a question. */
export async function verifyService({ project, status: { service } }: ServiceNode): Promise<void> {
  const [proof] = await inStatusBar(t("Verifying {0}", service), () =>
    project.session.call("verify", { services: [service] }),
  );
  if (proof === undefined || proof.ok) tell("info", t("{0} works: every probe passed.", service));
  else tell(proof.inconclusive ? "warning" : "error", proof.reason);
}

/** Leaves it out of rollouts, or takes it in again: then what the files say of it by now is applied at once. */
export async function takePart({ project, status: { service } }: ServiceNode, takes: boolean): Promise<void> {
  const title = takes ? t("Taking {0} into rollouts", service) : t("Leaving {0} out of rollouts", service);
  await inStatusBar(title, () =>
    project.session.call(takes ? "service/enable" : "service/disable", { service }),
  );
}

const shownMs = 5_000;

async function inStatusBar<T>(title: string, work: () => Promise<T>): Promise<T> {
  return await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, work);
}

/** A shell where the service runs: in its container, or in the project's folder with a local process. */
export function openShell({ project, status: { service, runtime, instances } }: ServiceNode): void {
  const [instance] = instances;
  if (instance === undefined)
    throw new HotenvError(
      "service-unknown",
      t("{0} does not run, so there is nothing to open a shell in.", service),
      {
        todo: t("Start it first."),
      },
    );
  const name = t("Shell: {0}", service);
  const options: vscode.TerminalOptions =
    runtime === "process"
      ? { name, cwd: project.folder.uri }
      : { name, cwd: project.folder.uri, shellPath: "docker", shellArgs: ["exec", "-it", instance, "sh"] };
  vscode.window.createTerminal({ ...options, iconPath: new vscode.ThemeIcon("terminal") }).show();
}
