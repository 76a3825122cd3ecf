/** Docker over TCP, encrypted: both sides show a certificate. */
import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import type { ConnectionOptions } from "node:tls";
import { HotenvError } from "../../../core/protocol/errors.ts";
import { DialAgent, isLoopback } from "./dial-agent.ts";
import type { TlsFiles } from "./engine.ts";

interface Place {
  readonly host: string;
  readonly port: number;
}

/** @throws HotenvError docker-unreachable where a certificate cannot be read */
export async function tlsAgent(place: Place, files: TlsFiles): Promise<DialAgent> {
  const [ca, cert, key] = await Promise.all([
    files.verify ? pem(files, "ca.pem") : undefined,
    // An engine may not ask who comes.
    optional(pem(files, "cert.pem")),
    optional(pem(files, "key.pem")),
  ]);
  // Loaded for those that need it: it is 4 MB of an agent's memory.
  const { connect } = await import("node:tls");
  const options: ConnectionOptions = {
    ...place,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined || key === undefined ? {} : { cert, key }),
    ...(isIP(place.host) === 0 ? { servername: place.host } : {}),
    rejectUnauthorized: files.verify,
  };
  return new TlsAgent(isLoopback(place.host), () => connect(options));
}

class TlsAgent extends DialAgent {
  readonly isLocal: boolean;
  readonly #connect: () => Duplex;

  constructor(isLocal: boolean, connect: () => Duplex) {
    super({ keepAlive: true });
    this.isLocal = isLocal;
    this.#connect = connect;
  }

  dial(): Duplex {
    return this.#connect();
  }
}

async function pem({ directory }: TlsFiles, name: string): Promise<Buffer> {
  const file = join(directory, name);
  try {
    return await readFile(file);
  } catch (cause) {
    const todo = "Set DOCKER_CERT_PATH to the folder of ca.pem, cert.pem and key.pem.";
    throw new HotenvError("docker-unreachable", "A certificate for Docker cannot be read.", {
      location: { file },
      todo,
      cause,
    });
  }
}

const optional = (file: Promise<Buffer>): Promise<Buffer | undefined> =>
  file.catch((error: HotenvError) => {
    if ((error.cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  });
