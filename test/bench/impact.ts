/** Who a change would touch, said by the static analysis at each keystroke, beside asking Compose. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { analyseProject, type TreeCache } from "../../core/compose/static.ts";
import { impactOfVariables } from "../../core/plan/static-impact.ts";
import { dockerEnvironment } from "../support/docker.ts";
import { type Benchmark, inTurns, type Line, type Scale, took } from "./measure.ts";

const sizes: Readonly<Record<Scale, readonly number[]>> = { smoke: [5], full: [5, 50, 500] };
const rounds: Readonly<Record<Scale, number>> = { smoke: 2, full: 15 };

/** Services that depend on each other in groups of five; each has a variable of its own and one in common. */
function composeOf(services: number): string {
  return `services:\n${Array.from(
    { length: services },
    (_, at) => `  service${at}:
    image: example/service:\${VERSION:-1}
    environment:
      OWN: \${OWN_${at}}
      COMMON: http://\${HOST}:\${PORT:-80}/\${OWN_${at}:-none}
    ports: ["\${PORT_${at}:-${10_000 + at}}:80"]
    labels: { at: "${at}" }
${at % 5 === 0 ? "" : `    depends_on: [service${at - 1}]\n`}`,
  ).join("")}`;
}

const envOf = (services: number): string =>
  `HOST=example.org\nPORT=80\nVERSION=1\n${Array.from({ length: services }, (_, at) => `OWN_${at}=value${at}\n`).join("")}`;

async function line(services: number, scale: Scale): Promise<Line> {
  const directory = await mkdtemp(path.join(tmpdir(), "hotenv-bench-"));
  try {
    await writeFile(path.join(directory, "compose.yaml"), composeOf(services));
    const files = new Map([["compose.yaml", await readFile(path.join(directory, "compose.yaml"), "utf8")]]);
    const cache: TreeCache = new Map();
    const key = `OWN_${Math.floor(services / 2)}`;
    const samples = await inTurns(
      {
        hotenv: (round) =>
          took(() => {
            files.set(".env", `${envOf(services)}${key}=round${round}\n`);
            const project = analyseProject({
              directory,
              shell: () => undefined,
              read: (file) => files.get(file),
              cache,
            });
            const found = impactOfVariables(project, [key]).map(({ service }) => service);
            if (!found.includes(`service${Math.floor(services / 2)}`))
              throw new Error("It missed a service.");
          }),
        compose: async (round) => {
          await writeFile(path.join(directory, ".env"), `${envOf(services)}${key}=round${round}\n`);
          return took(() =>
            promisify(execFile)("docker", ["compose", "config", "--format", "json"], {
              cwd: directory,
              env: dockerEnvironment,
              maxBuffer: 1 << 28,
            }),
          );
        },
      },
      { rounds: rounds[scale] },
    );
    return {
      group: "Impact",
      name: "services affected by the unsaved file",
      unit: "ms",
      size: services,
      hotenv: samples.hotenv,
      peers: { "docker compose config": samples.compose },
      note: "The peer only resolves the project; the services would still have to be compared.",
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

export const benchmark: Benchmark = async (scale) => {
  const lines: Line[] = [];
  for (const services of sizes[scale]) lines.push(await line(services, scale));
  return lines;
};
