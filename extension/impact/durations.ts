/** How long rollouts took, from the agents that answer: asked again after each rollout. */
import * as vscode from "vscode";
import type { Expectation } from "../../core/plan/lens-text.ts";
import type { Result } from "../../core/protocol/messages.ts";
import { Disposables } from "../disposables.ts";
import type { Project, Projects } from "../projects.ts";

export interface Durations extends vscode.Disposable {
  of(project: Project | undefined): Expectation;
  readonly onDidChange: vscode.Event<void>;
}

export function followDurations(projects: Projects): Durations {
  const owned = new Disposables();
  const changed = owned.add(new vscode.EventEmitter<void>());
  const known = new WeakMap<Project, Result<"durations">>();
  const ask = (project: Project): void => {
    // An agent that does not answer, or an older one, knows none: then no time is promised.
    project.session.call("durations", {}).then(
      (durations) => {
        known.set(project, durations);
        changed.fire();
      },
      () => known.delete(project),
    );
  };
  const follow = (project: Project): void => {
    let online = false;
    owned.defer(
      project.session.onState(({ connection }) => {
        const isOnline = connection === "online";
        if (isOnline && !online) ask(project);
        online = isOnline;
      }),
    );
    owned.defer(
      project.session.onEvent(({ type }) => {
        if (type === "restart_completed") ask(project);
      }),
    );
  };
  for (const project of projects.list) follow(project);
  owned.add(projects.onDidOpen(follow));
  return {
    of: (project) => (service, action) =>
      project && known.get(project)?.find((each) => each.service === service && each.action === action),
    onDidChange: changed.event,
    dispose: () => owned.dispose(),
  };
}
