/** What a workspace asks of whoever runs it: an editor's extension, a language server, the command line. */
import type { Problem } from "../../protocol/words.ts";
import type { LanguageContext } from "../context.ts";

export interface WorkspaceHost {
  /** The shell's variables: they go before `.env`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absolute; undefined for documents that are no files. */
  readonly pathOf: (uri: string) => string | undefined;
  /** @param path absolute */
  readonly uriOf: (path: string) => string;
  /** Text on disk; undefined where there is none, or none that can be read. @param path absolute */
  readonly read: (path: string) => string | undefined;
  readonly exists: (path: string) => boolean;
  /** Names of the files in a folder. */
  readonly names: (directory: string) => readonly string[];
  /** The severities that the user has set, for a document. */
  readonly levels?: (uri: string) => LanguageContext["levels"];
  /** What is wrong with a hotenv.yaml, where the host wants to tell. */
  readonly settingsProblems?: (text: string, path: string) => readonly Problem[];
}
