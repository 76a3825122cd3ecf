/** A comment is saved in an editor: until Hotenv knows that nothing is to do; beside asking Compose the same. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
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
    const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex");
    let saved = hashOf(env);
    // As after a save in an editor, which tells what it has written; after any other, waiting for silence is longer.
    const effect = async () =>
      effectOf(
        (await readTexts(project.dir, dockerEnvironment, [], (_path, hash) => hash === saved)).snapshot,
      );
    const before = await effect();
    const samples = await inTurns(
      {
        hotenv: async (round) => {
          const text = `${env}# ours ${round}\n`;
          saved = hashOf(text);
          await project.write(".env", text);
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
