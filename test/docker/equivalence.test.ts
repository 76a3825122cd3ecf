/** Compose is the truth: a container that Hotenv made is the one that Compose makes, whatever the service's shape. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, it } from "mocha";
import { agentBench } from "../support/agent.ts";
import { docker, words } from "../support/docker.ts";
import { testImage } from "../support/docker-image.ts";
import { composeProject, type TestProject } from "../support/docker-project.ts";
import { newerShapeFiles, newerShapeNames, shapeFiles, shapeNames } from "./shapes.ts";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type JsonMap = { [key: string]: Json };

/** What differs between any two containers, however they were made. */
const incidental = new Set([
  "Id",
  "Created",
  "State",
  "ResolvConfPath",
  "HostnamePath",
  "HostsPath",
  "LogPath",
  "SandboxID",
  "SandboxKey",
  "EndpointID",
  "Pid",
  "StartedAt",
  "GraphDriver",
  "ExecIDs",
  "com.docker.compose.replace",
]);

/** Service -> its containers' full inspection by name, with the IDs in it replaced by names. */
async function inspectAll(project: TestProject): Promise<Map<string, JsonMap>> {
  const ids = words(
    await docker(["ps", "-aq", "--no-trunc", "--filter", `label=com.docker.compose.project=${project.name}`]),
  );
  const found = JSON.parse(await docker(["inspect", ...ids])) as { Id: string; Name: string }[];
  let text = JSON.stringify(found);
  for (const { Id, Name } of found)
    text = text.replaceAll(Id, `id of ${Name}`).replaceAll(Id.slice(0, 12), `short id of ${Name}`);
  return new Map(
    (JSON.parse(text) as JsonMap[]).map((one) => [String(one.Name), withoutIncidents(one) as JsonMap]),
  );
}

function withoutIncidents(value: Json, key = ""): Json {
  if (Array.isArray(value)) {
    const items = value.map((item) => withoutIncidents(item));
    // Docker and Compose keep these in maps, whose order is random.
    return ["Mounts", "Aliases", "Binds", "Env", "Links", "ExtraHosts", "DnsNames", "Ulimits"].includes(key)
      ? items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
      : items;
  }
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([inner]) => !incidental.has(inner))
      .map(([inner, content]) => [inner, withoutIncidents(content, inner)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** What Docker chooses anew for each start of a container: addresses that nobody asked for, and host ports. */
function withoutChoices(one: JsonMap): JsonMap {
  const text = JSON.stringify(one)
    .replaceAll(/"(IPAddress|MacAddress|GlobalIPv6Address|HostPort)":"[^"]*"/g, '"$1":"chosen"')
    // Compose hashes the ID of the container that this one lives in; that it is the right one, the dry run tells.
    .replaceAll(
      /("com.docker.compose.config-hash"):"\w+"/g,
      /(?:sidecar|sharer|volumes-from)-\d$/.test(String(one.Name)) ? '$1:"with an ID in it"' : "$&",
    )
    // Where an image that is mounted lies for this container.
    .replaceAll(/"Source":"[^"]*\/merged"/g, '"Source":"chosen"')
    .replaceAll(/"(IPPrefixLen|GlobalIPv6PrefixLen)":\d+/g, '"$1":0');
  return JSON.parse(text) as JsonMap;
}

function dryRun(project: TestProject, more: readonly string[]): string {
  const { stdout, stderr } = spawnSync(
    "docker",
    ["compose", "--ansi", "never", "up", "-d", "--dry-run", ...more],
    { cwd: project.dir, encoding: "utf8" },
  );
  return stdout + stderr;
}

const scaled = ["--scale", "scaled=3"];

describe("A container made by Hotenv", function () {
  const isLong = process.env.HOTENV_LONG === "1";
  this.timeout(isLong ? 600_000 : 180_000);

  it(`is the one that Compose makes, for ${shapeNames.length} shapes of services`, async () => {
    assert.ok(shapeNames.length >= 40);
    await using project = await composeProject({
      name: "shapes",
      files: shapeFiles(await testImage(), isLong),
    });

    await project.compose("up", "-d", ...scaled);
    await docker(["exec", `${project.name}-anonymous-volume-1`, "sh", "-c", "echo kept > /data/kept"]);
    await using bench = await agentBench(project.dir);
    assert.equal((await bench.hotenv("apply")).code, 0);
    const before = await inspectAll(project);

    await project.write(".env", "VALUE=two\nCOMPOSE_PROFILES=extra\n");

    const { code, stdout, stderr } = await bench.hotenv("apply");

    assert.equal(code, 0, stdout + stderr);
    const ours = await inspectAll(project);
    assert.deepEqual(
      [...ours.keys()].sort(),
      [...before.keys()].sort(),
      "the same names, and nothing left over",
    );
    for (const [name, one] of ours)
      assert.match(JSON.stringify(one.Config), /VALUE=two/, `${name} has the new value`);
    assert.equal(
      await docker(["exec", `${project.name}-anonymous-volume-1`, "cat", "/data/kept"]),
      "kept\n",
      "what an anonymous volume holds is kept",
    );

    await asComposeMakesThem(project, ours, scaled);
  });

  it("is the one that Compose makes, for what this Compose and this engine know beyond the oldest", async () => {
    const image = await testImage();
    const known = await whatIsKnown(image);
    console.log(`      known here: ${known.join(", ")}`);
    await using project = await composeProject({ name: "newer", files: newerShapeFiles(image, known) });
    await project.compose("up", "-d");
    await using bench = await agentBench(project.dir);
    assert.equal((await bench.hotenv("apply")).code, 0);
    const before = await inspectAll(project);
    await project.write(".env", (await project.read(".env")).replace("VALUE=one", "VALUE=two"));

    const { code, stdout, stderr } = await bench.hotenv("apply");

    assert.equal(code, 0, stdout + stderr);
    const ours = await inspectAll(project);
    assert.deepEqual([...ours.keys()].sort(), [...before.keys()].sort());
    for (const [name, one] of ours)
      assert.match(JSON.stringify(one.Config), /VALUE=two/, `${name} has the new value`);
    await asComposeMakesThem(project, ours);
  });
});

/** The newer shapes that Compose and the engine here make at all. */
async function whatIsKnown(image: string): Promise<string[]> {
  const known: string[] = [];
  // One after another: an engine has addresses for some thirty networks.
  for (const name of newerShapeNames) {
    await using project = await composeProject({ name: "known", files: newerShapeFiles(image, [name]) });
    const error = await project.compose("create").then(
      () => undefined,
      (reason: unknown) => String(reason).trim().split("\n").at(-1),
    );
    // Composes up to 2.40 hash it for `up`, and leave it out of what `config` prints: nobody can tell the hash.
    const isLost =
      name === "label-file" && !(await project.compose("config").catch(() => "")).includes("label_file");
    if (error === undefined && !isLost) known.push(name);
    else if (isLost) console.log(`      not compared: ${name}, which \`config\` does not print here`);
    else console.log(`      not known here: ${name}: ${error}`);
  }
  assert.ok(known.includes("config-text"), "what the oldest knows is known everywhere");
  return known;
}

/** @param more arguments of `up` */
async function asComposeMakesThem(
  project: TestProject,
  ours: ReadonlyMap<string, JsonMap>,
  more: readonly string[] = [],
): Promise<void> {
  const would = dryRun(project, more);
  assert.match(would, /Running/);
  assert.doesNotMatch(would, /Recreate|Creat|Start(?!ed)|Stopp|Remov/);

  await project.compose("up", "-d", ...more, "--force-recreate");
  const theirs = await inspectAll(project);
  assert.deepEqual([...ours.keys()].sort(), [...theirs.keys()].sort());
  for (const [name, one] of theirs)
    assert.deepEqual(withoutChoices(ours.get(name) ?? {}), withoutChoices(one), name);
}
