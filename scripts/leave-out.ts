// Keeps out of a bundle what a dependency loads but Hotenv never reaches: dockerode brings gRPC and protobuf for
// BuildKit sessions and ssh2 for ssh:// hosts, together larger than everything else in the agent.
import type { Plugin } from "esbuild";

/** What is left out, and what the user is told who gets there after all. */
const leftOut: Readonly<Record<string, string>> = {
  "@grpc/grpc-js":
    "Hotenv builds images through the Compose command line, never in a BuildKit session of its own.",
  "@grpc/proto-loader":
    "Hotenv builds images through the Compose command line, never in a BuildKit session of its own.",
  protobufjs:
    "Hotenv builds images through the Compose command line, and does not read BuildKit's own messages.",
  ssh2: "Hotenv does not open ssh:// connections to Docker: forward the engine's socket and set DOCKER_HOST to it.",
};

/**
 * A module that can be loaded and whose members can be named, as dependencies do when they load, but of which
 * nothing can be called or constructed.
 */
const absentModule = (message: string): string => `
  const refuse = () => { throw new Error(${JSON.stringify(message)}); };
  const absent = new Proxy(function () {}, { get: () => absent, apply: refuse, construct: refuse });
  module.exports = absent;
`;

export const leaveOut: Plugin = {
  name: "leave-out",
  setup(build) {
    const names = Object.keys(leftOut).map((name) => name.replaceAll("/", "\\/"));
    build.onResolve({ filter: new RegExp(`^(${names.join("|")})$`) }, ({ path }) => ({
      path,
      namespace: "left-out",
    }));
    build.onLoad({ filter: /.*/, namespace: "left-out" }, ({ path }) => ({
      contents: absentModule(leftOut[path] ?? path),
      loader: "js",
    }));
  },
};
