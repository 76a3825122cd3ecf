import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { untestedNote } from "./tested-versions.ts";

describe("An engine that the tests have", () => {
  const seen: readonly (readonly [version: string, compose: string | undefined])[] = [
    ["20.10.24+dfsg1", "2.26.1-4"],
    ["28.5.2+dfsg4", "v5.6.0"],
    ["20.10.5", "2.40.3"],
    ["28.5.1", undefined],
    ["dev", "dev"],
  ];
  for (const [version, compose] of seen)
    it(`seen is no news: Docker ${version} with ${compose}`, () => {
      assert.equal(untestedNote({ name: "Docker", version, compose }), undefined);
    });

  const others: readonly (readonly [
    name: string,
    version: string,
    compose: string | undefined,
    said: string,
  ])[] = [
    ["Docker", "31.0.2", "v6.1.0", "Docker 31.0 with Compose 6.1: newer"],
    ["Docker", "28.5.2", "6.1.0", "Docker 28.5 with Compose 6.1: newer"],
    ["Docker", "28.6.0", undefined, "Docker 28.6: newer"],
    ["Docker", "19.03.8", "2.26.1", "Docker 19.03 with Compose 2.26: older"],
    ["Docker", "27.3.1", "2.29.7", "Docker 27.3 with Compose 2.29: other"],
    ["Docker", "26.1.5", "2.26.1", "Docker 26.1 with Compose 2.26: other"],
    ["Docker", "29.0.0", "2.10.0", "Docker 29.0 with Compose 2.10: other"],
    ["Podman", "5.4.2", "2.40.3", "Podman 5.4 with Compose 2.40: other"],
  ];
  for (const [name, version, compose, said] of others)
    it(`not seen is named: ${said}`, () => {
      const note = untestedNote({ name, version, compose });
      assert.equal(
        note,
        `${said} than what Hotenv is tested with (Docker 20.10, 28.5; Compose 2.26, 2.40, 5.6).`,
      );
    });
});
