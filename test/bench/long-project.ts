/** A project of 200 keys and five services, whose every revision changes one key. The same every time. */
import { createHash } from "node:crypto";
import type { RevisionDraft } from "../../agent/history/history.ts";
import type { Snapshot } from "../../agent/project/snapshot.ts";
import type { Rollout, Verdict } from "../../core/protocol/words.ts";

export const keyCount = 200;
const serviceCount = 5;

const sha256 = (content: string | Uint8Array) => createHash("sha256").update(content).digest("hex");
const pad = (n: number) => String(n).padStart(3, "0");
export const keyName = (index: number): string => `SETTING_${pad(index)}`;
const services = Array.from({ length: serviceCount }, (_, i) => `service${i}`);
const serviceOf = (index: number): string => services[index % serviceCount] ?? "";

/** The key that a revision changes: no order that a compressor could learn. */
const indexOf = (n: number): number => Number.parseInt(sha256(`key ${n}`).slice(0, 8), 16) % keyCount;
export const keyOf = (n: number): string => keyName(indexOf(n));

const first = Array.from({ length: keyCount }, (_, i) => sha256(`first ${i}`).slice(0, 16));
let valuesAt = { n: 0, values: [...first] };

/** Values at a revision; cheap for the one that follows the last one asked for. */
function values(n: number): readonly string[] {
  if (n < valuesAt.n) valuesAt = { n: 0, values: [...first] };
  for (let at = valuesAt.n + 1; at <= n; at++)
    valuesAt.values[indexOf(at)] = sha256(`value ${at}`).slice(0, 16);
  valuesAt = { ...valuesAt, n };
  return valuesAt.values;
}

export const envText = (n: number): string =>
  `# What the services read\n${values(n)
    .map((value, i) => `${keyName(i)}=${value}\n`)
    .join("")}`;

export const composeText = `services:\n${services
  .map((name) => `  ${name}:\n    image: example/${name}:1\n    env_file: [.env]\n    ports: ["8080"]\n`)
  .join("")}`;
export const settingsText = "policy: { stability: 2s }\n";

export function snapshotAt(n: number): Snapshot {
  const file = (path: string, role: "env" | "compose" | "settings", text: string) => {
    const bytes = new Uint8Array(Buffer.from(text));
    return { path, role, hash: sha256(bytes), bytes };
  };
  const files = [
    file(".env", "env", envText(n)),
    file("compose.yaml", "compose", composeText),
    file("hotenv.yaml", "settings", settingsText),
  ];
  return { id: sha256(JSON.stringify(files.map(({ path, role, hash }) => [path, role, hash]))), files };
}

function modelAt(n: number): string {
  const now = values(n);
  const list = services.map((name, s) => {
    const environment = Object.fromEntries(
      now.flatMap((value, i) => (i % serviceCount === s ? [[keyName(i), value]] : [])),
    );
    const config = { image: `example/${name}:1`, environment, ports: [{ target: 8080 }] };
    const configHash = sha256(JSON.stringify(config));
    return { name, runtime: "compose", config, dependsOn: [], files: [], configHash };
  });
  return JSON.stringify({ version: 1, name: "long", services: list });
}

export function revisionOf(n: number): {
  readonly snapshot: Snapshot;
  readonly draft: RevisionDraft;
  readonly rollout: Rollout;
  readonly verdict: Verdict;
} {
  const index = indexOf(n);
  const before = values(n - 1)[index] ?? "";
  const snapshot = snapshotAt(n);
  const service = serviceOf(index);
  const verdict = n % 25 === 0 ? "rolled-back" : "applied";
  const startedAt = new Date(Date.UTC(2026, 0, 1) + n * 60_000);
  const durationMs = 900 + (n % 700);
  const rollout: Rollout = {
    id: sha256(`rollout ${n}`).slice(0, 8),
    revision: n,
    startedAt: startedAt.toISOString(),
    endedAt: new Date(startedAt.getTime() + durationMs + 2000).toISOString(),
    phases: [
      {
        steps: [
          {
            service,
            action: "recreate",
            cause: `${keyName(index)} changes environment.${keyName(index)}`,
            state: verdict === "applied" ? "healthy" : "failed",
            startedAt: startedAt.toISOString(),
            durationMs,
          },
        ],
      },
    ],
    verdict,
  };
  const draft: RevisionDraft = {
    parent: n === 1 ? null : n - 1,
    author: { name: n % 3 === 0 ? "Grace" : "Ada", email: "team@example.org" },
    origin: "watcher",
    reason: "Saved.",
    severity: "moderate",
    change: {
      severity: "moderate",
      entries: [
        {
          kind: "modified",
          source: ".env",
          role: "env",
          key: keyName(index),
          severity: "moderate",
          sensitive: false,
          before,
          after: values(n)[index] ?? "",
        },
      ],
    },
    services: [service],
    snapshot: snapshot.id,
    model: modelAt(n),
    rollout: { ...rollout, phases: [{ steps: [] }] },
  };
  return { snapshot, draft, rollout, verdict };
}
