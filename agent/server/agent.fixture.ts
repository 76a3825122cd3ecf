/**
 * A process of the tests that serves a project, as an agent does: DIRECTORY STATE-DIR. Says `ready`, or the
 * error as JSON; ends when its standard input does.
 */
import { writeSync } from "node:fs";
import { projectPaths } from "../../client/location.ts";
import { HotenvError } from "../../core/protocol/errors.ts";
import { serverOptions } from "./server.fixture.ts";
import { startServer } from "./server.ts";

const [directory = "", stateDir = ""] = process.argv.slice(2);
try {
  const server = await startServer(serverOptions(projectPaths(directory, { stateDir })));
  writeSync(1, "ready\n");
  process.stdin.resume().once("end", () => void server.close());
} catch (error) {
  if (!(error instanceof HotenvError)) throw error;
  writeSync(1, `${JSON.stringify({ code: error.code, message: error.message })}\n`);
}
