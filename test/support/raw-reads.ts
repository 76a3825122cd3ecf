/**
 * What `docker run --env-file` makes of files. The docker CLI reads them itself and sends the result to
 * the engine; here an engine listens that only writes down what it is sent.
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { markOf, onPath, remembered } from "./remembered.ts";

const run = promisify(execFile);

export type RawReading = readonly string[] | "refused";

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** @returns for each file its `KEY=value` lines, in order, or that the CLI refuses it */
export async function rawReads(
  files: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<readonly RawReading[]> {
  const directory = await mkdtemp(join(tmpdir(), "hotenv-raw-"));
  const socket = join(directory, "engine.sock");
  let sent: readonly string[] | undefined;
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      response.setHeader("Api-Version", "1.41").setHeader("Content-Type", "application/json");
      if (!request.url?.includes("/containers/create")) return response.end("OK");
      sent = (JSON.parse(body) as { Env: string[] | null }).Env ?? [];
      return response.writeHead(201).end(JSON.stringify({ Id: "x", Warnings: [] }));
    });
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  try {
    const mark = await markOf(await onPath("docker"));
    const readings: RawReading[] = [];
    const file = join(directory, "raw.env");
    const ask = async (text: string): Promise<RawReading> => {
      await writeFile(file, text);
      sent = undefined;
      try {
        const args = ["-H", `unix://${socket}`, "create", "--env-file", file, "image"];
        await run("docker", args, { env: { PATH: process.env.PATH, HOME: directory, ...environment } });
        return sent ?? [];
      } catch (error) {
        // Whatever reached the engine was read; else the CLI gave up over the file.
        if (!(error instanceof Error) || !("stderr" in error) || sent !== undefined) throw error;
        if (!/invalid|no variable name|contains whitespaces|too long|utf8/i.test(String(error.stderr)))
          throw error;
        return "refused";
      }
    };
    for (const text of files)
      readings.push(await remembered(["docker create --env-file", mark, environment, text], () => ask(text)));
    return readings;
  } finally {
    server.close();
    server.closeAllConnections();
    await rm(directory, { recursive: true });
  }
}
