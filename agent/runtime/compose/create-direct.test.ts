/** Which container is plain enough to be made without Compose, and what Docker is asked for. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Json, ServiceModel } from "../../../core/compose/model.ts";
import { directBody, isPlainChange, type OldContainer } from "./create-direct.ts";

const id = "0123456789abcdef".repeat(4);
const image = { id: "sha256:image", environment: ["PATH=/bin", "MODE=image"] };
const wanted = { "com.docker.compose.config-hash": "new" };

const model = (
  environment: Readonly<Record<string, Json>>,
  more: Readonly<Record<string, Json>> = {},
): ServiceModel => ({
  name: "api",
  runtime: "compose",
  config: { image: "api:1", environment: { ...environment }, ...more },
  dependsOn: [],
  files: [],
  configHash: "old",
});

/** As Docker tells of what Compose has made from `{ A: "1", MODE: "own" }`. */
function old(
  change: {
    readonly Image?: string;
    readonly Config?: Partial<OldContainer["Config"]>;
    readonly HostConfig?: Partial<OldContainer["HostConfig"]>;
    readonly Mounts?: OldContainer["Mounts"];
    readonly Networks?: OldContainer["NetworkSettings"]["Networks"];
  } = {},
): OldContainer {
  return {
    Id: id,
    Image: change.Image ?? image.id,
    Config: {
      Hostname: id.slice(0, 12),
      Image: "api:1",
      Env: ["A=1", "MODE=own", "PATH=/bin"],
      Labels: { "com.docker.compose.service": "api", "com.docker.compose.config-hash": "old" },
      Cmd: ["serve"],
      ...change.Config,
    },
    HostConfig: {
      NetworkMode: "p_default",
      PidMode: "",
      IpcMode: "private",
      PortBindings: { "80/tcp": [{ HostPort: "8080" }] },
      ...change.HostConfig,
    },
    Mounts: change.Mounts ?? [],
    NetworkSettings: {
      Networks: change.Networks ?? {
        p_default: { IPAMConfig: null, Links: null, Aliases: ["api", id.slice(0, 12)] },
      },
    },
  };
}

const before = model({ A: "1", MODE: "own" });
const after = model({ A: "2", MODE: "own", B: "new" });
const bodyOf = (container: OldContainer, current = before, target = after) =>
  directBody(container, image, current, target, wanted);

describe("A container that Docker is asked for directly", () => {
  it("is the old one with another environment, the image's variables behind its own, and labels that say so", () => {
    const body = bodyOf(old());
    assert.ok(body);
    assert.deepEqual(body.Env, ["A=2", "B=new", "MODE=own", "PATH=/bin"]);
    assert.deepEqual(body.Cmd, ["serve"]);
    assert.deepEqual(body.Labels, {
      "com.docker.compose.service": "api",
      "com.docker.compose.config-hash": "new",
      "com.docker.compose.replace": "api-1",
    });
    assert.equal("Hostname" in body, false, "it gets its own");
    assert.deepEqual(body.NetworkingConfig, {
      EndpointsConfig: { p_default: { IPAMConfig: null, Links: null, Aliases: ["api"] } },
    });
    assert.deepEqual((body.HostConfig as OldContainer["HostConfig"]).PortBindings, {
      "80/tcp": [{ HostPort: "8080" }],
    });
  });

  it("keeps a hostname that somebody chose", () => {
    assert.equal(bodyOf(old({ Config: { Hostname: "api.local" } }))?.Hostname, "api.local");
  });

  const network = { IPAMConfig: null, Links: null, Aliases: ["api"] };
  const notPlain: Readonly<Record<string, OldContainer>> = {
    "another environment than the one it should have been made from": old({ Config: { Env: ["A=9"] } }),
    "another image than its name now means": old({ Image: "sha256:older" }),
    "another hash: somebody else has made it": old({ Config: { Labels: {} } }),
    "a volume that its image declares": old({ Config: { Volumes: { "/data": {} } } }),
    "two networks": old({ Networks: { p_default: network, p_other: network } }),
    "no network of its own": old({ HostConfig: { NetworkMode: "container:abc" } }),
    "another's processes": old({ HostConfig: { PidMode: "container:abc" } }),
    "another's memory": old({ HostConfig: { IpcMode: "container:abc" } }),
    "another's volumes": old({ HostConfig: { VolumesFrom: ["abc"] } }),
    links: old({ HostConfig: { Links: ["/db:/api/db"] } }),
    "an anonymous volume": old({ Mounts: [{ Type: "volume", Name: "f".repeat(64) }] }),
  };
  for (const [what, container] of Object.entries(notPlain))
    it(`is left to Compose where the old one has ${what}`, () => {
      assert.equal(bodyOf(container), undefined);
    });

  it("is left to Compose where a variable has no value", () => {
    assert.equal(bodyOf(old(), before, model({ A: null })), undefined);
  });
});

describe("A plain change", () => {
  it("is one of the environment alone", () => {
    assert.equal(isPlainChange(before, after), true);
    assert.equal(isPlainChange(before, model({ A: "2" }, { command: ["other"] })), false);
  });

  for (const field of ["configs", "secrets", "links", "external_links", "volumes_from"])
    it(`is none for a service with ${field}`, () => {
      const more = { [field]: ["x"] };
      assert.equal(isPlainChange(model({ A: "1" }, more), model({ A: "2" }, more)), false);
      const none = { [field]: [] };
      assert.equal(isPlainChange(model({ A: "1" }, none), model({ A: "2" }, none)), true);
    });

  for (const [attached, isPlain] of [
    [null, true],
    [{ aliases: ["a"], ipv4_address: "10.0.0.2", driver_opts: { a: "b" } }, true],
    [{ gw_priority: 1 }, false],
    [{ interface_name: "lan7" }, false],
    [{ of_a_later_compose: 1 }, false],
  ] as const)
    it(`is ${isPlain ? "one" : "none"} for a service whose network says ${JSON.stringify(attached)}`, () => {
      const more = { networks: { default: attached } };
      assert.equal(isPlainChange(model({ A: "1" }, more), model({ A: "2" }, more)), isPlain);
    });
});
