// Keeps out of a bundle what a dependency loads but Hotenv never reaches: dockerode brings gRPC and protobuf for
// BuildKit sessions and ssh2 for ssh:// hosts, together larger than everything else in the agent; prom-client brings
// OpenTelemetry for exemplars, and what sums up the metrics of clusters. Of the manifest, the agent reads its version.
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Plugin } from "esbuild";

/** What is left out, and what the user is told who gets there after all. */
const leftOut: Readonly<Record<string, string>> = {
  "@grpc/grpc-js":
    "Hotenv builds images through the Compose command line, never in a BuildKit session of its own.",
  "@grpc/proto-loader":
    "Hotenv builds images through the Compose command line, never in a BuildKit session of its own.",
  "tar-fs": "Hotenv builds images through the Compose command line, and packs no build context itself.",
  "@balena/dockerignore":
    "Hotenv builds images through the Compose command line, and packs no build context itself.",
  protobufjs:
    "Hotenv builds images through the Compose command line, and does not read BuildKit's own messages.",
  ssh2: "Hotenv opens ssh:// connections to Docker through the ssh command (agent/runtime/compose/ssh.ts).",
};

/** Parts of prom-client, as its own index names them. */
const leftOutMetrics = /^(?:\.\/lib\/(?:cluster|defaultMetrics|pushgateway|summary)|@opentelemetry\/api)$/;
const metricsMessage = "Hotenv counts by itself, pushes nowhere and keeps no exemplars.";
const manifest = path.join(import.meta.dirname, "../package.json");

/**
 * A module that can be loaded and whose members can be named, as dependencies do when they load, but of which
 * nothing can be called or constructed.
 */
const absentModule = (message: string): string => `
  const refuse = () => { throw new Error(${JSON.stringify(message)}); };
  const absent = new Proxy(function () {}, { get: () => absent, apply: refuse, construct: refuse });
  module.exports = absent;
`;

/**
 * Modules of Node's that dependencies load for encrypted connections, which an agent on local sockets never makes:
 * loaded when one of their members is asked for. They are 4 MB of what an idle agent keeps in memory.
 */
const whenAsked = /^(?:https|tls)$/;
const lazyModule = (name: string): string => `
  let loaded;
  module.exports = new Proxy({}, { get: (_, member) => (loaded ??= require("node:${name}"))[member] });
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
      contents: absentModule(leftOut[path] ?? metricsMessage),
      loader: "js",
    }));
    build.onResolve({ filter: whenAsked }, ({ path, importer }) =>
      /node_modules[/\\](?:ws|docker-modem)[/\\]/.test(importer)
        ? { path, namespace: "when-asked" }
        : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: "when-asked" }, ({ path }) => ({
      contents: lazyModule(path),
      loader: "js",
    }));
    // The same streams, as a package for older Nodes.
    build.onResolve({ filter: /^readable-stream$/ }, () => ({ path: "node:stream", external: true }));
    build.onResolve({ filter: leftOutMetrics }, ({ path, importer }) =>
      /node_modules[/\\]prom-client[/\\]/.test(importer) ? { path, namespace: "left-out" } : undefined,
    );
    build.onLoad({ filter: /package\.json$/ }, ({ path: file }) => {
      if (file !== manifest) return undefined;
      const { version }: { readonly version: string } = JSON.parse(readFileSync(file, "utf8"));
      return { contents: JSON.stringify({ version }), loader: "json" };
    });
  },
};
