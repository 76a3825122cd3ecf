/** What Compose's versions ask for while they create a container, and what becomes of it. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Predecessor } from "./containers.ts";
import { adaptCreation, passageOf, viewOf } from "./gate-rules.ts";

describe("The gate that Compose creates through", () => {
  for (const [method, url, passage] of [
    ["GET", "/v1.41/containers/abc/json", "pass"],
    ["HEAD", "/_ping", "pass"],
    ["POST", "/v1.41/containers/create?name=stop", "pass"],
    ["POST", "/v1.51/networks/create", "pass"],
    ["POST", "/v1.51/volumes/create", "pass"],
    ["POST", "/v1.41/networks/n/connect", "pass"],
    ["PUT", "/v1.51/containers/abc/archive?path=%2F", "pass"],
    ["POST", "/v1.41/containers/abc/stop", "hold"],
    ["POST", "/v1.41/containers/abc/stop?t=10", "hold"],
    ["POST", "/containers/abc/rename?name=x", "hold"],
    ["POST", "/v1.41/containers/abc/start", "hold"],
    ["DELETE", "/v1.41/containers/abc?force=1", "hold"],
    // Compose from 2.31 on makes networks and volumes anew whose options differ.
    ["DELETE", "/v1.41/networks/n", "refuse"],
    ["POST", "/v1.51/networks/n/disconnect", "refuse"],
    ["DELETE", "/v1.51/volumes/v?force=1", "refuse"],
    // None of these is a part of creating a container, whatever a later version may think.
    ["POST", "/v1.51/containers/abc/update", "refuse"],
    ["POST", "/v1.51/containers/prune", "refuse"],
    ["POST", "/v1.51/images/create?fromImage=x", "refuse"],
    ["DELETE", "/v1.51/images/x", "refuse"],
  ] as const)
    it(`${passage}s ${method} ${url}`, () => assert.equal(passageOf(method, url), passage));

  const body = { Image: "x", Labels: { a: "1", b: "2" }, HostConfig: { Binds: [] } };
  const request = (number?: string) => ({
    url: "/v1.51/containers/create?name=0123456789ab_shop-api-2&platform=linux%2Famd64",
    body: JSON.stringify({
      ...body,
      Labels: {
        ...body.Labels,
        "com.docker.compose.service": "api",
        "com.docker.compose.container-number": number,
      },
    }),
  });
  const wanted = { service: "api", labels: { b: "3", c: "4" }, isFirst: false };
  const [one, two] = ["1", "2"].map((number) => ({
    id: `id${number}`,
    name: `shop-api-${number}`,
    next: `shop-api-${number}.next-7`,
    number,
  })) as [Predecessor, Predecessor];

  it("gives a new container the labels that it should carry, and leaves the rest", () => {
    const adapted = adaptCreation(
      { url: "/containers/create", body: JSON.stringify(body) },
      { ...wanted, isFirst: true },
      [],
    );
    assert.deepEqual(JSON.parse(adapted.body), { ...body, Labels: { a: "1", b: "3", c: "4" } });
    assert.equal(adapted.url, "/containers/create", "the first one has the name that Compose gives it");
  });

  it("gives it the name that the journal has, whatever Compose would call it, and keeps what else is asked", () => {
    const { url, of } = adaptCreation(request("2"), wanted, [one, two]);
    assert.equal(of, two);
    assert.equal(url, "/v1.51/containers/create?name=shop-api-2.next-7&platform=linux%2Famd64");
  });

  it("finds a place for one whose number is nobody's", () => {
    assert.equal(adaptCreation(request("9"), wanted, [one, two]).of, one);
    assert.equal(adaptCreation(request(), wanted, [two]).of, two);
  });

  it("lets nobody create one too many, or another service's", () => {
    assert.throws(() => adaptCreation(request("1"), wanted, []), /more containers of api than it has/);
    assert.throws(() => adaptCreation(request("1"), { ...wanted, service: "web" }, [one]), /web needs api/);
  });

  const hash = { "com.docker.compose.config-hash": "h", "com.docker.compose.network": "default" };
  const bare = { "com.docker.compose.network": "default" };
  for (const [url, told, shown] of [
    [
      "/v1.51/containers/json?all=1",
      [{ Names: ["/shop-api-1"] }, { Names: ["/shop-api-1.kept-7"] }, { Names: ["/shop-db-1.next-8"] }],
      [{ Names: ["/shop-api-1"] }],
    ],
    [
      "/v1.51/networks?filters=x",
      [
        { Id: "n", Labels: hash },
        { Id: "m", Labels: null },
      ],
      [
        { Id: "n", Labels: bare },
        { Id: "m", Labels: {} },
      ],
    ],
    ["/networks/shop_default", { Id: "n", Labels: hash }, { Id: "n", Labels: bare }],
    [
      "/v1.51/volumes",
      { Volumes: [{ Name: "v", Labels: hash }], Warnings: null },
      { Volumes: [{ Name: "v", Labels: bare }], Warnings: null },
    ],
    ["/v1.51/volumes", { Volumes: null }, { Volumes: null }],
    ["/v1.51/volumes/shop_data", { Name: "v", Labels: hash }, { Name: "v", Labels: bare }],
  ] as const)
    it(`shows Compose of ${url} only what it is to see: ${JSON.stringify(shown).slice(0, 40)}…`, () => {
      const view = viewOf("GET", url);
      assert.ok(view);
      assert.deepEqual(JSON.parse(view(JSON.stringify(told))), shown);
    });

  it("shows all of anything else", () => {
    for (const url of ["/v1.51/containers/abc/json", "/v1.51/images/x/json", "/info"])
      assert.equal(viewOf("GET", url), undefined);
    assert.equal(viewOf("POST", "/v1.51/networks/create"), undefined);
  });
});
