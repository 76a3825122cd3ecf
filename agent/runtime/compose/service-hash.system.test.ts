import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, it } from "mocha";
import { compose } from "../../../test/support/compose-cli.ts";
import { oracleFolder } from "../../../test/support/oracle-folder.ts";
import { randomRuns, randomSeed } from "../../../test/support/random-runs.ts";
import { hashArguments, parseHashes } from "./resolve.ts";
import { type Hashed, hashesAfter, servicesIn, ways } from "./service-hash.ts";

/** What Go and JavaScript write differently, what Compose doubles, and what anybody writes. */
const plain = fc
  .array(
    fc.constantFrom(
      "a",
      "B7",
      " ",
      "$",
      "$$",
      "<b>",
      "&",
      "\u2028",
      "é",
      "漢",
      '"',
      "\\",
      "'",
      "\n",
      "\t",
      "{x}",
      "=",
      "#",
      "😀",
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(""));
const text = fc.oneof(
  { weight: 60, arbitrary: plain },
  { weight: 1, arbitrary: fc.constantFrom("\u0007", "\b", "\f") },
);
const service = fc.record(
  {
    environment: fc.dictionary(fc.constantFrom("A", "B", "C_1", "ä"), text, { maxKeys: 4 }),
    labels: fc.dictionary(fc.constantFrom("a.b", "c", "x<y"), text, { maxKeys: 3 }),
    command: fc.array(text, { minLength: 1, maxLength: 3 }),
    cpus: fc.constantFrom(1, 0.5, 0.25),
    mem_limit: fc.constantFrom("64m", "1g"),
    pull_policy: fc.constantFrom("always", "never"),
    deploy: fc.record({
      replicas: fc.integer({ min: 1, max: 3 }),
      labels: fc.dictionary(fc.constant("d"), text),
    }),
    ports: fc.constantFrom(["80"], ["8080:80", "9000:9000/udp"]),
    stop_grace_period: fc.constantFrom("1s", "1m30s"),
    depends_on: fc.constant({ other: { condition: "service_started" } }),
    profiles: fc.constantFrom(["extra"], ["extra", "more"]),
  },
  { requiredKeys: ["environment"] },
);

const doubled = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, inner: unknown) =>
      typeof inner === "string" ? inner.replaceAll("$", "$$$$") : inner,
    ),
  );

describe("the hash of a service, without asking for it", () => {
  it("is Compose's own, or is asked for", async function () {
    this.timeout(300_000);
    await using folder = await oracleFolder();
    const { directory } = folder;
    const ask = async (args: readonly string[]): Promise<string> => {
      const answer = await compose(args, { cwd: directory });
      if (!answer.ok) throw new Error(answer.stderr);
      return answer.stdout;
    };
    const asked = async (config: unknown): Promise<Hashed> => {
      const file = {
        name: "hash",
        services: { web: { image: "x", ...(config as object) }, other: { image: "y" } },
      };
      await writeFile(join(directory, "compose.yaml"), JSON.stringify(doubled(file)));
      const printed = await ask(["--profile", "*", "config", "--format", "json"]);
      await writeFile(join(directory, "printed.json"), printed);
      const [dash, ...rest] = hashArguments("hash");
      const hashes = await ask([dash ?? "", "printed.json", ...rest.slice(1)]);
      return { services: servicesIn(JSON.parse(printed)), hashes: parseHashes(hashes) };
    };
    const runs = randomRuns(12);
    let found = 0;
    await fc.assert(
      fc.asyncProperty(service, service, async (before, after) => {
        const [first, second] = [await asked(before), await asked(after)];
        const hashes = hashesAfter(first, second.services);
        if (hashes === undefined) return;
        found += 1;
        assert.deepEqual([...hashes].sort(), [...second.hashes].sort());
      }),
      { numRuns: runs, ...randomSeed() },
    );
    console.log(`      found without asking: ${found} of ${runs}`);
    assert.ok(found > 0, "Compose was asked each time.");
  });

  const [hashOf = () => undefined, formerly = () => undefined] = ways;
  const web = { image: "x", environment: { A: "1" } };
  const known = (hash: string | undefined): Hashed => ({
    services: { web },
    hashes: new Map(hash === undefined ? [] : [["web", hash]]),
  });

  it("is asked for where this way did not give what Compose gave before", () => {
    const changed = { web: { ...web, environment: { A: "2" } } };
    assert.equal(hashesAfter(known("of another Compose"), changed), undefined);
    assert.equal(hashesAfter(known(hashOf(web)), changed)?.get("web"), hashOf(changed.web));
    assert.equal(hashesAfter(known("of another Compose"), { web })?.get("web"), "of another Compose");
  });

  it("is found in the way of that Compose which gave the one before", () => {
    const dependent = { ...web, depends_on: { other: {} } };
    const changed = { ...dependent, environment: { A: "2" } };
    for (const way of ways)
      assert.equal(
        hashesAfter(
          { services: { web: dependent }, hashes: new Map([["web", way(dependent) ?? ""]]) },
          { web: changed },
        )?.get("web"),
        way(changed),
      );
    assert.notEqual(hashOf(changed), formerly(changed));
    // Before, both ways gave the same.
    assert.equal(hashesAfter(known(hashOf(web)), { web: dependent }), undefined);
  });

  it("is asked for where a service is new, or a number may be written in several ways", () => {
    assert.equal(hashesAfter(known(undefined), { web }), undefined);
    assert.equal(hashesAfter(known(hashOf(web)), { web, next: web }), undefined);
    assert.equal(hashesAfter(known(hashOf(web)), { web: { ...web, cpus: 0.5 } }), undefined);
    assert.equal(hashesAfter(known(hashOf(web)), { web: { ...web, environment: { A: "\b" } } }), undefined);
  });

  it("does not know what Compose did not print as services", () => {
    assert.deepEqual(servicesIn(null), {});
    assert.deepEqual(servicesIn({ services: null }), {});
    assert.deepEqual(servicesIn({ services: { web, odd: "text" } }), { web });
  });
});
