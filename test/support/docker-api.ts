/** Docker's API, at the engine that the tests run on. */
import Docker from "dockerode";

/** By DOCKER_HOST, as docker-modem reads it; else the default socket. */
export const dockerApi = (): Docker => new Docker();
