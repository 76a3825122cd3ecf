// Runs one benchmark and hands its lines to the runner that started this process: `group-process.ts NAME SCALE`.
import { groups } from "./groups.ts";

const [name, scale] = process.argv.slice(2);
const group = groups.find((candidate) => candidate.name === name);
if (group === undefined || (scale !== "smoke" && scale !== "full"))
  throw new Error(`There is no benchmark ${name} of scale ${scale}.`);
if (process.send === undefined)
  throw new Error("It is started by test/bench/run.ts, which waits for its lines.");

const lines = await (await group.load())(scale);
process.send({ lines }, () => process.disconnect());
