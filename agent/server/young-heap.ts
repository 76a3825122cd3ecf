/** How much memory V8 keeps for what lives shortly: little, and so an agent gives back what a burst has taken. */
import { setFlagsFromString } from "node:v8";

/**
 * What an agent allocates is short-lived and little at a time. After a burst V8 would keep up to three times 16 MB for
 * the next one. A flag of the running process: an agent that a person starts has no arguments of Node's. To be called
 * early, because what the young heap has grown to by then stays.
 */
export function keepYoungHeapSmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
}
