// The plainest watcher: `debounce-process.ts DIR` says so when DIR has been quiet for 50 ms after a write.
import { watch } from "node:fs";

const quietMs = 50;
const [directory = "."] = process.argv.slice(2);
let timer: NodeJS.Timeout | undefined;

watch(directory, () => {
  clearTimeout(timer);
  timer = setTimeout(() => process.send?.("written"), quietMs);
});
process.send?.("ready");
