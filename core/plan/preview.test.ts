import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { analyseProject, type StaticProject } from "../compose/static.ts";
import { lookupIn } from "../interpolate/fill.ts";
import { isSensitiveName } from "../schema/sensitive.ts";
import { readBrief } from "../settings/brief.ts";
import { actionsText } from "./lens-text.ts";
import { type Preview, previewEdit } from "./preview.ts";

const compose = `services:
  db:
    image: db:\${DB_TAG:-1}
  api:
    image: api
    environment: { URL: 'db://\${PASSWORD}@db', MODE: '\${MODE:-quick}' }
    depends_on: { db: { condition: service_started, restart: true } }
  worker:
    image: worker
    env_file: worker.env
  web:
    image: web
    volumes: ['./web.conf:/etc/web.conf:ro']
`;
const saved: Readonly<Record<string, string>> = {
  ".env": "DB_TAG=1\nPASSWORD=one-secret\nMODE=\nNOTE=a\n",
  "worker.env": "QUEUE=a\n",
  "web.conf": "listen 80\n",
  "compose.yaml": compose,
  "hotenv.yaml": "services: { web: { reload: { signal: SIGHUP } } }\n",
};

const analyse = (files: Readonly<Record<string, string>>): StaticProject =>
  analyseProject({ directory: "/work/shop", shell: () => undefined, read: lookupIn(files) });

function preview(edits: Readonly<Record<string, string>>): Preview {
  const edited = Object.entries(edits).map(([path, after]) => ({ path, before: saved[path], after }));
  return previewEdit(analyse(saved), analyse({ ...saved, ...edits }), edited, {
    isSensitive: isSensitiveName,
    settings: readBrief(saved["hotenv.yaml"]),
  });
}

const lines = ({ lines: all }: Preview): string[] =>
  all.map(
    ({ path, line, entry, impacts, reaches }) =>
      `${path}:${line + 1} ${entry.key ?? "file"}: ${actionsText(impacts) || (reaches ? "no difference" : "nothing")}`,
  );

describe("the preview of an unsaved edit", () => {
  it("says for each changed line what it takes part in, and nothing about the others", () => {
    const edited = preview({ ".env": "# a note\nDB_TAG=2\nPASSWORD=one-secret\nMODE=quick\nNOTE=b\n" });
    assert.deepEqual(lines(edited), [
      ".env:2 DB_TAG: recreates db · restarts api",
      ".env:4 MODE: no difference",
      ".env:5 NOTE: nothing",
    ]);
    assert.deepEqual(
      edited.phases.map((phase) => phase.map(({ service, action }) => `${service} ${action}`)),
      [["db recreate"], ["api restart"]],
    );
  });

  it("keeps apart what two keys do", () => {
    const edited = preview({ ".env": "DB_TAG=2\nPASSWORD=another-one\nMODE=\nNOTE=a\n" });
    assert.deepEqual(lines(edited), [
      ".env:1 DB_TAG: recreates db · restarts api",
      ".env:2 PASSWORD: recreates api",
    ]);
  });

  it("puts a removed key where it stood, and a repeated one where it counts", () => {
    assert.deepEqual(lines(preview({ ".env": "DB_TAG=1\nMODE=\nNOTE=a\n" })), [
      ".env:2 PASSWORD: recreates api",
    ]);
    assert.deepEqual(lines(preview({ ".env": `${saved[".env"]}DB_TAG=3\n` })), [
      ".env:5 DB_TAG: recreates db · restarts api",
    ]);
  });

  it("knows the keys of an env_file, and files that services mount", () => {
    assert.deepEqual(lines(preview({ "worker.env": "QUEUE=b\n" })), ["worker.env:1 QUEUE: recreates worker"]);
    assert.deepEqual(lines(preview({ "web.conf": "listen 81\n" })), ["web.conf:1 file: reloads web"]);
  });

  it("reads an env_file raw where its services do: quotes and # are part of the value, $ refers to nothing", () => {
    const files = {
      ".env": "NAME=x\n",
      "compose.yaml": "services: { a: { image: a, env_file: [{ path: raw.env, format: raw }] } }\n",
      "raw.env": "# a note\nQ='a b' # $NAME\n",
    };
    const edit = (text: string): Preview =>
      previewEdit(
        analyse(files),
        analyse({ ...files, "raw.env": text }),
        [{ path: "raw.env", before: files["raw.env"], after: text }],
        { isSensitive: isSensitiveName, settings: readBrief("") },
      );
    const edited = edit("# a note\nQ='a b' # ${NAME}\n");
    assert.deepEqual(lines(edited), ["raw.env:2 Q: recreates a"]);
    assert.deepEqual(
      edited.change.entries.map(({ before, after }) => [before, after]),
      [["'a b' # $NAME", "'a b' # ${NAME}"]],
    );
    assert.deepEqual(lines(edit("# another\nQ='a b' # $NAME\n")), []);
    // As Compose's own dialect, this line would end in the next one's quote.
    assert.deepEqual(lines(edit("# a note\nQ='a b\nR=c'\n")), [
      "raw.env:2 Q: recreates a",
      "raw.env:3 R: recreates a",
    ]);
  });

  it("shows no secret", () => {
    const { change } = preview({ ".env": "DB_TAG=another-one\nPASSWORD=another-one\nMODE=\nNOTE=a\n" });
    const shown = JSON.stringify(change);
    assert(!shown.includes("another-one") && !shown.includes("one-secret"), shown);
  });

  it("finds nothing in an edit of comments and blanks", () => {
    const { phases, lines: none } = preview({ ".env": `# Now with a comment\n\n${saved[".env"]}` });
    assert.deepEqual([phases, none], [[], []]);
  });
});

describe("what stands over a line", () => {
  const edited = preview({ ".env": "DB_TAG=2\nPASSWORD=one-secret\nMODE=\nNOTE=a\n" });
  const impacts = edited.phases.flat();
  it("adds up phases, and takes the slowest of each", () => {
    const expected = (service: string) => ({ ms: service === "db" ? 1_500 : 300, count: 3 });
    assert.equal(
      actionsText(impacts, { expected }),
      "recreates db (about 1.5 s) · restarts api (about 300 ms)",
    );
    const recreated = impacts.map((impact) => ({ ...impact, action: "recreate" as const }));
    assert.equal(actionsText(recreated, { expected }), "recreates db, api (about 1.5 s)");
    const phaseOf = (service: string) => (service === "db" ? 0 : 1);
    assert.equal(actionsText(recreated, { expected, phaseOf }), "recreates db, api (about 1.8 s)");
  });
  it("promises no time where one of them is unknown", () => {
    const recreated = impacts.map((impact) => ({ ...impact, action: "recreate" as const }));
    const expected = (service: string) => (service === "db" ? { ms: 1_500, count: 3 } : undefined);
    assert.equal(actionsText(recreated, { expected }), "recreates db, api");
  });
  it("names what stays stopped", () => {
    assert.equal(
      actionsText(impacts, { isDown: (service) => service === "db" }),
      "restarts api · db is not running",
    );
  });
});
