/**
 * A process of the tests that writes: DATABASE KEY COUNT TAG SECRET. Says each revision on a line of
 * its own once it is acknowledged, with its journal entry; what it cannot do, it says as JSON.
 */
import { writeSync } from "node:fs";
import { HotenvError } from "../../core/protocol/errors.ts";
import { draftOf, rolloutOf, snapshotWith } from "./history.fixture.ts";
import { openHistory } from "./history.ts";

const [database = "", key = "", count = "0", tag = "", secret = ""] = process.argv.slice(2);

function write(): void {
  const history = openHistory({ database, key });
  for (let i = 0; i < Number(count); i++) {
    const snapshot = snapshotWith(`PASS=${secret}\nA=${tag}-${i}\n`);
    history.putSnapshot(snapshot);
    const { revision } = history.begin(
      draftOf(snapshot, {
        reason: `${tag}-${i} ${secret}`,
        model: JSON.stringify({ environment: { PASS: secret, i } }),
        rollout: { ...rolloutOf(i), reason: secret, log: [secret] },
        change: {
          severity: "critical",
          entries: [
            {
              kind: "added",
              source: ".env",
              role: "env",
              key: secret,
              severity: "critical",
              sensitive: true,
              after: secret,
            },
          ],
        },
      }),
    );
    history.intend(revision, 0, {
      phase: 0,
      service: "api",
      operation: { kind: "create", environment: { PASS: secret } },
      cleanup: false,
    });
    history.observed(snapshot.id);
    history.keep("note", secret);
    history.audit({ who: "Ada", client: "cli", what: "apply", detail: secret });
    if (i % 3 === 0)
      history.conclude(revision, { verdict: "applied", rollout: { ...rolloutOf(i), log: [secret] } });
    writeSync(1, `${revision} ${tag}-${i}\n`);
  }
  history.close();
}

try {
  write();
} catch (error) {
  if (!(error instanceof HotenvError)) throw error;
  writeSync(1, `${JSON.stringify({ code: error.code, message: error.message, todo: error.todo })}\n`);
  process.exitCode = 1;
}
