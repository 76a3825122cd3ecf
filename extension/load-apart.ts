/** Loads what stands apart. Its bundle has texts of its own, and is told the language before it says anything. */
import { alike } from "./l10n.ts";

export const loadApart = async () => alike(await import("./apart.ts"));
