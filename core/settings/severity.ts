/** How much a change of a key weighs: by the project's rules, else by what its name says. */
import type { Severity } from "../protocol/words.ts";
import { isSensitiveName } from "../schema/sensitive.ts";

const heaviestFirst = ["critical", "moderate", "minor"] as const satisfies readonly Severity[];

/** Change what the project is: its name, its files, which of its services exist (compose-go `consts`). */
const projectWide = new Set([
  "COMPOSE_PROJECT_NAME",
  "COMPOSE_FILE",
  "COMPOSE_PATH_SEPARATOR",
  "COMPOSE_PROFILES",
  "COMPOSE_ENV_FILES",
  "COMPOSE_DISABLE_ENV_FILE",
]);

/** Where a service is found: others must agree with it. */
const address = /(?:^|_)(?:PORTS?|HOST|HOSTNAME|URL|URI|ADDR|ADDRESS|ENDPOINT|DOMAIN)$/i;

/** `*` stands for any characters, none included; everything else for itself. */
export function matchesPattern(pattern: string, name: string): boolean {
  const parts = pattern.split("*");
  const first = parts.shift() ?? "";
  const last = parts.pop();
  if (last === undefined) return pattern === name;
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length)
    return false;
  let at = first.length;
  for (const part of parts) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= name.length - last.length;
}

/** Of several patterns that match, the one that says most of the name wins; of equals the heavier. */
export function severityOf(
  key: string,
  settings: { readonly severity: Readonly<Record<Severity, readonly string[]>> },
): Severity {
  let best: { readonly severity: Severity; readonly said: number } | undefined;
  for (const severity of heaviestFirst)
    for (const rule of settings.severity[severity]) {
      if (rule === key) return severity;
      const said = rule.replaceAll("*", "").length;
      if (matchesPattern(rule, key) && said > (best?.said ?? -1)) best = { severity, said };
    }
  if (best) return best.severity;
  if (projectWide.has(key) || isSensitiveName(key)) return "critical";
  return address.test(key) ? "moderate" : "minor";
}
