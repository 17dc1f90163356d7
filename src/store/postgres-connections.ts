import pg from 'pg';

import { cannotConnect, stateAfter, toUnavailable } from './postgres-errors.ts';

/** When nothing was said for so long, the system asks whether the other end is still there. */
const KEEP_ALIVE_AFTER_MS = 10_000;
/** The server ends a statement first; only where it cannot be heard do we. */
const ANSWER_MARGIN_MS = 1000;

export interface ConnectionOptions {
  /** Where to, as whom, and with which TLS. */
  client: pg.ClientConfig;
  /** Connections at most. */
  max: number;
  /** How long one may wait for a connection, be it a new one or one that others have. */
  connectTimeoutMs: number;
  statementTimeoutMs: number;
  /** Whether the server is told the statement time-out when a connection begins, which poolers may refuse. */
  sendStatementTimeout: boolean;
  /** Refuses servers that take no changes. */
  mustTakeWrites: boolean;
}

/**
 * The connections to one server, made when they are needed. One that breaks, that is not answered in time or
 * that turns out to lead to no primary is not used again; in the last two cases none of the others is either,
 * because they lead to the same place.
 */
export class PostgresConnections implements AsyncDisposable {
  readonly #pool: pg.Pool;
  readonly #open = new Set<pg.PoolClient>();
  /** New, and not yet asked whether they take writes. */
  readonly #untried = new WeakSet<pg.PoolClient>();
  readonly #retired = new WeakSet<pg.PoolClient>();
  readonly #uses = new Set<Promise<unknown>>();
  readonly #connectTimeoutMs: number;
  #isClosed = false;

  constructor(options: ConnectionOptions) {
    this.#connectTimeoutMs = options.connectTimeoutMs;
    this.#pool = new pg.Pool({
      ...options.client,
      max: options.max,
      connectionTimeoutMillis: options.connectTimeoutMs,
      ...(options.sendStatementTimeout && { statement_timeout: options.statementTimeoutMs }),
      query_timeout: options.statementTimeoutMs + ANSWER_MARGIN_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
      types: { getTypeParser: toTypeParser },
    });
    // A connection that breaks says so to whoever uses it, and is replaced when somebody needs one. Without
    // listeners its breaking would end the process.
    this.#pool.on('error', () => {});
    this.#pool.on('connect', (client) => {
      this.#open.add(client);
      if (options.mustTakeWrites) this.#untried.add(client);
      client.on('error', () => {});
    });
    this.#pool.on('remove', (client) => this.#open.delete(client));
  }

  /**
   * Lends a connection for as long as the work takes.
   * @throws DomainError UNAVAILABLE when there is none, or it broke, or the work took too long.
   */
  async use<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new Error('The store is closed.');
    const use = this.#use(work);
    this.#uses.add(use);
    try {
      return await use;
    } finally {
      this.#uses.delete(use);
    }
  }

  /** One question of its own with a time-out of its own. @returns the first row. */
  async ask<Row extends pg.QueryResultRow>(
    text: string,
    timeoutMs: number,
  ): Promise<Row | undefined> {
    const query: TimedQuery = { text, query_timeout: timeoutMs };
    return this.use(async (client) => (await client.query<Row>(query)).rows[0]);
  }

  /** Closes every connection at once, also under statements, which then fail. New ones may be made. */
  breakAll(): void {
    for (const client of this.#open) {
      this.#retired.add(client);
      client.connection.stream.destroy();
    }
  }

  /** Takes no more work and waits for what it has, which the pool alone would leave waiting for a connection. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#uses);
    await this.#pool.end();
  }

  async #use<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#take();
    try {
      return await work(client);
    } catch (error) {
      this.#judge(client, error);
      throw toUnavailable(error);
    } finally {
      // With a transaction still open, nobody knows what the server thinks of it.
      if (this.#retired.has(client) || client.getTransactionStatus() !== 'I') discard(client);
      else client.release();
    }
  }

  async #take(): Promise<pg.PoolClient> {
    for (;;) {
      const client = await this.#pool.connect().catch((error: unknown) => {
        throw cannotConnect(error);
      });
      if (this.#retired.has(client)) {
        discard(client);
        continue;
      }
      if (this.#untried.has(client)) await this.#try(client);
      return client;
    }
  }

  /** After a failover the address may lead to a standby for a while: reads there would be of the past, unnoticed. */
  async #try(client: pg.PoolClient): Promise<void> {
    try {
      await assertTakesWrites(client, this.#connectTimeoutMs);
      this.#untried.delete(client);
    } catch (error) {
      discard(client);
      throw cannotConnect(error);
    }
  }

  #judge(client: pg.PoolClient, error: unknown): void {
    switch (stateAfter(error)) {
      case 'FIT':
        return;
      case 'LOST':
        this.#retired.add(client);
        return;
      case 'SILENT':
      case 'READ_ONLY':
        for (const each of this.#open) this.#retired.add(each);
    }
  }
}

/** Without a goodbye, which a server that is gone would never answer. */
function discard(client: pg.PoolClient): void {
  client.connection.stream.destroy();
  client.release(true);
}

/** A query with a time-out of its own, which the driver's types do not know. */
export type TimedQuery = pg.QueryConfig & { query_timeout: number };

/** @throws ReadOnlyServerError */
async function assertTakesWrites(client: pg.PoolClient, timeoutMs: number): Promise<void> {
  const query: TimedQuery = { text: 'SHOW transaction_read_only', query_timeout: timeoutMs };
  const { rows } = await client.query<{ transaction_read_only: string }>(query);
  if (rows[0]?.transaction_read_only === 'on') throw new ReadOnlyServerError();
}

/** The server is a standby, or was told to take no changes. */
export class ReadOnlyServerError extends Error {
  constructor() {
    super('The server is read-only.');
    this.name = 'ReadOnlyServerError';
  }
}

const INT8_OID = 20;
const NUMERIC_OID = 1700;

/** Integers and sums come as numbers: ours stay far below what a number holds exactly. */
function toTypeParser(oid: number): (text: string) => unknown {
  return oid === INT8_OID || oid === NUMERIC_OID ? Number : pg.types.getTypeParser(oid as never);
}
