/** The transport inside a VS Code webview. */
import { hostMessageSchema } from "../core/protocol/page.ts";
import { t } from "./l10n.ts";
import type { PageTransport } from "./transport.ts";

declare function acquireVsCodeApi(): {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(value: unknown): void;
};

export function vscodeTransport(): PageTransport {
  const vscode = acquireVsCodeApi();
  return {
    post: (message) => vscode.postMessage(message),
    listen(listener, onUnreadable) {
      const received = ({ data }: MessageEvent<unknown>): void => {
        const parsed = hostMessageSchema.safeParse(data);
        if (parsed.success) listener(parsed.data);
        else
          onUnreadable(
            t("A message of the host could not be read ({0}).", parsed.error.issues[0]?.message ?? "empty"),
          );
      };
      window.addEventListener("message", received);
      return () => window.removeEventListener("message", received);
    },
    load: () => vscode.getState(),
    save: (value) => vscode.setState(value),
  };
}
