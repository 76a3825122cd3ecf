/**
 * `deploy.update_config.order: start-first` (compose-spec deploy, "update_config"): the new container runs beside the
 * old one until it is proved. It can where it needs nothing that only one container can have at a time.
 */
import type { Json, ProjectModel, ServiceModel } from "../compose/model.ts";
import { t } from "../l10n.ts";
import { livesInContainerOf } from "./impact.ts";

type Fields = { readonly [key: string]: Json };

const fieldsOf = (value: Json | undefined): Fields =>
  value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Fields) : {};

const asksForIt = ({ config }: ServiceModel): boolean =>
  fieldsOf(fieldsOf(config.deploy).update_config).order === "start-first";

/** A port of the host's that it names. Docker chooses another each time where it names none, or 0. */
function fixedPort({ config }: ServiceModel): string | undefined {
  const ports = Array.isArray(config.ports) ? config.ports : [];
  return ports
    .map((port) => String(fieldsOf(port).published ?? ""))
    .find((published) => published !== "" && published !== "0");
}

/** An address that is its own wherever it runs. */
function fixedAddress({ config }: ServiceModel): string | undefined {
  const fields = [config, ...Object.values(fieldsOf(config.networks)).map(fieldsOf)];
  return fields
    .flatMap((each) => [each.ipv4_address, each.ipv6_address, each.mac_address])
    .find((address) => typeof address === "string");
}

/**
 * @returns undefined where the service does not ask for it; else what stands against it, as half a sentence that
 * begins with a verb, or that nothing does. Pure.
 */
export function startFirst(
  model: ServiceModel,
  project: ProjectModel,
): { readonly obstacle: string | undefined } | undefined {
  if (model.runtime !== "compose" || !asksForIt(model)) return undefined;
  const { network_mode: mode } = model.config;
  const port = fixedPort(model);
  const address = fixedAddress(model);
  const tenant = [...project.values()].find((other) => livesInContainerOf(other, model.name));
  const obstacle =
    port !== undefined
      ? t("publishes port {0}", port)
      : address !== undefined
        ? t("has the address {0}", address)
        : typeof mode === "string" && mode !== "bridge" && mode !== "none"
          ? t("has no network of its own (network_mode: {0})", mode)
          : tenant !== undefined
            ? t("lends its container to {0}", tenant.name)
            : undefined;
  return { obstacle };
}
