/** How a project's own settings file may be called, in the order in which they are looked for. */
export const settingsFileNames = ["hotenv.yaml", "hotenv.yml"] as const;
