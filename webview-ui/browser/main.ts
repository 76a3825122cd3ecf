/**
 * The timeline's host in a browser: between the page, which speaks as it does inside VS Code, and the agent that
 * serves it. Loaded before the page; gives it what VS Code would.
 */
import type { HostMessage, PageMessage } from "../../core/protocol/page.ts";
import { carryOut } from "./actions.ts";
import { openAgent } from "./agent.ts";
import { show } from "./dialog.ts";
import { enter } from "./enter.ts";
import { follow } from "./follow.ts";

const kept = "hotenv-page";
const whereLogsAre =
  "An agent in a terminal tells there what it does.\nOne in the background writes agent.log beside the project's history.";

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
      else await show("The agent's log", whereLogsAre);
      return;
    default:
      await carryOut(message, agent);
  }
}

Object.assign(window, {
  acquireVsCodeApi: () => ({
    postMessage: (message: PageMessage) => void receive(message),
    getState: (): unknown => JSON.parse(sessionStorage.getItem(kept) ?? "null") ?? undefined,
    setState: (value: unknown) => sessionStorage.setItem(kept, JSON.stringify(value)),
  }),
});
