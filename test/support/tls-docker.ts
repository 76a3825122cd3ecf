/** The engine in use behind TLS: a listener that asks for certificates, and passes what comes on to the engine's socket. */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createServer } from "node:tls";
import { promisify } from "node:util";

export interface TlsDocker extends AsyncDisposable {
  /** For DOCKER_HOST. */
  readonly host: string;
  /** Of ca.pem, cert.pem and key.pem that fit; and of some that another authority made. */
  readonly certificates: string;
  readonly others: string;
}

/** @param socket the engine's */
export async function tlsDocker(socket: string): Promise<TlsDocker> {
  const directory = await mkdtemp(path.join(tmpdir(), "hotenv-tls-"));
  const [certificates, others] = await Promise.all(
    ["ours", "others"].map((name) => authority(path.join(directory, name))),
  );
  const read = (name: string) => readFile(path.join(certificates ?? "", name));
  const server = createServer(
    {
      ca: await read("ca.pem"),
      cert: await read("server.pem"),
      key: await read("server-key.pem"),
      requestCert: true,
      rejectUnauthorized: true,
    },
    (client) => {
      // One side that ends only what it says may still be answered, as dockerd does.
      const engine = connect({ path: socket, allowHalfOpen: true });
      client.allowHalfOpen = true;
      client.pipe(engine).pipe(client);
      for (const [one, other] of [
        [client, engine],
        [engine, client],
      ] as const)
        one.on("error", () => other.destroy()).on("close", () => other.destroy());
    },
  ).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    host: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    certificates: certificates ?? "",
    others: others ?? "",
    async [Symbol.asyncDispose]() {
      server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

const openssl = (cwd: string, ...args: readonly string[]) =>
  promisify(execFile)("openssl", [...args], { cwd });

const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

/** A certificate authority, a server's certificate and a client's, under the names that Docker knows. @returns the directory */
async function authority(directory: string): Promise<string> {
  await mkdir(directory);
  const own = ["-keyout", "ca-key.pem", "-out", "ca.pem", "-subj", "/CN=hotenv test", "-days", "2"];
  await openssl(directory, "req", "-x509", ...newKey, ...own);
  await writeFile(path.join(directory, "names"), "subjectAltName=IP:127.0.0.1,DNS:localhost\n");
  for (const name of ["server", "client"]) {
    const request = ["-keyout", `${name}-key.pem`, "-out", `${name}.csr`, "-subj", `/CN=${name}`];
    await openssl(directory, "req", ...newKey, ...request);
    const by = [
      "-CA",
      "ca.pem",
      "-CAkey",
      "ca-key.pem",
      "-CAcreateserial",
      "-days",
      "2",
      "-extfile",
      "names",
    ];
    await openssl(directory, "x509", "-req", "-in", `${name}.csr`, ...by, "-out", `${name}.pem`);
  }
  await rename(path.join(directory, "client.pem"), path.join(directory, "cert.pem"));
  await rename(path.join(directory, "client-key.pem"), path.join(directory, "key.pem"));
  return directory;
}
