/** One ssh process as a stream: what is written goes to its input, what it prints is read. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { HotenvError } from "../../../core/protocol/errors.ts";

/** Places for those that are not let in yet, and who waits for one. */
export interface Dials {
  free: number;
  readonly waiting: (() => void)[];
}

export interface SshCommand {
  /** As in DOCKER_HOST, for people. */
  readonly host: string;
  readonly args: readonly string[];
  /** What shows the same failure in a terminal. */
  readonly byHand: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly dials: Dials;
}

/** An answer that takes longer keeps nobody from dialling. */
const dialMs = 3_000;
/** How every answer of Docker's begins. */
const answer = "HTTP/";
const keptCharacters = 4_000;

export class SshConnection extends Duplex {
  /** Whether it may serve a second request. */
  readonly isShared: boolean;
  readonly #command: SshCommand;
  #child: ChildProcessWithoutNullStreams | undefined;
  #stderr = "";
  #isReferenced = true;
  #isDialling = false;
  #patience: NodeJS.Timeout | undefined;
  /** What is to be done as soon as there is a process. */
  #afterwards: (() => void)[] = [];

  constructor(command: SshCommand, { isShared }: { readonly isShared: boolean }) {
    super();
    this.isShared = isShared;
    this.#command = command;
    if (command.dials.free > 0) this.#dial();
    else command.dials.waiting.push(() => this.#dial());
  }

  #dial(): void {
    if (this.destroyed) {
      this.#letNextIn();
      return;
    }
    const { args, environment, dials } = this.#command;
    dials.free -= 1;
    this.#isDialling = true;
    this.#patience = setTimeout(() => this.#dialled(), dialMs).unref();
    const child = spawn("ssh", [...args], { env: environment, stdio: "pipe", windowsHide: true });
    this.#child = child;
    child.stdout.once("data", (chunk: Buffer) => {
      this.#dialled();
      // A shell over there that greets, or refuses in words, speaks where Docker should.
      if (!answer.startsWith(chunk.toString("latin1", 0, answer.length))) this.destroy(this.#greeted(chunk));
    });
    child.stdout.on("data", (chunk: Buffer) => {
      if (this.destroyed) return;
      if (!this.push(chunk)) child.stdout.pause();
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-keptCharacters);
    });
    // What is wrong, the end of the process tells.
    child.stdin.on("error", () => undefined);
    child.once("error", (error) => this.destroy(this.#unstarted(error)));
    child.once("close", (code) => {
      this.#dialled();
      if (code === 0) this.push(null);
      else this.destroy(this.#ended(code));
    });
    this.#applyReference();
    for (const act of this.#afterwards.splice(0)) act();
  }

  #dialled(): void {
    if (!this.#isDialling) return;
    this.#isDialling = false;
    clearTimeout(this.#patience);
    this.#command.dials.free += 1;
    this.#letNextIn();
  }

  #letNextIn(): void {
    if (this.#command.dials.free > 0) this.#command.dials.waiting.shift()?.();
  }

  #unstarted(cause: Error): HotenvError {
    return new HotenvError(
      "docker-unreachable",
      `ssh could not be started for ${this.#command.host}: ${cause.message}.`,
      {
        todo: "Install the OpenSSH client, so that `ssh -V` answers.",
        cause,
      },
    );
  }

  #greeted(chunk: Buffer): HotenvError {
    const line = chunk.toString().trim().split("\n").at(0);
    return new HotenvError(
      "docker-unreachable",
      `In the place of Docker at ${this.#command.host}, its shell answers: ${line}`,
      { todo: "Let that user's shell print nothing where it has no terminal, and run commands." },
    );
  }

  #ended(code: number | null): HotenvError {
    const { host, byHand } = this.#command;
    const said = this.#stderr.trim().split("\n").at(-1)?.trim().replace(/\.$/, "");
    return new HotenvError(
      "docker-unreachable",
      `Docker at ${host} does not answer: ${said || `ssh ended with exit code ${code}`}.`,
      { todo: `Make this work in a terminal first: ${byHand}` },
    );
  }

  override _read(): void {
    this.#child?.stdout.resume();
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    const { stdin } = this.#child ?? {};
    if (stdin === undefined) this.#afterwards.push(() => this._write(chunk, _, done));
    // Where it fails, the process has ended, and its end says more.
    else stdin.write(chunk, (error) => error ?? done());
  }

  override _final(done: () => void): void {
    const { stdin } = this.#child ?? {};
    if (stdin === undefined) this.#afterwards.push(() => this._final(done));
    else stdin.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#dialled();
    this.#child?.kill();
    done(error);
  }

  // What node:http asks of a socket that it keeps for the next request.

  /** Whether it keeps this program running. */
  ref(): this {
    this.#isReferenced = true;
    this.#applyReference();
    return this;
  }

  unref(): this {
    this.#isReferenced = false;
    this.#applyReference();
    return this;
  }

  /** ssh looks after that itself. */
  setKeepAlive(): this {
    return this;
  }

  setTimeout(): this {
    return this;
  }

  #applyReference(): void {
    const child = this.#child;
    if (child === undefined) return;
    // Pipes of a child are sockets, whatever their types say.
    for (const part of [child, child.stdin, child.stdout, child.stderr] as unknown as Socket[])
      this.#isReferenced ? part.ref() : part.unref();
  }
}
