/** Starts the page inside a VS Code webview. */
import { config } from "zod/mini";
import { pageStyle } from "./style/theme.ts";
import { TimelinePage } from "./timeline-page.ts";
import { vscodeTransport } from "./vscode-transport.ts";

// A webview's content security policy forbids the code generation that zod would try.
config({ jitless: true });

document.adoptedStyleSheets = [...document.adoptedStyleSheets, pageStyle()];
customElements.define("hotenv-timeline", TimelinePage);
document.body.append(new TimelinePage(vscodeTransport()));
