// Says a greeting. Refuses to start with a REPEAT that makes no sense.
import { serve } from "./serve.mjs";

const { GREETING = "", REPEAT = "1" } = process.env;
const times = Number(REPEAT);
if (!(Number.isInteger(times) && times >= 1 && times <= 10)) {
  console.error(`REPEAT is ${REPEAT}, but must be a whole number from 1 to 10.`);
  process.exit(1);
}

serve("api", () => `${Array(times).fill(GREETING).join(" ")}\n`);
