import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { readEngine } from "./versions.ts";

describe("The engine that answers", () => {
  it("is Docker where its first component is called the engine, and where it names none", () => {
    const Components = [{ Name: "Engine", Version: "28.5.2" }, { Name: "containerd" }];
    assert.deepEqual(readEngine({ Version: "28.5.2", Components }), { name: "Docker", version: "28.5.2" });
    assert.deepEqual(readEngine({ Version: "20.10.24" }), { name: "Docker", version: "20.10.24" });
  });

  it("is another one where that has a name of its own", () => {
    const Components = [{ Name: "Podman Engine", Version: "5.4.2" }];
    assert.deepEqual(readEngine({ Version: "5.4.2", Components }), { name: "Podman", version: "5.4.2" });
  });
});
