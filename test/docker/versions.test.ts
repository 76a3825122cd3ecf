/** What a status says of the engine, beside what the engine's and Compose's own command lines say. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { tested } from "../../agent/project/tested-versions.ts";
import { statusReportSchema } from "../../core/protocol/cli.ts";
import { agentBench } from "../support/agent.ts";
import { docker } from "../support/docker.ts";
import { testImage } from "../support/docker-image.ts";
import { composeProject } from "../support/docker-project.ts";
import { eventually } from "../support/eventually.ts";

describe("The engine in a project's status", function () {
  this.timeout(120_000);

  it("is the one that runs, asked aside, and named only where the tests have not seen it", async () => {
    await using project = await composeProject({
      name: "versions",
      files: {
        "compose.yaml": `services: { api: { image: "${await testImage()}", command: [sleep, "600"] } }\n`,
      },
    });
    const version = (await docker(["version", "--format", "{{.Server.Version}}"])).trim();
    const compose = (await docker(["compose", "version", "--short"])).trim();
    await using bench = await agentBench(project.dir);
    const status = async () =>
      statusReportSchema.parse(JSON.parse((await bench.hotenv("status", "--json")).stdout));
    assert.equal((await status()).engine?.version, version, "without an agent");
    const agent = await bench.startAgent();
    await agent.settled();
    await eventually(async () => (await status()).engine?.version, version);
    const { engine } = await status();
    assert.equal(engine?.compose?.replace(/^v/, ""), compose.replace(/^v/, ""));
    const isSeen = (of: readonly string[], what: string) => of.some((minor) => what.startsWith(`${minor}.`));
    const isTested = isSeen(tested.Docker, version) && isSeen(tested.Compose, compose);
    assert.equal(engine?.untested === undefined, isTested, engine?.untested);
  });
});
