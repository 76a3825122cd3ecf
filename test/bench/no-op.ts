/** A comment is saved: until Hotenv knows that nothing is to do; beside asking Compose the same. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { effectOf } from "../../agent/project/compared.ts";
import { readTexts } from "../../agent/project/reading.ts";
import { dockerEnvironment } from "../support/docker.ts";
import { exampleProject } from "../support/docker-example.ts";
import { type Benchmark, inTurns, took } from "./measure.ts";

const rounds = { smoke: 1, full: 25 };

export const benchmark: Benchmark = async (scale) => {
  const project = await exampleProject("no-op");
  try {
    const env = await project.read(".env");
    const effect = async () => effectOf((await readTexts(project.dir, dockerEnvironment, [])).snapshot);
    const before = await effect();
    const samples = await inTurns(
      {
        hotenv: async (round) => {
          await project.write(".env", `${env}# ours ${round}\n`);
          return took(async () => {
            if ((await effect()) !== before) throw new Error("A comment counted as a change.");
          });
        },
        compose: async (round) => {
          await project.write(".env", `${env}# theirs ${round}\n`);
          return took(() =>
            promisify(execFile)("docker", ["compose", "config", "--hash", "*"], {
              cwd: project.dir,
              env: dockerEnvironment,
            }),
          );
        },
      },
      { rounds: rounds[scale] },
    );
    return [
      {
        group: "Saving",
        name: "save of a comment to knowing that nothing is to do",
        unit: "ms",
        hotenv: samples.hotenv,
        peers: { "docker compose config --hash": samples.compose },
        budget: { atMost: 20, of: "p99" },
      },
    ];
  } finally {
    await project.down();
  }
};
