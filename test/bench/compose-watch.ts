/**
 * A rule file is saved: until the container that reads it has been restarted with it. Beside
 * `docker compose watch` with sync+restart, which copies the file into the container where Hotenv's is mounted.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { agentBench } from "../support/agent.ts";
import { docker, dockerEnvironment, testLabel } from "../support/docker.ts";
import { testImage } from "../support/docker-image.ts";
import { composeProject, type TestProject } from "../support/docker-project.ts";
import { type Benchmark, inTurns } from "./measure.ts";

const rounds = { smoke: 1, full: 12 };
const longestWaitMs = 60_000;
const command = `["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.05; done"]`;

/** Tells when a container of the project has started. */
function startsOf(project: TestProject): { next(): Promise<number>; child: ChildProcess } {
  const filters = ["event=start", `label=com.docker.compose.project=${project.name}`];
  const child = spawn(
    "docker",
    ["events", ...filters.flatMap((filter) => ["--filter", filter]), "--format", "started"],
    { env: dockerEnvironment, stdio: ["ignore", "pipe", "inherit"] },
  );
  const lines = createInterface({ input: child.stdout });
  return {
    child,
    async next() {
      await once(lines, "line", { signal: AbortSignal.timeout(longestWaitMs) });
      return performance.now();
    },
  };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGINT");
  await gone;
}

export const benchmark: Benchmark = async (scale) => {
  const image = await testImage();
  await using ours = await composeProject({
    name: "restart",
    files: {
      "rules.txt": "first\n",
      "hotenv.yaml": "policy: { stability: 0s }\n",
      "compose.yaml": `services:
  proxy:
    image: ${image}
    command: ${command}
    volumes: ["./rules.txt:/rules/rules.txt:ro"]
`,
    },
  });
  await using theirs = await composeProject({
    name: "watch",
    files: {
      "rules/rules.txt": "first\n",
      Dockerfile: `FROM ${image}\nLABEL ${testLabel}\n`,
      "compose.yaml": `services:
  proxy:
    build: .
    command: ${command}
    develop: { watch: [{ path: ./rules, target: /rules, action: sync+restart }] }
`,
    },
  });
  const children: ChildProcess[] = [];
  try {
    await ours.compose("up", "-d");
    await theirs.compose("up", "-d", "--build");
    await using bench = await agentBench(ours.dir);
    const agent = await bench.startAgent();
    await agent.settled();
    const watcher = spawn("docker", ["compose", "--ansi", "never", "watch", "--no-up"], {
      cwd: theirs.dir,
      env: dockerEnvironment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [our, their] = [startsOf(ours), startsOf(theirs)];
    children.push(watcher, our.child, their.child);
    await Promise.race([watcher.stdout, watcher.stderr].map((stream) => once(stream, "data")));
    watcher.stdout.resume();
    watcher.stderr.resume();

    const samples = await inTurns(
      {
        hotenv: async (round) => {
          const over = agent.next("verdict");
          const started = our.next();
          const start = performance.now();
          await ours.write("rules.txt", `ours ${round}\n`);
          const at = await started;
          await over;
          return at - start;
        },
        watch: async (round) => {
          const started = their.next();
          const start = performance.now();
          await theirs.write("rules/rules.txt", `theirs ${round}\n`);
          return (await started) - start;
        },
      },
      { rounds: rounds[scale] },
    );
    return [
      {
        group: "Rollout",
        name: "save of a rule file to the service restarted with it",
        unit: "ms",
        hotenv: samples.hotenv,
        peers: { "docker compose watch (sync+restart)": samples.watch },
      },
    ];
  } finally {
    await Promise.all(children.map(ended));
    await docker(["image", "rm", "--force", `${theirs.name}-proxy`]);
  }
};
