/** The user settings of a workbench under test: quiet, without network, otherwise as VS Code comes. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

export type Theme = "light" | "dark" | "contrast-light" | "contrast-dark";

export type Settings = Readonly<Record<string, unknown>>;

const quiet: Settings = {
  "workbench.startupEditor": "none",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.tips.enabled": false,
  "workbench.enableExperiments": false,
  "window.commandCenter": false,
  // The page says which of the four it prefers, so that a test can switch without touching the workbench.
  "window.autoDetectColorScheme": true,
  "window.autoDetectHighContrast": true,
  "workbench.preferredLightColorTheme": "Light 2026",
  "workbench.preferredDarkColorTheme": "Dark 2026",
  "chat.disableAIFeatures": true,
  "remote.autoForwardPorts": false,
  "extensions.autoUpdate": false,
  "extensions.autoCheckUpdates": false,
  "extensions.ignoreRecommendations": true,
  "update.mode": "none",
  "telemetry.telemetryLevel": "off",
  "git.openRepositoryInParentFolders": "never",
  // A workbench in a browser saves by itself after a second, one on a desktop does not.
  "files.autoSave": "off",
  "security.workspace.trust.enabled": false,
};

/** Opens folders in Restricted Mode, without asking. */
export const restricted: Settings = {
  "security.workspace.trust.enabled": true,
  "security.workspace.trust.startupPrompt": "never",
};

/** Before the workbench is opened: it does not follow each later change of the file. */
export async function writeSettings(userData: string, settings: Settings): Promise<void> {
  const directory = join(userData, "User");
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, "settings.json"), JSON.stringify({ ...quiet, ...settings }, undefined, 2));
}
