/** What editors must know of the service before it is loaded. */

/** They make an editor ask for completion. */
export const triggerCharacters: readonly string[] = ["$", "{", "="];

/** The kind of the action that mends a whole file. */
export const fixAllKind = "source.fixAll.hotenv";
