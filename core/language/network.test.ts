import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { contextOf } from "../../test/support/marked.ts";
import { analyseProject } from "../compose/static.ts";
import { parseDotenv } from "../dotenv/document.ts";
import { evaluate } from "../dotenv/evaluate.ts";
import { publishedIn } from "./compose-ports.ts";
import type { LanguageContext } from "./context.ts";
import { asksNetwork, networkFindings, networkQuestions } from "./network.ts";

const compose =
  "services:\n  db: { ports: ['$DB_PORT:5432', '127.0.0.1:${UDP}:53/udp', '80:80'] }\n  web: { ports: ['127.0.0.1:$WEB_PORT:80'] }\n";
const project = analyseProject({
  directory: "/p",
  shell: () => undefined,
  read: (path) => (path === "compose.yaml" ? compose : undefined),
});
const asking: LanguageContext = {
  ...contextOf(),
  levels: { "port-in-use": "warning", "unknown-host": "warning" },
};
const text =
  "DB_PORT=5432\nWEB_PORT=8080\nUDP=53\nDB_URL=postgres://u:pw@db:5432/x\nAPI_PASSWORD_URL=https://u:hunter2@api.shop.org/\nMAIL_HOST=mail.shop.org\nHOST=0.0.0.0\nREDIS=redis://localhost\n";
const evaluation = evaluate(parseDotenv(text), () => undefined);
const questions = (context: LanguageContext, ...running: string[]) =>
  networkQuestions(evaluation, context, publishedIn([compose]), project, new Set(running));

describe("what the network is asked of a file", () => {
  it("are the ports that its values publish, but those of services that have them", () => {
    assert.deepEqual(questions(asking).ports, [
      { service: "db", port: 5432, address: "", names: ["DB_PORT"] },
      { service: "web", port: 8080, address: "127.0.0.1", names: ["WEB_PORT"] },
    ]);
    assert.deepEqual(
      questions(asking, "db").ports.map(({ service }) => service),
      ["web"],
    );
  });

  it("are the hosts that are neither a service nor this machine", () => {
    assert.deepEqual(questions(asking).hosts, [
      { key: "API_PASSWORD_URL", host: "api.shop.org" },
      { key: "MAIL_HOST", host: "mail.shop.org" },
    ]);
  });

  it("is nothing where no setting asks for it", () => {
    assert.deepEqual(questions(contextOf()), { ports: [], hosts: [] });
    assert.equal(asksNetwork(contextOf()), false);
  });

  it("is told at the values, and of no secret", () => {
    const { ports, hosts } = questions(asking);
    const found = networkFindings(evaluation, asking, ports, hosts);
    assert.deepEqual(
      found.map(({ code, range }) => `${code} ${text.slice(range.start, range.end)}`),
      [
        "port-in-use 5432",
        "port-in-use 8080",
        "unknown-host https://u:hunter2@api.shop.org/",
        "unknown-host mail.shop.org",
      ],
    );
    assert.doesNotMatch(found.map(({ message }) => message).join(), /hunter2|api\.shop/);
  });
});
