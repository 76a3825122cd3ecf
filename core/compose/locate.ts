/** Where in a compose file something stands that Compose names by its path: `services.api.ports`. */
import { isMap, isNode, isPair, isScalar, LineCounter, parseDocument } from "yaml";

export interface YamlPlace {
  /** 1-based. */
  readonly line: number;
  readonly column: number;
}

/** The place of the deepest key of the path that exists; undefined where not even the first does. */
export function locatePath(text: string, path: readonly string[]): YamlPlace | undefined {
  const lines = new LineCounter();
  let node: unknown = parseDocument(text, {
    lineCounter: lines,
    logLevel: "silent",
    prettyErrors: false,
  }).contents;
  let offset: number | undefined;
  for (const step of path) {
    if (!isMap(node)) break;
    const pair = node.items.find(
      (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === step,
    );
    if (pair === undefined || !isNode(pair.key)) break;
    offset = pair.key.range?.[0];
    node = pair.value;
  }
  if (offset === undefined) return undefined;
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

/** The path that one of Compose's messages names; undefined where it names none. */
export function pathInMessage(message: string): string[] | undefined {
  const path = /\b((?:services|networks|volumes|configs|secrets)\.[\w.-]*\w)/.exec(message)?.[1];
  if (path !== undefined) return path.split(".");
  const service = /\bservice "([^"]+)"/.exec(message)?.[1];
  return service === undefined ? undefined : ["services", service];
}
