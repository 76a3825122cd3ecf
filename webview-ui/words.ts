/** The words of the page that are its own; those of the protocol are core/protocol/word-texts.ts. */
import type { Action, Plan, ServiceStatus, State } from "../core/protocol/words.ts";
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

const doings: Readonly<Record<Action, (service: string) => string>> = {
  none: (service) => t("leave {0} alone", service),
  signal: (service) => t("signal {0}", service),
  http: (service) => t("reload {0}", service),
  exec: (service) => t("reload {0} by a command", service),
  restart: (service) => t("restart {0}", service),
  recreate: (service) => t("recreate {0}", service),
  rebuild: (service) => t("rebuild {0}", service),
};

/** "recreate api". */
export const actionText = (action: Action, service: string): string => doings[action](service);

/** "recreate db, then restart api, restart web"; empty where it touches nothing. */
export const planText = ({ phases }: Pick<Plan, "phases">): string =>
  phases
    .map(({ steps: each }) =>
      each
        .filter(({ action }) => action !== "none")
        .map(({ action, service }) => actionText(action, service))
        .join(", "),
    )
    .filter((phase) => phase !== "")
    .join(t(", then "));
