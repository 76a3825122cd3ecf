import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Json, ServiceModel } from "../compose/model.ts";
import { startFirst } from "./start-first.ts";

const asking = { deploy: { update_config: { order: "start-first" } } };

const service = (name: string, config: Record<string, Json>): ServiceModel => ({
  name,
  runtime: "compose",
  config,
  dependsOn: [],
  files: [],
});

function orderOf(config: Record<string, Json>, others: readonly ServiceModel[] = []): string {
  const model = service("web", config);
  const project = new Map([model, ...others].map((each) => [each.name, each]));
  const order = startFirst(model, project);
  return order === undefined ? "not asked for" : (order.obstacle ?? "yes");
}

describe("startFirst", () => {
  const cases: readonly (readonly [what: string, config: Record<string, Json>, expected: string])[] = [
    ["a service that says nothing of it", {}, "not asked for"],
    [
      "one that asks for the contrary",
      { deploy: { update_config: { order: "stop-first" } } },
      "not asked for",
    ],
    ["one whose deploy is empty", { deploy: null }, "not asked for"],
    ["one without ports", asking, "yes"],
    [
      "ports that Docker chooses",
      { ...asking, ports: [{ target: 80 }, { target: 81, published: "0" }] },
      "yes",
    ],
    [
      "a port of the host's",
      { ...asking, ports: [{ target: 81 }, { target: 80, published: "8080" }] },
      "publishes port 8080",
    ],
    [
      "a range of ports",
      { ...asking, ports: [{ target: 80, published: "8080-8090" }] },
      "publishes port 8080-8090",
    ],
    [
      "an address of its own",
      { ...asking, networks: { back: null, front: { ipv4_address: "10.0.0.5" } } },
      "has the address 10.0.0.5",
    ],
    [
      "a hardware address",
      { ...asking, mac_address: "02:42:ac:11:00:99" },
      "has the address 02:42:ac:11:00:99",
    ],
    [
      "the host's network",
      { ...asking, network_mode: "host" },
      "has no network of its own (network_mode: host)",
    ],
    ["no network at all", { ...asking, network_mode: "none" }, "yes"],
    ["networks that give it no address", { ...asking, networks: { default: null } }, "yes"],
  ];
  for (const [what, config, expected] of cases)
    it(`says of ${what}: ${expected}`, () => {
      assert.equal(orderOf(config), expected);
    });

  it("says that another service lives in its container", () => {
    const tenant = service("sidecar", { network_mode: "service:web" });
    assert.equal(orderOf(asking, [tenant]), "lends its container to sidecar");
    const borrower = service("backup", { volumes_from: ["web:ro"] });
    assert.equal(orderOf(asking, [borrower]), "lends its container to backup");
  });

  it("says nothing of local processes", () => {
    assert.equal(startFirst({ ...service("web", asking), runtime: "process" }, new Map()), undefined);
  });
});
