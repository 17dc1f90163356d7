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
  /** Each statement sees what is committed when it starts. */
  read<T>(fn: (db: Reader) => Promise<T>): Promise<T>;
  /**
   * All or nothing, and durable once the promise is fulfilled: it has reached the disk.
   * @throws DomainError UNAVAILABLE when the database stayed locked by others for too long.
   */
  write<T>(fn: (db: Writer) => Promise<T>): Promise<T>;
}

/** Only of PostgreSQL; SQLite has nothing to set. */
export interface PostgresOptions {
  /** Connections of this process at most. */
  connectionsMax: number;
  statementTimeoutMs: number;
  /** Off behind a pooler that may hand each transaction another connection. */
  prepareStatements: boolean;
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

/** Opens the database that a URL names (`sqlite:PATH` or `postgres://…`) without touching its schema: see `migrate.ts`. */
export async function openStore(
  databaseUrl: string,
  options: PostgresOptions = POSTGRES_DEFAULTS,
): Promise<Store> {
  if (/^postgres(ql)?:/.test(databaseUrl)) {
    // Loaded only where it is used: most installations are on SQLite.
    const { openPostgresStore } = await import('./postgres.ts');
    return openPostgresStore(databaseUrl, options);
  }
  const path = /^sqlite:(.+)$/.exec(databaseUrl)?.[1];
  if (path === undefined) throw new Error('Not a database URL that is understood.');
  return openSqliteStore(path);
}
