/** An agent that can be killed: starts one service and then only waits. Arguments: options, model, port. */
import { ProcessRuntime } from "./process-runtime.ts";
import { never, perform, pidOf, stepOf } from "./runtime.fixture.ts";

const [options = "", model = ""] = process.argv.slice(2);
const runtime = await ProcessRuntime.open(JSON.parse(options));
const target = JSON.parse(model);
await perform(runtime, stepOf(target), "r1");
const verified = await runtime.verify(target.name, target, 0, never);
process.stdout.write(`${JSON.stringify({ pid: await pidOf(runtime, target.name), verified })}\n`);
setInterval(() => undefined, 60_000);
