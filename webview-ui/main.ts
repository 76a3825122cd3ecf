/** Starts the page inside a VS Code webview, or inside a browser's page that plays one. */
import { config } from "zod/mini";
import { hostTexts } from "./host-texts.ts";
import { speak } from "./l10n.ts";
import { pageStyle } from "./style/theme.ts";
import { TimelinePage } from "./timeline-page.ts";
import { vscodeTransport } from "./vscode-transport.ts";

// A webview's content security policy forbids the code generation that zod would try.
config({ jitless: true });

speak(await hostTexts());
document.adoptedStyleSheets = [...document.adoptedStyleSheets, pageStyle()];
customElements.define("hotenv-timeline", TimelinePage);
document.body.append(new TimelinePage(vscodeTransport()));
