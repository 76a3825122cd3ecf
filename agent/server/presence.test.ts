import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { createPresence } from "./presence.ts";

describe("an agent that nobody needs", () => {
  it("ends after the last client is gone, not before, and once", async () => {
    const idle = Promise.withResolvers<void>();
    let times = 0;
    const presence = createPresence({
      idleMs: 30,
      isBusy: async () => false,
      onIdle: () => {
        times += 1;
        idle.resolve();
      },
    });
    const leave = [presence.enter(), presence.enter()];
    leave[0]?.();
    leave[0]?.();
    const stays = new Promise<string>((resolve) => setTimeout(() => resolve("stays"), 150));
    assert.equal(await Promise.race([idle.promise, stays]), "stays");
    leave[1]?.();
    await idle.promise;
    presence.enter()();
    assert.equal(times, 1);
  });

  it("goes on while something runs that must not end with it", async () => {
    let asked = 0;
    await new Promise<void>((resolve) =>
      createPresence({
        idleMs: 5,
        isBusy: async () => {
          asked += 1;
          return asked < 4;
        },
        onIdle: resolve,
      }),
    );
    assert.equal(asked, 4);
  });

  it("stays for ever without a limit", () => {
    const presence = createPresence({
      idleMs: undefined,
      isBusy: async () => assert.fail("nobody asks"),
      onIdle: () => assert.fail("it ended"),
    });
    presence.enter()();
    presence.close();
  });
});
