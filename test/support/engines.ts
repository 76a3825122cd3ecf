/**
 * The pairs of a Docker engine and a Compose that the suites run on. `machine` is what this machine's `docker` talks to; the
 * others are made by test/provision.sh in folders of their own, each engine in a network namespace of its own, so that
 * they and what they publish are in nobody's way.
 */
import { homedir } from "node:os";
import path from "node:path";
import type { Part } from "./suites.ts";

export const engineNames = ["machine", "docker28", "compose5"] as const;
export type EngineName = (typeof engineNames)[number];

export interface Engine {
  readonly name: EngineName;
  /** What test/provision.sh is asked for. */
  readonly part: Part;
  /** A command that reaches this engine, and the ports that its containers publish, as an argument list to spawn. */
  within(command: readonly string[]): readonly string[];
  /** What finds the engine and the Compose plugin, on top of the usual environment. */
  readonly environment: Readonly<Record<string, string>>;
}

const folder = path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), ".cache"), "hotenv-test/engines");

/** @param composeOf whose Compose plugin it is */
function docker28(name: EngineName, composeOf: string): Engine {
  const own = path.join(folder, "docker28");
  return {
    name,
    part: name as Part,
    // `ip netns exec` would remount /sys, and hide the cgroups.
    within: (command) => ["nsenter", "--net=/var/run/netns/hotenv-docker28", "--", ...command],
    environment: {
      DOCKER_HOST: `unix://${own}/docker.sock`,
      DOCKER_CONFIG: path.join(folder, composeOf, "config"),
      PATH: `${own}/bin${path.delimiter}${process.env.PATH ?? ""}`,
    },
  };
}

export const engines: Readonly<Record<EngineName, Engine>> = {
  machine: { name: "machine", part: "docker", within: (command) => command, environment: {} },
  docker28: docker28("docker28", "docker28"),
  compose5: docker28("compose5", "compose5"),
};

/** @param named HOTENV_ENGINE: names, separated by commas @throws where one of them is unknown */
export function enginesNamed(named: string): readonly Engine[] {
  return named.split(",").map((name) => {
    const known = engineNames.find((candidate) => candidate === name.trim());
    if (known === undefined)
      throw new Error(`HOTENV_ENGINE names ${name}; there are ${engineNames.join(", ")}.`);
    return engines[known];
  });
}
