/** The words of the page that are its own; those of the protocol are core/protocol/word-texts.ts. */
import type { ServiceStatus, State } from "../core/protocol/words.ts";
import { t } from "./l10n.ts";

type Words<Name extends string> = Readonly<Record<Name, () => string>>;

const states: Words<State | "connecting"> = {
  stable: () => t("stable"),
  updating: () => t("updating"),
  restarting: () => t("restarting"),
  error: () => t("error"),
  invalid: () => t("invalid"),
  paused: () => t("paused"),
  waiting: () => t("waiting"),
  offline: () => t("offline"),
  connecting: () => t("connecting"),
};
export const stateWord = (state: State | "connecting"): string => states[state]();

const services: Words<ServiceStatus["state"]> = {
  running: () => t("running"),
  stopped: () => t("stopped"),
  exited: () => t("exited"),
  restarting: () => t("restarting"),
  missing: () => t("not running"),
};
const healths: Words<Exclude<ServiceStatus["health"], "none">> = {
  starting: () => t("not healthy yet"),
  healthy: () => t("healthy"),
  unhealthy: () => t("unhealthy"),
};
/** The health where it says more than the state. */
export const serviceWord = ({ state, health }: ServiceStatus): string =>
  state === "running" && health !== "none" ? healths[health]() : services[state]();
