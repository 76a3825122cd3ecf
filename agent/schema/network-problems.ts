/** Asks the network what the language service wants to know of a file's values. */
import { lookup as resolveHost } from "node:dns/promises";
import { connect } from "node:net";
import { resolve } from "node:path";
import { parseDotenv } from "../../core/dotenv/document.ts";
import { evaluate } from "../../core/dotenv/evaluate.ts";
import { toProblems } from "../../core/language/check.ts";
import { publishedIn } from "../../core/language/compose-ports.ts";
import {
  asksNetwork,
  type HostQuestion,
  networkFindings,
  networkQuestions,
  type PortQuestion,
} from "../../core/language/network.ts";
import type { Problem } from "../../core/protocol/words.ts";
import { readText } from "../lsp/host.ts";
import type { Surroundings } from "../lsp/surroundings.ts";

export interface NetworkCheck {
  /** As the problems name it. */
  readonly name: string;
  readonly text: string;
  readonly around: Surroundings;
  /** Services whose ports are theirs already. */
  readonly running?: ReadonlySet<string>;
}

const connectMs = 500;
const resolveMs = 3_000;

/** Nothing where no setting asks for it. */
export async function networkProblems({
  name,
  text,
  around,
  running = new Set(),
}: NetworkCheck): Promise<Problem[]> {
  const { context, dialect, project } = around;
  if (!asksNetwork(context)) return [];
  const document = parseDotenv(text, { dialect });
  const evaluation = evaluate(document, context.lookup ?? (() => undefined));
  const published =
    project === undefined
      ? undefined
      : publishedIn(
          project.model.composeFiles.flatMap((path) => readText(resolve(project.directory, path)) ?? []),
        );
  const questions = networkQuestions(evaluation, context, published, project?.model, running);
  const [used, unknown] = await Promise.all([
    filterAsync(questions.ports, isListenedOn),
    filterAsync(questions.hosts, isUnknown),
  ]);
  return toProblems(networkFindings(evaluation, context, used, unknown), document.lines, name, context);
}

async function filterAsync<T>(all: readonly T[], holds: (item: T) => Promise<boolean>): Promise<T[]> {
  const answers = await Promise.all(all.map(holds));
  return all.filter((_, index) => answers[index] === true);
}

function isListenedOn({ port, address }: PortQuestion): Promise<boolean> {
  const socket = connect({ port, host: address === "" ? "127.0.0.1" : address });
  socket.setTimeout(connectMs);
  return new Promise((settle) => {
    const answer = (listened: boolean) => (): void => {
      socket.destroy();
      settle(listened);
    };
    socket.once("connect", answer(true));
    socket.once("error", answer(false));
    socket.once("timeout", answer(false));
  });
}

/** Whether the name servers say that there is none; where they say nothing in time, nobody knows. */
async function isUnknown({ host }: HostQuestion): Promise<boolean> {
  const limit = AbortSignal.timeout(resolveMs);
  const late = new Promise<boolean>((settle) => {
    limit.addEventListener("abort", () => settle(false), { once: true });
  });
  const asked = resolveHost(host).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === "ENOTFOUND",
  );
  return Promise.race([asked, late]);
}
