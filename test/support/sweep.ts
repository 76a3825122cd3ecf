/** A process of its own: which engine it sweeps, its environment says. */
import { sweepLeftovers } from "./docker.ts";

await sweepLeftovers();
