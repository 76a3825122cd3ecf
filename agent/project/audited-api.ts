/** Notes in the history who asked for what changes something, how it ended, and what was refused. */
import { describeError, toHotenvError } from "../../core/protocol/errors.ts";
import type { AgentApi, Client, Outcome, Params, Result } from "../../core/protocol/messages.ts";
import type { History } from "../history/history.ts";
import { systemUser } from "./author.ts";

/** What came of it, in a sentence; undefined: nothing that is worth a line. */
type Telling = {
  readonly [M in keyof AgentApi]?: (params: Params<M>, result: Result<M>) => Told | undefined;
};
interface Told {
  readonly detail: string;
  readonly refused?: boolean;
}

const ofOutcome = ({ revision, message, verdict }: Outcome): Told => ({
  detail: revision === null ? message : `Revision ${revision}: ${message}`,
  refused: verdict === "rejected",
});

const tellings: Telling = {
  apply: (_params, outcome) => ofOutcome(outcome),
  rollback: ({ dryRun }, outcome) => (dryRun === true ? undefined : ofOutcome(outcome)),
  cancel: (_params, { revision }) =>
    revision === null ? undefined : { detail: `The rollout of revision ${revision} was stopped.` },
  pause: () => ({ detail: "Changes are not applied." }),
  resume: () => ({ detail: "Changes are applied again." }),
  stop: () => ({ detail: "The agent was asked to end." }),
  "service/disable": ({ service }) => ({ detail: `${service} is left out of rollouts.` }),
  "service/enable": ({ service }) => ({ detail: `${service} takes part in rollouts again.` }),
  "service/act": (_params, { message }) => ({ detail: message }),
  "history/annotate": ({ revision, pinned, note }) => ({
    detail: [
      `Revision ${revision}`,
      ...(pinned === undefined ? [] : [pinned ? "was pinned" : "is not pinned any more"]),
      ...(note === undefined ? [] : [note === "" ? "lost its note" : "got a note"]),
    ].join(" "),
  }),
  "history/prune": ({ dryRun, keep, before }, { removed }) =>
    dryRun === true
      ? undefined
      : {
          detail: [
            `${removed} revisions were removed`,
            ...(keep === undefined ? [] : [`the newest ${keep} were kept`]),
            ...(before === undefined ? [] : [`those since ${before} were kept`]),
          ].join("; "),
        },
  "history/vacuum": (_params, { bytesBefore, bytesAfter }) => ({
    detail: `${bytesBefore - bytesAfter} bytes were given back.`,
  }),
  "history/backup": ({ file }) => ({ detail: `Copied to ${file}.` }),
  "history/restore": ({ file }, { aside }) => ({
    detail: `Put back from ${file}.${aside === null ? "" : ` What was there is ${aside}.`}`,
  }),
  "history/rekey": (_params, { forgotten }) => ({
    detail: `The key was changed.${forgotten === 0 ? "" : ` ${forgotten} former keys were forgotten.`}`,
  }),
  "history/export": (_params, { revisions, file, masked }) => ({
    detail: `${revisions} revisions to ${file}, ${masked ? "secrets masked" : "with secrets, encrypted"}.`,
  }),
  "history/import": ({ file }, { revisions }) => ({ detail: `${revisions} revisions from ${file}.` }),
};

/** Asked only, nothing done. */
const isDry = (params: object): boolean => "dryRun" in params && params.dryRun === true;

export interface AuditOptions {
  readonly history: History;
  /** What asks where nobody else does: the agent, or the command line in its own process. */
  readonly self: string;
  readonly warn: (message: string) => void;
}

export function auditedApi(api: AgentApi, { history, self, warn }: AuditOptions): AgentApi {
  const note = (what: string, params: object, client: Client | undefined, told: Told): void => {
    const author = "author" in params ? (params.author as Params<"apply">["author"]) : undefined;
    try {
      history.audit({ who: author?.name ?? systemUser(), client: client ?? self, what, ...told });
    } catch (error) {
      // It is done, or refused, all the same: its own answer matters more.
      warn(`"${what}" could not be noted: ${describeError(error)}`);
    }
  };
  function audited<M extends keyof AgentApi>(method: M): AgentApi[M] {
    const tell = tellings[method];
    if (tell === undefined) return api[method];
    const ask = async (params: Params<M>, signal: AbortSignal, client?: Client): Promise<Result<M>> => {
      let result: Result<M>;
      try {
        result = await api[method](params, signal, client);
      } catch (error) {
        const known = toHotenvError(error);
        if (!isDry(params)) note(method, params, client, { detail: describeError(known), refused: true });
        throw error;
      }
      const told = tell(params, result);
      if (told !== undefined) note(method, params, client, told);
      return result;
    };
    // One function for each method, of that method's params and result.
    return ask as AgentApi[M];
  }
  const methods = Object.keys(api) as (keyof AgentApi)[];
  return Object.fromEntries(methods.map((method) => [method, audited(method)])) as AgentApi;
}
