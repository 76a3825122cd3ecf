/** Starts the form inside a VS Code webview. */
import { config } from "zod/mini";
import { type FormPageMessage, formHostMessageSchema } from "../../core/protocol/form.ts";
import { pageStyle } from "../style/theme.ts";
import { FormPage } from "./form-page.ts";

declare function acquireVsCodeApi(): { postMessage(message: FormPageMessage): void };

// A webview's content security policy forbids the code generation that zod would try.
config({ jitless: true });

const vscode = acquireVsCodeApi();
document.adoptedStyleSheets = [...document.adoptedStyleSheets, pageStyle()];
customElements.define("hotenv-form", FormPage);
const page = new FormPage((message) => vscode.postMessage(message));
document.body.append(page);
window.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
  const parsed = formHostMessageSchema.safeParse(data);
  if (parsed.success) page.receive(parsed.data);
});
vscode.postMessage({ type: "ready" });
