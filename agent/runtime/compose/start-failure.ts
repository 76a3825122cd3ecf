/** Why Docker did not start a container: whether a port that it publishes is taken, and by whom. */
import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import type Docker from "dockerode";
import * as z from "zod";
import { HotenvError } from "../../../core/protocol/errors.ts";
import type { DialAgent } from "./dial-agent.ts";
import { dockerError, statusOf } from "./docker-error.ts";
import { isPodman } from "./podman.ts";

const inspectedSchema = z.looseObject({
  Id: z.string(),
  HostConfig: z.looseObject({
    PortBindings: z
      .record(z.string(), z.array(z.looseObject({ HostIp: z.string(), HostPort: z.string() })).nullable())
      .nullish(),
  }),
});
const listedSchema = z.array(
  z.looseObject({
    Id: z.string(),
    Names: z.array(z.string()),
    Ports: z
      .array(
        z.looseObject({ IP: z.string().optional(), PublicPort: z.number().optional(), Type: z.string() }),
      )
      .nullish(),
  }),
);

type Bindings = z.infer<typeof inspectedSchema>["HostConfig"]["PortBindings"];
type Listed = z.infer<typeof listedSchema>[number];

/** A port of the host that a container is to have. */
export interface WantedPort {
  /** Blank: every address. */
  readonly address: string;
  readonly port: number;
  readonly protocol: string;
}

/** Of a range Docker takes what is free, and where none is named, any: those are left out. Pure. */
export function wantedPorts(bindings: Bindings): WantedPort[] {
  return Object.entries(bindings ?? {}).flatMap(([inside, hosts]) =>
    (hosts ?? []).flatMap(({ HostIp: address, HostPort: written }) => {
      const port = /^\d+$/.test(written) ? Number(written) : 0;
      return port === 0 ? [] : [{ address, port, protocol: inside.split("/")[1] ?? "tcp" }];
    }),
  );
}

const isEvery = (address: string) => ["", "0.0.0.0", "::"].includes(address);

/** The name of the container that has the port. Pure. */
export function holderOf(
  { address, port, protocol }: WantedPort,
  others: readonly Listed[],
): string | undefined {
  const holder = others.find(({ Ports }) =>
    Ports?.some(
      ({ IP = "", PublicPort, Type }) =>
        PublicPort === port && Type === protocol && (IP === address || isEvery(IP) || isEvery(address)),
    ),
  );
  // A linked container has several names; its own has one slash.
  const name = holder?.Names.find((one) => one.lastIndexOf("/") === 0) ?? holder?.Names[0];
  return name?.replace(/^\//, "");
}

/**
 * @param id of the container, or its name
 * @param error what Docker answered: of that only its own words are shown, and only where no port is taken
 */
export async function explainStart(
  docker: Docker,
  id: string,
  error: unknown,
  what = "Docker did not start the container",
): Promise<HotenvError> {
  const known = dockerError(what, error);
  // No answer of Docker's: there is nobody to ask.
  if (statusOf(error) === undefined) return known;
  try {
    const { Id, HostConfig } = inspectedSchema.parse(await docker.getContainer(id).inspect());
    // Podman itself keeps the ports of what it could not start, until that is removed.
    const isTried = isLocal(docker) && !(await isPodman(docker));
    const wanted = wantedPorts(HostConfig.PortBindings);
    if (wanted.length === 0) return known;
    const others = listedSchema.parse(await docker.listContainers()).filter((one) => one.Id !== Id);
    for (const port of wanted) {
      const holder = holderOf(port, others);
      if (holder === undefined && !(isTried && (await isTaken(port)))) continue;
      const by = holder === undefined ? "another program" : `the container ${holder}`;
      return new HotenvError("docker-failed", `${what}: port ${port.port} is taken by ${by}.`, {
        todo: "Choose another port, or stop what listens on it.",
        cause: error,
      });
    }
  } catch {
    // Gone, or Docker is: what it said first is what there is to say.
  }
  return known;
}

/** Whether its ports are this machine's, as far as the endpoint tells. */
const isLocal = ({ modem }: Docker) => (modem as { readonly agent?: DialAgent }).agent?.isLocal ?? true;

/** Tries it. Where this user may not, or there is no such address here, nobody knows. */
async function isTaken({ address, port, protocol }: WantedPort): Promise<boolean> {
  const addresses = isEvery(address) ? ["0.0.0.0", "::"] : [address];
  for (const one of addresses)
    if (
      (await errorOf(protocol === "udp" ? bindDatagram(one, port) : bindStream(one, port))) === "EADDRINUSE"
    )
      return true;
  return false;
}

const errorOf = (attempt: Promise<void>): Promise<string | undefined> =>
  attempt.then(
    () => undefined,
    (error: NodeJS.ErrnoException) => error.code,
  );

function bindStream(host: string, port: number): Promise<void> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port, ipv6Only: true, exclusive: true }, () => server.close(() => resolve()));
  });
}

function bindDatagram(address: string, port: number): Promise<void> {
  const socket = createSocket({
    type: address.includes(":") ? "udp6" : "udp4",
    ipv6Only: address.includes(":"),
  });
  return new Promise((resolve, reject) => {
    socket.once("error", (error) => socket.close(() => reject(error)));
    socket.bind({ address, port, exclusive: true }, () => socket.close(() => resolve()));
  });
}
