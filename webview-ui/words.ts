/** The words of the house as people read them, each state by its own. */
import type {
  Action,
  ChangeEntry,
  Origin,
  Plan,
  ServiceStatus,
  Severity,
  State,
  StepState,
  Verdict,
} from "../core/protocol/words.ts";
import { t } from "./l10n.ts";

type Words<Name extends string> = Readonly<Record<Name, () => string>>;

const verdicts: Words<Verdict> = {
  applied: () => t("applied"),
  "rolled-back": () => t("rolled-back"),
  failed: () => t("failed"),
  rejected: () => t("rejected"),
  inconclusive: () => t("inconclusive"),
  superseded: () => t("superseded"),
};
export const verdictWord = (verdict: Verdict): string => verdicts[verdict]();

const severities: Words<Severity> = {
  critical: () => t("critical"),
  moderate: () => t("moderate"),
  minor: () => t("minor"),
};
export const severityWord = (severity: Severity): string => severities[severity]();

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

const steps: Words<StepState> = {
  pending: () => t("pending"),
  preparing: () => t("preparing"),
  stopping: () => t("stopping"),
  starting: () => t("starting"),
  probing: () => t("probing"),
  healthy: () => t("healthy"),
  failed: () => t("failed"),
  "rolling-back": () => t("rolling-back"),
  "rolled-back": () => t("rolled-back"),
  skipped: () => t("skipped"),
};
export const stepWord = (state: StepState): string => steps[state]();

const origins: Words<Origin> = {
  adopted: () => t("adopted"),
  editor: () => t("editor"),
  watcher: () => t("watcher"),
  cli: () => t("cli"),
  rollback: () => t("rollback"),
  offline: () => t("offline"),
  import: () => t("import"),
};
export const originWord = (origin: Origin): string => origins[origin]();

const kinds: Words<ChangeEntry["kind"]> = {
  added: () => t("added"),
  removed: () => t("removed"),
  modified: () => t("modified"),
};
export const kindWord = (kind: ChangeEntry["kind"]): string => kinds[kind]();

const actions: Words<Action> = {
  none: () => t("none"),
  signal: () => t("signal"),
  http: () => t("http"),
  exec: () => t("exec"),
  restart: () => t("restart"),
  recreate: () => t("recreate"),
  rebuild: () => t("rebuild"),
};
export const actionWord = (action: Action): string => actions[action]();

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
