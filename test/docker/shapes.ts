/** Services of many shapes in one Compose project: each is a way in which a container can be made wrongly. */

import { parse, stringify } from "yaml";

type Service = Readonly<Record<string, unknown>>;

/** Shape -> what the service says beyond being idle, and gone at once when it is stopped. */
const shapes: Readonly<Record<string, string>> = {
  plain: "",
  ports: `ports: ["127.0.0.1:0:8080", "127.0.0.1::9000/udp"]`,
  "port-range": `ports: [{ target: 7000, published: "41200-41205", host_ip: 127.0.0.1 }]\nexpose: ["7001"]`,
  named: `container_name: "\${COMPOSE_PROJECT_NAME}-by-name"`,
  "static-address": `networks: { fixed: { ipv4_address: 10.231.7.20 } }`,
  aliases: `networks: { default: { aliases: [other, another] } }`,
  "several-networks": `networks: { default: { priority: 10 }, back: { aliases: [behind] }, fixed: {} }`,
  "anonymous-volume": `volumes: ["/data"]`,
  "named-volume": `volumes: ["data:/data", "data:/again:ro"]`,
  "bind-mount": `volumes: ["./mounted:/mounted:ro", "./one.txt:/one.txt"]`,
  "long-mounts": `volumes:
  - { type: volume, source: data, target: /d, volume: { nocopy: true } }
  - { type: tmpfs, target: /scratch, tmpfs: { size: 1048576 } }
  - { type: bind, source: ./mounted, target: /m, bind: { propagation: rprivate } }`,
  tmpfs: `tmpfs: ["/run", "/cache:size=1m"]`,
  ulimits: `ulimits: { nofile: { soft: 512, hard: 1024 }, nproc: 128 }`,
  sysctls: `sysctls: { net.ipv4.ip_unprivileged_port_start: 0 }`,
  capabilities: `cap_add: [NET_ADMIN]\ncap_drop: [MKNOD]`,
  devices: `devices: ["/dev/null:/dev/nothing:r"]`,
  hosts: `extra_hosts: ["far:10.0.0.1", "near=127.0.0.1"]`,
  dns: `dns: [10.0.0.2]\ndns_search: [example.test]\ndns_opt: ["ndots:2"]`,
  labels: `labels: { a.b: "c", from.env: "\${VALUE}" }\nannotations: { d: e }`,
  "env-file": `env_file: [more.env]`,
  user: `user: "1000:1000"\ngroup_add: ["2000"]`,
  "working-directory": `working_dir: /tmp`,
  entrypoint: `entrypoint: ["sh", "-c"]\ncommand: ["sleep 86400"]`,
  terminal: `tty: true\nstdin_open: true`,
  init: `init: true`,
  "read-only": `read_only: true`,
  shm: `shm_size: 16m`,
  "restart-always": `restart: always`,
  "restart-on-failure": `restart: "on-failure:3"`,
  "restart-unless-stopped": `restart: unless-stopped`,
  health: `healthcheck: { test: ["CMD", "true"], interval: 1s, timeout: 2s, retries: 2, start_period: 1s }`,
  "health-shell": `healthcheck: { test: "test -n \\"$$VALUE\\"", interval: 1s }`,
  "health-disabled": `healthcheck: { disable: true }`,
  logging: `logging: { driver: json-file, options: { max-size: 1m, max-file: "2" } }`,
  grace: `stop_signal: SIGUSR1\nstop_grace_period: 1s`,
  "host-network": `network_mode: host`,
  "no-network": `network_mode: none`,
  "bridge-network": `network_mode: bridge`,
  sidecar: `network_mode: service:plain`,
  "ipc-owner": `ipc: shareable`,
  "ipc-sharer": `ipc: service:ipc-owner`,
  "pid-sharer": `pid: service:init`,
  "pid-host": `pid: host`,
  config: `configs: [{ source: text, target: /etc/text }]\nsecrets: [token]`,
  replicas: `deploy: { replicas: 2 }`,
  "start-first": `deploy: { replicas: 2, update_config: { order: start-first } }\nvolumes: ["/data"]`,
  scaled: `labels: { scaled: by-hand }`,
  linked: `links: ["plain:friend"]`,
  "volumes-from": `volumes_from: ["anonymous-volume:ro"]`,
  limits: `cpus: 0.5\nmem_limit: 64m\nmem_reservation: 32m\npids_limit: 50\noom_score_adj: 100`,
  "deploy-limits": `deploy: { resources: { limits: { cpus: "0.5", memory: 64M, pids: 40 }, reservations: { memory: 32M } } }`,
  profile: `profiles: [extra]`,
  hostname: `hostname: somebody\ndomainname: example.test`,
  "mac-address": `mac_address: 02:42:ac:11:00:99`,
  "depends-started": `depends_on: [plain]`,
  "depends-healthy": `depends_on: { "{SHAPE health}": { condition: service_healthy, restart: true } }`,
  extended: `extends: { file: common.yaml, service: common }`,
  security: `security_opt: ["no-new-privileges:true"]`,
  "dollar-sign": `command: ["sh", "-c", "x=$$HOME; sleep 86400"]`,
  userns: `userns_mode: host\ncgroup: host`,
};

/** What only newer Composes know, or only newer engines can: whoever runs both finds out which of them. */
const newerShapes: Readonly<Record<string, string>> = {
  "start-interval": `healthcheck: { test: ["CMD", "true"], interval: 2s, start_period: 5s, start_interval: 1s }`,
  "gateway-priority": `networks: { default: {}, back: { gw_priority: 5 } }`,
  "gateway-priority-alone": `networks: { default: { gw_priority: 5 } }`,
  "interface-name": `networks: { default: { interface_name: lan7 } }`,
  "network-mac-address": `networks: { default: { mac_address: "02:42:ac:11:00:77" } }`,
  "endpoint-options": `networks: { default: { driver_opts: { com.docker.network.endpoint.sysctls: net.ipv4.conf.IFNAME.log_martians=1 } } }`,
  "image-mount": `volumes: [{ type: image, source: "\${IMAGE}", target: /image }]`,
  "bind-recursive": `volumes: [{ type: bind, source: ./mounted, target: /m, bind: { recursive: disabled } }]`,
  "tmpfs-mode": `volumes: [{ type: tmpfs, target: /scratch, tmpfs: { mode: 01777 } }]`,
  "not-attached": `attach: false`,
  "label-file": `label_file: [more.labels]`,
  "raw-env-file": `env_file: [{ path: more.env, format: raw }]`,
  "pulled-daily": `pull_policy: daily`,
  "uts-host": `uts: host`,
  "config-text": `configs: [{ source: text, target: /etc/text, mode: 0440 }]`,
};
export const newerShapeNames: readonly string[] = Object.keys(newerShapes);

/** @param names of newer shapes, one service each */
export const newerShapeFiles = (
  image: string,
  names: readonly string[],
): Readonly<Record<string, string>> => ({
  "compose.yaml": stringify({
    services: Object.fromEntries(
      names.map((name) => [
        name,
        {
          image,
          command: ["sleep", "86400"],
          stop_signal: "SIGKILL",
          environment: { VALUE: "${VALUE}" },
          ...(parse(newerShapes[name] ?? "") as Service),
        },
      ]),
    ),
    networks: { back: {} },
    configs: { text: { content: "at ${VALUE}" } },
  }),
  ".env": `VALUE=one\nIMAGE=${image}\n`,
  "more.env": "MORE=1\nQUOTED='x'\n",
  "more.labels": "from.file=1\n",
  "mounted/.keep": "",
});

export const shapeNames: readonly string[] = Object.keys(shapes);

/** Those that name another service. */
const tied = new Set([
  "sidecar",
  "ipc-sharer",
  "pid-sharer",
  "linked",
  "volumes-from",
  "depends-started",
  "depends-healthy",
]);
/** Those that must be known by their own names, or that would hide what the others show. */
const alone = new Set([
  "anonymous-volume",
  "deploy-limits",
  "scaled",
  "replicas",
  "host-network",
  "no-network",
  "bridge-network",
  ...tied,
]);

/** Several shapes in one service where they do not contradict each other: the name of the first, what all say. */
function packed(): Map<string, Service> {
  const services = new Map<string, Service>();
  for (const [name, text] of Object.entries(shapes)) {
    const said = (parse(text) ?? {}) as Service;
    const room = [...services].find(
      ([host, service]) => !alone.has(host) && Object.keys(said).every((key) => !(key in service)),
    );
    if (room === undefined || alone.has(name)) services.set(name, said);
    else services.set(room[0], { ...room[1], ...said });
  }
  return services;
}

/** In which service a shape is. */
function hostOf(services: ReadonlyMap<string, Service>, shape: string): string {
  if (services.has(shape)) return shape;
  const keys = Object.entries(parse(shapes[shape] ?? "") as Service);
  const found = [...services].find(
    ([host, service]) => !alone.has(host) && keys.every(([key, value]) => same(service[key], value)),
  );
  if (found === undefined) throw new Error(`No service has the shape ${shape}.`);
  return found[0];
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** @param each every shape has a service of its own: slower, and says better which one is wrong */
export function shapeFiles(image: string, each: boolean): Readonly<Record<string, string>> {
  const chosen = each
    ? new Map(Object.entries(shapes).map(([name, text]) => [name, (parse(text) ?? {}) as Service]))
    : packed();
  const named = (text: string) =>
    text
      .replace(/service:(plain|ipc-owner|init)/g, (_, shape: string) => `service:${hostOf(chosen, shape)}`)
      .replace("{SHAPE health}", hostOf(chosen, "health"));
  const services = Object.fromEntries(
    [...chosen].map(([name, said]) => [
      name,
      {
        image,
        command: ["sleep", "86400"],
        stop_signal: "SIGKILL",
        environment: { VALUE: "${VALUE}" },
        ...said,
      },
    ]),
  );
  const compose = stringify({
    services,
    networks: {
      back: { internal: true },
      fixed: { ipam: { config: [{ subnet: "10.231.7.0/24" }] } },
    },
    volumes: { data: {} },
    configs: { text: { file: "./one.txt" } },
    secrets: { token: { file: "./token.txt" } },
  });
  return {
    ".env": "VALUE=one\nCOMPOSE_PROFILES=extra\n",
    "hotenv.yaml": "policy: { stability: 0s }\n",
    "more.env": "MORE=${VALUE}-more\n",
    "one.txt": "one\n",
    "token.txt": "secret\n",
    "mounted/file.txt": "file\n",
    "common.yaml": `services:\n  common:\n    annotations: { common: "yes" }\n    environment: { COMMON: "\${VALUE}" }\n`,
    "compose.yaml": named(compose),
  };
}
