/** The one-time code of the link, traded for a key before anything else is asked. */
import type { BrowserAgent } from "./agent.ts";

export async function enter(agent: BrowserAgent): Promise<void> {
  const code = /^#code=([0-9a-z-]+)$/.exec(location.hash)?.[1];
  if (code === undefined) return;
  // It has done its work, and belongs in no history and no bookmark.
  history.replaceState(null, "", "/");
  try {
    const key = await agent.enter(code);
    if (key !== undefined) localStorage.setItem("hotenv-key", key);
  } catch (error) {
    console.warn("The code could not be traded for a key.", error);
  }
}
