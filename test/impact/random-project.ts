/**
 * Random Compose projects in which variables reach services in every way there is: values anywhere, names
 * alone, env files, secrets and configs, keys of Compose itself; through overrides, includes, extends, profiles.
 */
import { stringify } from "yaml";
import type { Random } from "./random.ts";

export type Files = ReadonlyMap<string, string>;

export interface RandomProject {
  readonly files: Files;
  readonly shell: Readonly<Record<string, string>>;
}

/** Names that stand in `.env`, in the env files, or nowhere. */
export const names = ["V0", "V1", "V2", "V3", "V4", "V5", "V6", "V7"] as const;
/** Always set, to a number. */
const portNames = ["P0", "P1"] as const;
export const includedNames = ["I0", "I1"] as const;

type Fields = Record<string, unknown>;

/** A value with or without references, as it stands in a compose file. */
function template(random: Random): string {
  const name = random.pick(names);
  const other = random.pick(names);
  return random.pick([
    `\${${name}}`,
    `$${name}`,
    `pre-\${${name}}-post`,
    `\${${name}:-default}`,
    `\${${name}-default}`,
    `\${${name}:+set}`,
    `\${${name}+set}`,
    `\${${name}:-\${${other}}}`,
    `\${${name}:+x\${${other}:-y}}`,
    `\${${name}}/\${${other}}`,
    `$$${name}`,
    "fixed",
    "fixed",
    "fixed",
  ]);
}

/** Plain characters only: what becomes part of a path, a name or an address must be valid. */
const word = (random: Random) =>
  random.pick([`w\${${random.pick(names)}:-x}`, `w\${${random.pick(names)}}`, "word", "word"]);

/** A list of `KEY=value` or a map. */
function keyed(random: Random, keys: readonly string[], bare: boolean): unknown {
  const chosen = random.some(keys, 0.4);
  const asList = random.chance(0.5);
  const entries = chosen.map((key): [string, string | null] => [
    key,
    bare && random.chance(0.35) ? null : template(random),
  ]);
  if (asList) return entries.map(([key, value]) => (value === null ? key : `${key}=${value}`));
  return Object.fromEntries(entries);
}

const environmentKeys = [...names, ...includedNames, "E0", "E1", "E2"];

function service(random: Random, envFiles: readonly string[], shared: Shared): Fields {
  const fields: Fields = { image: random.pick(["image", `image:${word(random)}`, "image:1"]) };
  const maybe = (probability: number, key: string, value: () => unknown) => {
    if (random.chance(probability)) fields[key] = value();
  };
  maybe(0.6, "environment", () => keyed(random, environmentKeys, true));
  maybe(0.35, "env_file", () => envFileList(random, envFiles));
  maybe(0.3, "labels", () => keyed(random, ["l.one", "l.two", "x-label"], false));
  maybe(0.3, "command", () => random.pick<unknown>([["run", template(random)], `run ${word(random)}`]));
  maybe(0.15, "entrypoint", () => ["start", template(random)]);
  maybe(0.2, "ports", () => [`\${${random.pick(portNames)}}:80`]);
  maybe(0.25, "volumes", () => volumes(random));
  maybe(0.25, "networks", () =>
    random.pick<unknown>([["n0"], { n1: { aliases: [word(random)] } }, ["n0", "n1"]]),
  );
  maybe(0.25, "secrets", () => random.pick<unknown>([["s0"], [{ source: "s1", target: word(random) }]]));
  maybe(0.2, "configs", () => random.pick<unknown>([["c0"], ["c1", { source: "c2", target: "/c2" }]]));
  maybe(0.2, "build", () => build(random));
  maybe(0.1, "hostname", () => word(random));
  maybe(0.1, "working_dir", () => `/${word(random)}`);
  maybe(0.1, "extra_hosts", () => [`${word(random)}:10.0.0.1`]);
  maybe(0.1, "healthcheck", () => ({ test: ["CMD", "probe", template(random)], interval: "5s" }));
  maybe(0.1, "logging", () => ({ driver: "json-file", options: { tag: template(random) } }));
  maybe(0.1, "deploy", () => ({ labels: keyed(random, ["d"], false), replicas: 1 }));
  maybe(0.1, "sysctls", () => ({ "net.core.somaxconn": `\${${random.pick(portNames)}}` }));
  maybe(0.1, "tmpfs", () => `/${word(random)}`);
  maybe(0.1, "dns", () => ["10.0.0.2"]);
  maybe(0.15, "x-note", () => template(random));
  maybe(0.15, "profiles", () => random.pick<unknown>([["p1"], ["p2"], ["p1", "p2"]]));
  const independent = shared.withoutProfile;
  maybe(0.25, "depends_on", () => random.pick<unknown>([independent, dependencies(independent)]));
  if (fields.networks === undefined && random.chance(0.08)) fields.network_mode = "host";
  return fields;
}

const dependencies = (on: readonly string[]) =>
  Object.fromEntries(on.map((name) => [name, { condition: "service_started", restart: true }]));

function envFileList(random: Random, files: readonly string[]): unknown {
  const chosen = random.some(files);
  return random.pick<unknown>([
    chosen,
    chosen[0] ?? [],
    chosen.map((path) => ({ path, required: false })),
    [...chosen, { path: `./\${${random.pick(names)}}.env`, required: false }],
  ]);
}

const volumes = (random: Random): unknown[] => [
  random.pick<unknown>([
    `./${word(random)}:/data`,
    { type: "bind", source: `./${word(random)}`, target: "/data" },
    `./data:/${word(random)}:ro`,
  ]),
  ...random.some<unknown>(["vol0:/vol0", { type: "volume", source: "vol1", target: "/vol1" }]),
];

function build(random: Random): unknown {
  if (random.chance(0.2)) return `./${word(random)}`;
  return {
    context: `./${word(random)}`,
    args: keyed(random, [...names, "ARG"], true),
    ...(random.chance(0.3) ? { target: word(random) } : {}),
  };
}

interface Shared {
  /** Services of the same file that stand in no profile. */
  readonly withoutProfile: readonly string[];
}

const resource = (random: Random, key: string): Fields =>
  random.pick<Fields>([{}, { [key]: { opt: template(random) } }, { name: word(random) }]);

function resources(random: Random): Fields {
  return {
    networks: {
      n0: resource(random, "driver_opts"),
      n1: resource(random, "driver_opts"),
      ...(random.chance(0.4) ? { default: { driver_opts: { opt: template(random) } } } : {}),
    },
    volumes: { vol0: resource(random, "driver_opts"), vol1: resource(random, "labels") },
    secrets: { s0: { environment: random.pick(names) }, s1: { file: `./${word(random)}` } },
    configs: {
      c0: { content: `content ${template(random)}` },
      c1: { environment: random.pick(names) },
      c2: { file: `./${word(random)}` },
    },
  };
}

export function value(random: Random, earlier: readonly string[]): string {
  const other = earlier[random.below(earlier.length)];
  const literal = `v${random.below(50)}`;
  return random.pick([
    literal,
    literal,
    literal,
    "",
    `"${literal}"`,
    `'${literal}'`,
    ...(other === undefined ? [] : [`\${${other}}`, `a-\${${other}:-b}`, `"$${other}"`, `'$${other}'`]),
  ]);
}

/** Lines of an env file, each key once. */
export function envText(random: Random, keys: readonly string[], bare: boolean): string {
  const lines: string[] = ["# settings"];
  const earlier: string[] = [];
  for (const key of random.some(keys, 0.7)) {
    lines.push(bare && random.chance(0.2) ? key : `${key}=${value(random, earlier)}`);
    earlier.push(key);
  }
  return `${lines.join("\n")}\n`;
}

/** Services that say the same in part, by an anchor and a merge. */
function withAnchor(text: string, random: Random): string {
  return `x-shared: &shared\n  MERGED: ${JSON.stringify(template(random))}\n  E1: ${JSON.stringify(template(random))}\n${text}  anchored:\n    image: anchored\n    environment:\n      <<: *shared\n      E0: ${JSON.stringify(template(random))}\n`;
}

export function randomProject(random: Random): RandomProject {
  const files = new Map<string, string>();
  const serviceNames = ["a", "b", "c"];
  const envFiles = random.some(["one.env", "two.env", "conf/three.env"]);
  for (const file of envFiles) files.set(file, envText(random, [...names.slice(0, 5), "F0", "F1"], true));

  const services: Fields = { probe: { image: "probe", environment: [...names] } };
  const withoutProfile: string[] = [];
  for (const name of serviceNames) {
    const made = service(random, envFiles, { withoutProfile: [...withoutProfile] });
    if (made.profiles === undefined) withoutProfile.push(name);
    services[name] = made;
  }
  if (random.chance(0.35))
    services.d = { extends: { service: random.pick(["a", "b", "c"]) }, labels: { own: template(random) } };
  if (random.chance(0.35)) {
    const file = random.pick(["base/common.yaml", `base/\${${random.pick(names)}+}common.yaml`]);
    services.e = { extends: { file, service: "base" }, environment: { E0: template(random) } };
    files.set("base/common.yaml", stringify({ services: baseServices(random) }));
    files.set("base/base.env", envText(random, ["F0", "F2", ...names.slice(0, 3)], true));
  }

  const top: Fields = { ...(random.chance(0.15) ? { name: `hotenvtest-${word(random)}` } : {}) };
  if (random.chance(0.4)) {
    const further = random.chance(0.3);
    const path = further ? ["sub/compose.yaml", "sub/further.yaml"] : "sub/compose.yaml";
    top.include = [
      random.pick<unknown>([
        further ? { path } : path,
        { path },
        { path, project_directory: "sub" },
        { path, env_file: ["sub/.env", "sub/inner.env"] },
      ]),
    ];
    files.set("sub/inner.env", envText(random, includedNames, false));
    if (further)
      files.set(
        "sub/further.yaml",
        stringify({ services: { i: { environment: keyed(random, environmentKeys, true) } } }),
      );
    files.set("sub/compose.yaml", included(random));
    files.set("sub/.env", envText(random, [...includedNames, ...names.slice(0, 3)], false));
    files.set("sub/sub.env", envText(random, [...names.slice(0, 4), "F3"], true));
  }
  // The services come last: an anchored one may follow.
  const text = stringify({ ...top, ...resources(random), services });
  files.set("compose.yaml", random.chance(0.3) ? withAnchor(text, random) : text);

  const extra = random.pick(["", "", "compose.override.yaml", "more.yaml"]);
  if (extra !== "") files.set(extra, override(random, serviceNames));
  files.set(".env", dotenv(random, extra === "more.yaml"));
  return {
    files,
    shell: random.chance(0.3) ? { V6: "shell", ...(random.chance(0.5) ? { V0: "" } : {}) } : {},
  };
}

function override(random: Random, serviceNames: readonly string[]): string {
  const services = random.some(serviceNames).map((name): [string, Fields] => {
    const { image, environment, labels, command, volumes } = service(random, [], { withoutProfile: [] });
    const fields = Object.entries({ image, environment, labels, command, volumes }).filter(
      ([, field]) => field !== undefined,
    );
    const reset = random.chance(0.2)
      ? { [random.pick(["environment", "labels", "env_file", "networks"])]: resetMark }
      : {};
    return [name, { ...Object.fromEntries(fields), ...reset }];
  });
  const text = stringify({ services: { ...Object.fromEntries(services), extra: { image: word(random) } } });
  const tagged = text.replaceAll(`: ${resetMark}`, ": !reset null");
  return random.chance(0.2)
    ? tagged.replaceAll("    environment:\n", "    environment: !override\n")
    : tagged;
}

/** Stands for a tag that cannot be written as plain data. */
const resetMark = "RESET";

function baseServices(random: Random): Fields {
  const { environment, labels, command, volumes, build } = service(random, [], { withoutProfile: [] });
  const fields = Object.fromEntries(
    Object.entries({ environment, labels, command, volumes, build }).filter(
      ([, field]) => field !== undefined,
    ),
  );
  const deeper = { image: `deeper:${word(random)}`, environment: keyed(random, environmentKeys, true) };
  return {
    base: {
      ...fields,
      extends: { service: "deeper" },
      ...(random.chance(0.5) ? { env_file: ["base.env"] } : {}),
    },
    deeper,
  };
}

function included(random: Random): string {
  return stringify({
    services: {
      i: {
        image: `included:${word(random)}`,
        environment: keyed(random, environmentKeys, true),
        labels: { from: `\${${random.pick(includedNames)}:-none}` },
        ...(random.chance(0.5) ? { env_file: "sub.env" } : {}),
        ...(random.chance(0.4) ? { build: build(random) } : {}),
        ...(random.chance(0.4) ? { networks: ["sub"] } : {}),
      },
    },
    networks: { sub: { driver_opts: { opt: `\${${random.pick(includedNames)}:-none}` } } },
  });
}

function dotenv(random: Random, moreFiles: boolean): string {
  const ports = portNames.map((name, index) => `${name}=${8000 + index}`);
  const own = [
    ...(random.chance(0.1) ? [`COMPOSE_PROJECT_NAME=hotenvtest${random.below(3)}`] : []),
    ...(random.chance(0.4) ? [`COMPOSE_PROFILES=${random.pick(["p1", "p2", "p1,p2", "*"])}`] : []),
    ...(moreFiles ? ["COMPOSE_FILE=compose.yaml:more.yaml"] : []),
  ];
  return `${[...ports, ...own].join("\n")}\n${envText(random, names, false)}`;
}
