/** A service's log in a terminal of its own: colours as the service writes them, secrets as the agent masks them. */
import { setTimeout as delay } from "node:timers/promises";
import * as vscode from "vscode";
import { describeError, toHotenvError } from "../../core/protocol/errors.ts";
import { Disposables } from "../disposables.ts";
import { t } from "../l10n.ts";
import type { Project } from "../projects.ts";
import type { ServiceNode } from "./service-tree.ts";

export interface ServiceLogs extends vscode.Disposable {
  /** Shows the one that is open, or opens it. */
  show(node: ServiceNode): void;
}

/** After an answer that was an error: the agent, or Docker, may be back soon. */
const retryMs = 2_000;

export function openServiceLogs(): ServiceLogs {
  const owned = new Disposables();
  const terminals = new Map<string, vscode.Terminal>();
  owned.defer(() => {
    for (const terminal of [...terminals.values()]) terminal.dispose();
  });
  return {
    show({ project, status: { service } }) {
      const key = [project.directory, service].join("\n");
      let terminal = terminals.get(key);
      if (terminal === undefined) {
        terminal = vscode.window.createTerminal({
          name: t("Log: {0}", service),
          iconPath: new vscode.ThemeIcon("output"),
          pty: followInto(project, service, () => terminals.delete(key)),
        });
        terminals.set(key, terminal);
      }
      terminal.show(true);
    },
    dispose: () => owned.dispose(),
  };
}

function followInto(project: Project, service: string, onClose: () => void): vscode.Pseudoterminal {
  const written = new vscode.EventEmitter<string>();
  const ended = new AbortController();
  const follow = async (): Promise<void> => {
    let after: string | undefined;
    let complaint = "";
    while (!ended.signal.aborted)
      try {
        const part: { lines: string[]; after: string } = await project.session.call(
          "logs/follow",
          { service, ...(after === undefined ? {} : { after }) },
          { signal: ended.signal },
        );
        ({ after } = part);
        complaint = "";
        for (const line of part.lines) written.fire(`${line}\r\n`);
      } catch (error) {
        if (ended.signal.aborted || toHotenvError(error).code === "cancelled") return;
        const said = describeError(error);
        // Once, however long it lasts.
        if (said !== complaint) written.fire(`\u001b[2m${said}\u001b[0m\r\n`);
        complaint = said;
        await delay(retryMs, undefined, { signal: ended.signal }).catch(() => undefined);
      }
  };
  return {
    onDidWrite: written.event,
    open: () => void follow(),
    close() {
      ended.abort();
      written.dispose();
      onClose();
    },
  };
}
