/** The environment that the agent and everything it starts gets: the user's, not the editor's. */

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables by which VS Code talks to its own processes; a service must not inherit them. */
const editorsOwn = /^(VSCODE_|ELECTRON_|NODE_OPTIONS$|APPLICATION_INSIGHTS_)/;

export function userEnvironment(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !editorsOwn.test(name)));
}
