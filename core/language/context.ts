/** What a service must know beside the document. */
import type { LineIndex } from "../dotenv/text.ts";
import type { Lookup } from "../interpolate/fill.ts";
import type { Schema } from "../schema/schema.ts";
import type { Code, DiagnosticLevel } from "./codes.ts";
import type { ExampleSource } from "./example.ts";
import type { PortProblem } from "./ports.ts";

export interface SchemaSource {
  readonly schema: Schema;
  readonly uri: string;
  readonly lines: LineIndex;
}

export interface LanguageContext {
  /** The document's own. */
  readonly uri: string;
  /** What surrounds the file: the shell's variables, and for an `env_file` those of the project. */
  readonly lookup?: Lookup;
  readonly schema?: SchemaSource;
  /** `.env.example`; asked where there is no schema. */
  readonly example?: ExampleSource;
  /** Names that `lookup` knows, for completion. */
  readonly names?: Iterable<string>;
  /** Names that Compose files refer to, for completion. */
  readonly wanted?: Iterable<string>;
  /** The services that use a variable, where the project is known. */
  readonly uses?: (name: string) => readonly string[];
  /** What the project's Compose files say of the ports that they publish with these variables. */
  readonly ports?: (lookup: Lookup) => readonly PortProblem[];
  /** Severities that a setting changes. */
  readonly levels?: Readonly<Partial<Record<Code, DiagnosticLevel | "off">>>;
}
