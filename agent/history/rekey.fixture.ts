/** A process of the tests that changes the key of a history: DATABASE KEY. */
import { writeSync } from "node:fs";
import { openHistory } from "./history.ts";

const [database = "", key = ""] = process.argv.slice(2);
const history = openHistory({ database, key });
writeSync(1, "opened\n");
history.rekey();
writeSync(1, "changed\n");
history.close();
