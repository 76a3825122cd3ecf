/** One SQLite connection: statements kept prepared, transactions, errors that a user understands. */
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from "node:sqlite";
import { explainSqliteError } from "./sqlite-errors.ts";

/** How long a writer waits for another process's transaction. */
const busyTimeoutMs = 15_000;

export type Row = Record<string, SQLOutputValue>;

export class Database {
  readonly file: string;
  readonly #connection: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  /** @param file made before, by privateFile: SQLite would give it looser permissions */
  constructor(file: string) {
    this.file = file;
    this.#connection = this.#explained(() => new DatabaseSync(file));
    try {
      this.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
    } catch (error) {
      this.#connection.close();
      throw error;
    }
  }

  exec(sql: string): void {
    this.#explained(() => this.#connection.exec(sql));
  }

  all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#explained(() => this.#prepared(sql).all(...values));
  }

  get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#explained(() => this.#prepared(sql).get(...values));
  }

  /** @returns how many rows it changed */
  run(sql: string, ...values: SQLInputValue[]): number {
    return this.#explained(() => Number(this.#prepared(sql).run(...values).changes));
  }

  /** The one value of a pragma that has one. */
  pragma(name: string): SQLOutputValue | undefined {
    return Object.values(this.get(`PRAGMA ${name}`) ?? {})[0];
  }

  /**
   * All of it or nothing. When it returns, it is on disk (`synchronous=FULL`).
   * Not nested: an inner one would be durable only with the outer.
   */
  transaction<T>(work: () => T): T {
    this.exec("BEGIN IMMEDIATE");
    let result: T;
    try {
      result = work();
      this.exec("COMMIT");
    } catch (error) {
      // SQLite has rolled back by itself after some errors (a full disk).
      if (this.#connection.isTransaction) this.exec("ROLLBACK");
      throw error;
    }
    return result;
  }

  /** @returns whether it was open */
  close(): boolean {
    if (!this.#connection.isOpen) return false;
    this.#statements.clear();
    this.#connection.close();
    return true;
  }

  #prepared(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#connection.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #explained<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw explainSqliteError(error, this.file);
    }
  }
}
