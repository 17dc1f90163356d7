import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout } from 'node:timers/promises';

import pg from 'pg';

import { DomainError } from '../errors.ts';
import { postgresDialect } from './dialect.ts';
import type { PostgresOptions, SqlValue, Store, Writer } from './store.ts';

/** A write that others got in the way of is run again so often before its caller hears of it. */
const WRITE_TRIES_MAX = 10;
const RETRY_DELAY_MS = 10;
/** How long a request may wait for a connection to the database before it is answered 503. */
const CONNECT_TIMEOUT_MS = 5000;

/** One database for any number of processes on any number of machines. */
export async function openPostgresStore(url: string, options: PostgresOptions): Promise<Store> {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.connectionsMax,
    statement_timeout: options.statementTimeoutMs,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    types: { getTypeParser: toTypeParser },
  });
  // A connection that breaks while nobody uses it is replaced when somebody needs one.
  pool.on('error', () => {});
  const texts = new StatementTexts(options.prepareStatements);
  const inside = new AsyncLocalStorage<true>();
  await pool.query('SELECT 1');
  return {
    dialect: postgresDialect,
    read: (fn) => unavailableWhenDown(() => fn(new PostgresHandle(pool, texts))),
    write(fn) {
      if (inside.getStore()) {
        return Promise.reject(new Error('A write inside a write would wait for itself.'));
      }
      return unavailableWhenDown(() => inside.run(true, () => writeWithRetries(pool, texts, fn)));
    },
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

async function writeWithRetries<T>(
  pool: pg.Pool,
  texts: StatementTexts,
  fn: (db: Writer) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await writeOnce(pool, texts, fn);
    } catch (error) {
      if (!postgresDialect.isTransient(error) || tries === WRITE_TRIES_MAX) throw error;
      await setTimeout(RETRY_DELAY_MS * tries);
    }
  }
}

async function writeOnce<T>(
  pool: pg.Pool,
  texts: StatementTexts,
  fn: (db: Writer) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  const handle = new PostgresHandle(client, texts);
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const value = await fn(handle);
    await client.query('COMMIT');
    return value;
  } catch (error) {
    await client.query('ROLLBACK').catch((rollbackError: Error) => {
      broken = rollbackError;
    });
    throw error;
  } finally {
    handle.close();
    client.release(broken);
  }
}

class PostgresHandle implements Writer {
  readonly dialect = postgresDialect;
  #queryable: pg.Pool | pg.PoolClient | undefined;
  readonly #texts: StatementTexts;

  constructor(queryable: pg.Pool | pg.PoolClient, texts: StatementTexts) {
    this.#queryable = queryable;
    this.#texts = texts;
  }

  async all<Row>(sql: string, ...values: SqlValue[]): Promise<Row[]> {
    const result = await this.#open().query(this.#texts.toQuery(sql, values));
    return result.rows as Row[];
  }

  async get<Row>(sql: string, ...values: SqlValue[]): Promise<Row | undefined> {
    const [row] = await this.all<Row>(sql, ...values);
    return row;
  }

  async column<Value>(sql: string, ...values: SqlValue[]): Promise<Value[]> {
    const query = { ...this.#texts.toQuery(sql, values), rowMode: 'array' as const };
    const result = await this.#open().query<[Value]>(query);
    return result.rows.map(([value]) => value);
  }

  async run(sql: string, ...values: SqlValue[]): Promise<number> {
    const result = await this.#open().query(this.#texts.toQuery(sql, values));
    return result.rowCount ?? 0;
  }

  close(): void {
    this.#queryable = undefined;
  }

  #open(): pg.Pool | pg.PoolClient {
    if (this.#queryable === undefined) throw new Error('This transaction has ended.');
    return this.#queryable;
  }
}

/** Statements as this engine wants them: numbered parameters, and a name under which they stay prepared. */
class StatementTexts {
  readonly #isNamed: boolean;
  readonly #known = new Map<string, { text: string; name?: string }>();

  constructor(isNamed: boolean) {
    this.#isNamed = isNamed;
  }

  toQuery(sql: string, values: SqlValue[]): pg.QueryConfig {
    for (const value of values) {
      if (value !== null && !['string', 'number', 'bigint'].includes(typeof value)) {
        throw new TypeError(`Not a value for a column: ${typeof value}`);
      }
    }
    let statement = this.#known.get(sql);
    if (statement === undefined) {
      let parameters = 0;
      const text = sql.replaceAll('?', () => `$${++parameters}`);
      statement = this.#isNamed ? { text, name: `s${this.#known.size}` } : { text };
      this.#known.set(sql, statement);
    }
    return { ...statement, values };
  }
}

const INT8_OID = 20;
const NUMERIC_OID = 1700;

/** Integers and sums come as numbers: ours stay far below what a number holds exactly. */
function toTypeParser(oid: number): (text: string) => unknown {
  return oid === INT8_OID || oid === NUMERIC_OID ? Number : pg.types.getTypeParser(oid as never);
}

/** A database that cannot be reached is no fault of the request: it may be tried again. */
async function unavailableWhenDown<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isConnectionLost(error)) throw error;
    throw new DomainError('UNAVAILABLE', 'The database cannot be reached; try again.', {
      cause: error,
    });
  }
}

/** Classes 08 and 57P are the server's words for it; the others are those of the socket and of the pool. */
function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof DomainError) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return (
    /^(08|57P)/.test(code) ||
    /^E(CONN|PIPE|TIMEDOUT|HOSTUNREACH)/.test(code) ||
    /Connection terminated|timeout exceeded when trying to connect|not queryable/.test(
      error.message,
    )
  );
}
