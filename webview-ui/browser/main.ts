/**
 * The timeline's host in a browser: between the page, which speaks as it does inside VS Code, and the agent that
 * serves it. Loaded before the page; gives it what VS Code would.
 */
import type { HostMessage, PageMessage } from "../../core/protocol/page.ts";
import { speak, t } from "../l10n.ts";
import { carryOut } from "./actions.ts";
import { openAgent } from "./agent.ts";
import { show } from "./dialog.ts";
import { enter } from "./enter.ts";
import { follow } from "./follow.ts";
import { fetchTexts } from "./texts.ts";

const kept = "hotenv-page";

/** What is between the page's code and this is what is between a webview's and VS Code. */
const post = (message: HostMessage): void => {
  window.dispatchEvent(new MessageEvent("message", { data: message }));
};

const agent = openAgent(() => localStorage.getItem("hotenv-key") ?? "");
const entered = enter(agent);
let following: ReturnType<typeof follow> | undefined;

async function receive(message: PageMessage): Promise<void> {
  switch (message.type) {
    case "ready":
      await entered;
      following?.stop();
      following = follow(agent, post);
      return;
    case "request": {
      const answer = await agent.ask(message.method, message.params);
      post({ type: "response", id: message.id, ...answer });
      return;
    }
    case "abandon":
      return;
    case "command":
      // There is nobody here who could start an agent: to try again is what is left.
      if (message.command === "restart-agent") following?.now();
      else
        await show(
          t("The agent's log"),
          t(
            "An agent in a terminal tells there what it does.\nOne in the background writes agent.log beside the project's history.",
          ),
        );
      return;
    default:
      await carryOut(message, agent);
  }
}

/** The page begins when it has them, and so does everything that this says. */
const texts = fetchTexts(navigator.languages).then((spoken) => {
  speak(spoken);
  if (spoken !== undefined) document.documentElement.lang = spoken.language;
  return spoken;
});

Object.assign(window, {
  hotenvTexts: texts,
  acquireVsCodeApi: () => ({
    postMessage: (message: PageMessage) => void receive(message),
    getState: (): unknown => JSON.parse(sessionStorage.getItem(kept) ?? "null") ?? undefined,
    setState: (value: unknown) => sessionStorage.setItem(kept, JSON.stringify(value)),
  }),
});
