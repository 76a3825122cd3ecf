/** A listening HTTP or HTTPS server that gives nobody much time or room. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type Server, type ServerOptions } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { HotenvError } from "../../../core/protocol/errors.ts";
import { errnoOf } from "../../history/private-files.ts";
import type { Address } from "./address.ts";

export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

const limits: ServerOptions = {
  maxHeaderSize: 8 * 1024,
  headersTimeout: 5000,
  /** Head and body: bodies are small. */
  requestTimeout: 10_000,
  keepAliveTimeout: 5000,
  /** How soon those who are slow are found. */
  connectionsCheckingInterval: 1000,
};
const handshakeMs = 5000;
const maxConnections = 256;
const maxHeaders = 64;

function readPem(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new HotenvError(
      "file-unreadable",
      `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
      { todo: "Name a PEM file that your user may read.", location: { file } },
    );
  }
}

/** @throws file-unreadable, usage for files that are no certificate and key of it */
export function createWebServer(tls: TlsFiles | undefined): Server {
  const server = tls === undefined ? createServer(limits) : secureServer(tls);
  server.maxConnections = maxConnections;
  server.maxHeadersCount = maxHeaders;
  return server;
}

function secureServer({ cert, key }: TlsFiles): Server {
  const pems = { cert: readPem(cert), key: readPem(key) };
  try {
    return createTlsServer({ ...limits, ...pems, handshakeTimeout: handshakeMs });
  } catch (error) {
    throw new HotenvError(
      "usage",
      `${cert} and ${key} are no certificate with its key: ${error instanceof Error ? error.message : String(error)}.`,
      { todo: "Name PEM files: the certificate with its chain, and its private key without a passphrase." },
    );
  }
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program listens there",
  EACCES: "your user may not listen there",
  EADDRNOTAVAIL: "this machine does not have that address",
  ENOTFOUND: "nobody knows that name",
};

/**
 * @returns the port
 * @throws usage where the address cannot be had
 */
export async function listenAt(server: Server, { host, port }: Address): Promise<number> {
  try {
    server.listen(port, host);
    await once(server, "listening");
  } catch (error) {
    const why = reasons[errnoOf(error) ?? ""] ?? (error instanceof Error ? error.message : String(error));
    throw new HotenvError("usage", `HTTP cannot be served on ${host}, port ${port}: ${why}.`, {
      todo: "Name another address with --http, or port 0 for any that is free.",
      cause: error,
    });
  }
  const address = server.address();
  return address === null || typeof address === "string" ? port : address.port;
}
