/** The events of one agent, numbered without gaps, and a bounded memory of the newest. */
import { randomBytes } from "node:crypto";
import type { AgentEvent, EventData, EventType } from "../../core/protocol/messages.ts";
import type { EventStore } from "./event-file.ts";

export interface EventLogOptions {
  /** The number before the first event's: no event of an earlier run may have a greater one. Default 0. */
  readonly start?: number;
  /** How many events are remembered here. Default 256 with a store behind it, 1000 without one. */
  readonly capacity?: number;
  /**
   * Called before numbers up to and including `upTo` are given out, so that the next run can start
   * there (`start`). Whole blocks are reserved: not every event costs a write.
   */
  readonly reserve?: (upTo: number) => void;
  /** Remembers more than this process can; where it has events, numbers go on from there. */
  readonly store?: EventStore | undefined;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number;
  /** Told what a listener threw. Default: a warning of the process. */
  readonly onListenerError?: (error: unknown) => void;
}

const reservedBlock = 10_000;

type Listener = (event: AgentEvent) => void;

export class EventLog {
  /** Names the numbering. What a client saw last says something only of the same stream. */
  readonly stream: string;
  /** The number before the first event of this run. */
  readonly start: number;
  readonly #capacity: number;
  readonly #reserve: (upTo: number) => void;
  readonly #store: EventStore | undefined;
  readonly #now: () => number;
  readonly #onListenerError: (error: unknown) => void;
  readonly #listeners = new Set<Listener>();
  /** The newest events, oldest first; may grow to twice the capacity before it is cut. */
  #events: AgentEvent[] = [];
  #seq: number;
  #reserved: number;
  #undelivered: AgentEvent[] = [];
  #delivering = false;

  constructor(options: EventLogOptions = {}) {
    this.#store = options.store;
    this.stream = options.store?.stream ?? randomBytes(8).toString("hex");
    this.start = options.store?.seq ?? options.start ?? 0;
    this.#seq = this.start;
    this.#reserved = Math.max(this.start, options.store?.seq === undefined ? 0 : (options.start ?? 0));
    this.#capacity = options.capacity ?? (options.store === undefined ? 1000 : 256);
    this.#reserve = options.reserve ?? (() => {});
    this.#now = options.now ?? Date.now;
    this.#onListenerError =
      options.onListenerError ??
      ((error) => process.emitWarning(error instanceof Error ? error : String(error), "HotenvEventListener"));
  }

  /** The newest event's number. */
  get seq(): number {
    return this.#seq;
  }

  /** How many listen: roughly, how many clients there are. */
  get listeners(): number {
    return this.#listeners.size;
  }

  /** Listeners hear it before this returns, unless one of them is what emits. */
  emit<T extends EventType>(type: T, data: EventData<T>): AgentEvent {
    if (this.#seq === this.#reserved) {
      this.#reserve(this.#reserved + reservedBlock);
      this.#reserved += reservedBlock;
    }
    this.#seq += 1;
    // TypeScript cannot tie `data` to `type` inside a generic; the signature has done so.
    const event = {
      type,
      timestamp: new Date(this.#now()).toISOString(),
      seq: this.#seq,
      data,
    } as AgentEvent;
    this.#events.push(event);
    if (this.#events.length >= 2 * this.#capacity) this.#events = this.#events.slice(-this.#capacity);
    // Kept before anybody is told: nobody has seen an event that the next run does not know.
    this.#store?.append(event);
    this.#undelivered.push(event);
    this.#deliver();
    return event;
  }

  /**
   * The events after `seq`, oldest first and at most `limit`; undefined where some of them are no longer
   * remembered or `seq` is not of this log: what a snapshot of the state must then stand in for.
   */
  since(seq: number, limit = Number.POSITIVE_INFINITY): readonly AgentEvent[] | undefined {
    const missed = this.#seq - seq;
    if (missed < 0) return undefined;
    if (missed === 0) return [];
    if (missed <= Math.min(this.#events.length, this.#capacity)) {
      const from = this.#events.length - missed;
      return this.#events.slice(from, from + limit);
    }
    const kept = this.#store?.read(seq, limit);
    return kept === undefined || kept.length < Math.min(missed, limit) ? undefined : kept;
  }

  /** Whether all that came after this number is remembered. */
  reaches(seq: number): boolean {
    return this.since(seq, 1) !== undefined;
  }

  /** Called for every event from now on, in order. Returns the way to stop listening. */
  on(listener: Listener): () => void {
    // Wrapped, so that a function given twice is two listeners and each has its own end.
    const own: Listener = (event) => listener(event);
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
  }

  /** A listener that emits must not make the others hear the second event before the first. */
  #deliver(): void {
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      for (let event = this.#undelivered.shift(); event; event = this.#undelivered.shift())
        for (const listener of [...this.#listeners]) this.#tell(listener, event);
    } finally {
      this.#delivering = false;
    }
  }

  #tell(listener: Listener, event: AgentEvent): void {
    if (!this.#listeners.has(listener)) return;
    try {
      listener(event);
    } catch (error) {
      this.#onListenerError(error);
    }
  }
}
