import { existsSync } from 'node:fs';

import type { Dialect } from './dialect.ts';
import { openSqliteStore } from './sqlite.ts';

/** What a column or a parameter can be. Booleans are 0 and 1, instants and JSON are text. */
export type SqlValue = string | number | bigint | null;

/** Asks the database. Statements are prepared once and kept, so SQL texts must be few: values go into parameters. */
export interface Reader {
  readonly dialect: Dialect;
  all<Row>(sql: string, ...values: SqlValue[]): Promise<Row[]>;
  get<Row>(sql: string, ...values: SqlValue[]): Promise<Row | undefined>;
  /** The first column alone: for long lists, which it brings in half the time. */
  column<Value>(sql: string, ...values: SqlValue[]): Promise<Value[]>;
}

/** A handle inside a write transaction. It stops working when the transaction ends. */
export interface Writer extends Reader {
  /** @returns how many rows were inserted, updated or deleted. */
  run(sql: string, ...values: SqlValue[]): Promise<number>;
}

/**
 * The only ways into the database. The function gets the only handle and must not do anything slow with
 * it: no network, no hashing. A write may be run again from its start when the database was busy, so it
 * must have no effect besides what it writes.
 */
export interface Store extends AsyncDisposable {
  readonly dialect: Dialect;
  /** Where `readRecent` reads while it can be used; `undefined` where there is none. */
  readonly standby?: Standby | undefined;
  /**
   * Each statement sees everything that this process has committed, and of other processes what they had
   * committed a moment ago, when the current turn of the event loop began.
   */
  read<T>(fn: (db: Reader) => Promise<T>): Promise<T>;
  /**
   * What it sees may be a moment old: it may ask a standby, and is run again from its start on the primary
   * when the standby fails it. For searches and lists, not for what somebody goes on to act on.
   */
  readRecent<T>(fn: (db: Reader) => Promise<T>): Promise<T>;
  /** All statements see what was committed when the first one started, and may take as long as they need. */
  readSnapshot<T>(fn: (db: Reader) => Promise<T>): Promise<T>;
  /**
   * All or nothing, and durable once the promise is fulfilled: it has reached the disk.
   * @throws DomainError UNAVAILABLE when the database stayed locked by others for too long.
   */
  write<T>(fn: (db: Writer) => Promise<T>, options?: WriteOptions): Promise<T>;
}

export interface WriteOptions {
  /** Its statements are not cut off, however long they take: for the operator's work, never for a request. */
  mayTakeLong?: boolean;
}

/** A standby of the primary, as seen from here. It is left out while it is down or too far behind. */
export interface Standby {
  readonly isInUse: boolean;
  /** Why it is left out; `undefined` while it is in use. */
  readonly reason: string | undefined;
  /** Looks at it now, as it is done every second. Never rejects. */
  check(): Promise<void>;
  /** Calls the listener after each time that it is left out or comes back. */
  onChange(listener: () => void): void;
}

/** Only of PostgreSQL; SQLite has nothing to set. */
export interface PostgresOptions {
  /** Connections of this process at most. */
  connectionsMax: number;
  statementTimeoutMs: number;
  /** Off behind a pooler that may hand each transaction another connection. */
  prepareStatements: boolean;
  standby?: StandbyOptions | undefined;
}

export interface StandbyOptions {
  url: string;
  /** How far behind it may be; `undefined`: it is used whenever it answers. */
  lagMsMax: number | undefined;
  checkEveryMs: number;
}

const POSTGRES_DEFAULTS: PostgresOptions = {
  connectionsMax: 10,
  statementTimeoutMs: 30_000,
  prepareStatements: true,
};

/** A database's URL as it may be shown and logged: without its password. */
export function hidePassword(databaseUrl: string): string {
  return databaseUrl
    .replace(/^(\w+:\/\/[^:/?@]*):.*@/, '$1:***@')
    .replaceAll(/([?&]\w*password=)[^&]*/gi, '$1***');
}

/**
 * Opens the database that a URL names (`sqlite:PATH` or `postgres://…`) without touching its schema: see `schema.ts`.
 * @param variable what messages to the operator call the URL.
 * @throws DomainError UNAVAILABLE with one line for the operator when the database cannot be used.
 */
export async function openStore(
  databaseUrl: string,
  options: PostgresOptions = POSTGRES_DEFAULTS,
  variable = 'DATABASE_URL',
): Promise<Store> {
  if (/^postgres(ql)?:/.test(databaseUrl)) {
    // Loaded only where it is used: most installations are on SQLite.
    const { openPostgresStore } = await import('./postgres.ts');
    return openPostgresStore(databaseUrl, options, variable);
  }
  const path = findPath(databaseUrl);
  if (path === undefined) throw new Error('Not a database URL that is understood.');
  return openSqliteStore(path);
}

/** Whether there is a file where a SQLite database is to be opened, which would make one. Servers are not asked. */
export function databaseExists(databaseUrl: string): boolean {
  const path = findPath(databaseUrl);
  return path === undefined || existsSync(path);
}

/** The file that a URL names; `undefined` when it names none. */
export function findPath(databaseUrl: string): string | undefined {
  return /^sqlite:(.+)$/.exec(databaseUrl)?.[1];
}
