import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { holderOf, wantedPorts } from "./start-failure.ts";

describe("The ports that a container is to have", () => {
  it("are those with a number", () => {
    const bindings = {
      "80/tcp": [{ HostIp: "", HostPort: "8080" }],
      "53/udp": [
        { HostIp: "127.0.0.1", HostPort: "5353" },
        { HostIp: "", HostPort: "" },
      ],
      "81/tcp": [{ HostIp: "", HostPort: "8000-8010" }],
      "82/tcp": null,
    };
    assert.deepEqual(wantedPorts(bindings), [
      { address: "", port: 8080, protocol: "tcp" },
      { address: "127.0.0.1", port: 5353, protocol: "udp" },
    ]);
    assert.deepEqual(wantedPorts(null), []);
  });

  const cases: readonly (readonly [
    what: string,
    address: string,
    protocol: string,
    by: string | undefined,
  ])[] = [
    ["every address where one is taken", "", "tcp", "web"],
    ["the taken address", "127.0.0.1", "tcp", "web"],
    ["another address", "10.0.0.1", "tcp", undefined],
    ["the same number of another protocol", "", "udp", undefined],
  ];
  for (const [what, address, protocol, by] of cases)
    it(`are held by ${by ?? "nobody"}: ${what}`, () => {
      const web = {
        Id: "1",
        Names: ["/web"],
        Ports: [{ IP: "127.0.0.1", PrivatePort: 80, PublicPort: 8080, Type: "tcp" }],
      };
      const bare = { Id: "2", Names: ["/bare"], Ports: [{ PrivatePort: 8080, Type: "tcp" }] };
      assert.equal(holderOf({ address, port: 8080, protocol }, [bare, web]), by);
    });

  it("are held by whoever has them on every address", () => {
    const all = { Id: "1", Names: ["/all"], Ports: [{ IP: "0.0.0.0", PublicPort: 8080, Type: "tcp" }] };
    assert.equal(holderOf({ address: "127.0.0.1", port: 8080, protocol: "tcp" }, [all]), "all");
  });
});
