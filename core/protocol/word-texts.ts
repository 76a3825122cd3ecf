/** The words of the protocol, as people read them: in English as they are. */
import { t } from "../l10n.ts";
import type {
  Action,
  ChangeEntry,
  Origin,
  Plan,
  ServiceStatus,
  Severity,
  StepState,
  Verdict,
} from "./words.ts";

type Texts<Word extends string> = Readonly<Record<Word, () => string>>;

const actions: Texts<Action> = {
  none: () => t("none"),
  signal: () => t("signal"),
  http: () => t("http"),
  exec: () => t("exec"),
  restart: () => t("restart"),
  recreate: () => t("recreate"),
  rebuild: () => t("rebuild"),
};
const severities: Texts<Severity> = {
  critical: () => t("critical"),
  moderate: () => t("moderate"),
  minor: () => t("minor"),
};
const kinds: Texts<ChangeEntry["kind"]> = {
  added: () => t("added"),
  removed: () => t("removed"),
  modified: () => t("modified"),
};
const verdicts: Texts<Verdict> = {
  applied: () => t("applied"),
  "rolled-back": () => t("rolled-back"),
  failed: () => t("failed"),
  rejected: () => t("rejected"),
  inconclusive: () => t("inconclusive"),
  superseded: () => t("superseded"),
};
const stepStates: Texts<StepState> = {
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
const origins: Texts<Origin> = {
  adopted: () => t("adopted"),
  editor: () => t("editor"),
  watcher: () => t("watcher"),
  cli: () => t("cli"),
  rollback: () => t("rollback"),
  offline: () => t("offline"),
  import: () => t("import"),
};

const serviceStates: Texts<ServiceStatus["state"]> = {
  running: () => t("running"),
  stopped: () => t("stopped"),
  exited: () => t("exited"),
  restarting: () => t("restarting"),
  missing: () => t("not created"),
};
const healths: Texts<ServiceStatus["health"]> = {
  none: () => t("none"),
  starting: () => t("starting"),
  healthy: () => t("healthy"),
  unhealthy: () => t("unhealthy"),
};

export const actionWord = (action: Action): string => actions[action]();
export const severityWord = (severity: Severity): string => severities[severity]();
export const kindWord = (kind: ChangeEntry["kind"]): string => kinds[kind]();
export const verdictWord = (verdict: Verdict): string => verdicts[verdict]();
export const stepStateWord = (state: StepState): string => stepStates[state]();
/** Of a service; what is missing is not created. */
export const serviceStateWord = (state: ServiceStatus["state"]): string => serviceStates[state]();
export const healthWord = (health: ServiceStatus["health"]): string => healths[health]();
export const originWord = (origin: Origin): string => origins[origin]();

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
    .map(({ steps }) =>
      steps
        .filter(({ action }) => action !== "none")
        .map(({ action, service }) => actionText(action, service))
        .join(", "),
    )
    .filter((phase) => phase !== "")
    .join(t(", then "));
