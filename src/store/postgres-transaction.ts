import { setTimeout } from 'node:timers/promises';

import type pg from 'pg';

import { postgresDialect } from './dialect.ts';
import type { PostgresConnections, TimedQuery } from './postgres-connections.ts';
import { postgresCode, stateAfter, unknownOutcome } from './postgres-errors.ts';
import { PostgresHandle, type Queryable, type StatementTexts } from './postgres-handle.ts';
import type { PostgresOptions, Writer } from './store.ts';

/** A write that others got in the way of is run again so often before its caller hears of it. */
const WRITE_TRIES_MAX = 10;
const RETRY_DELAY_MS = 10;
/** As long as a timer can run: the driver takes 0 for the limit that it was given for all. */
const QUERY_TIMEOUT_MS_MAX = 2 ** 31 - 1;
/** A server that is there begins a transaction at once. */
const BEGIN_TIMEOUT_MS = 5000;

/** How a transaction begins, and what its statements may take. */
export interface Transaction {
  begin: TimedQuery;
  /** Whether its statements may take as long as they need. */
  isUnhurried: boolean;
}

/**
 * Behind a pooler a connection has no settings of its own, so that the transaction has to bring the statement
 * time-out with it: in the same message, for no further wait.
 */
export function toTransaction(
  begin: string,
  { prepareStatements, statementTimeoutMs }: PostgresOptions,
): Transaction {
  const limit = prepareStatements ? '' : `; SET LOCAL statement_timeout = ${statementTimeoutMs}`;
  const timeoutMs = Math.min(BEGIN_TIMEOUT_MS, statementTimeoutMs);
  return { begin: { text: begin + limit, query_timeout: timeoutMs }, isUnhurried: false };
}

export function toUnhurriedTransaction(begin: string): Transaction {
  const text = `${begin}; SET LOCAL statement_timeout = 0`;
  return { begin: { text, query_timeout: BEGIN_TIMEOUT_MS }, isUnhurried: true };
}

export async function writeWithRetries<T>(
  connections: PostgresConnections,
  texts: StatementTexts,
  transaction: Transaction,
  fn: (db: Writer) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await connections.use((client) => runTransaction(client, texts, transaction, fn));
    } catch (error) {
      // Only after what is certain to have left nothing behind. A broken connection is not among it.
      if (!postgresDialect.isTransient(error) || tries === WRITE_TRIES_MAX) throw error;
      await setTimeout(RETRY_DELAY_MS * tries);
    }
  }
}

export async function runTransaction<T>(
  client: pg.PoolClient,
  texts: StatementTexts,
  transaction: Transaction,
  fn: (db: Writer) => Promise<T>,
): Promise<T> {
  const handle = new PostgresHandle(transaction.isUnhurried ? toUnhurried(client) : client, texts);
  let value: T;
  try {
    await client.query(transaction.begin);
    value = await fn(handle);
  } catch (error) {
    // A connection on which this fails is not used again: its transaction is still open.
    if (stateAfter(error) === 'FIT') await client.query('ROLLBACK').catch(() => {});
    throw error;
  } finally {
    handle.close();
  }
  await commit(client);
  return value;
}

/** For statements without a limit. That the other end is gone is then found out by the system's keep-alive. */
function toUnhurried(client: pg.PoolClient): Queryable {
  return {
    query(query) {
      const timed: TimedQuery = { ...query, query_timeout: QUERY_TIMEOUT_MS_MAX };
      return client.query(timed);
    },
  };
}

/** @throws DomainError UNAVAILABLE when nobody knows whether it was carried out. */
async function commit(client: pg.PoolClient): Promise<void> {
  let isReplicated = true;
  // An administrator has ended the wait for a synchronous standby: the server then answers as if all were well,
  // and only a notice tells that a failover would lose this. Its words are translated, its place in the source is not.
  const onNotice = ({ routine }: { routine: string | undefined }) => {
    if (routine === 'SyncRepWaitForLSN') isReplicated = false;
  };
  client.on('notice', onNotice);
  try {
    const { command } = await client.query('COMMIT');
    // After a statement that failed there is nothing to commit, and the server says so in this word only.
    if (command !== 'COMMIT')
      throw new Error(`A write ended with ${command}: a statement in it had failed.`);
  } catch (error) {
    // 40003: the server itself does not know.
    const isUnknown = stateAfter(error) !== 'FIT' || postgresCode(error) === '40003';
    throw isUnknown ? unknownOutcome(error) : error;
  } finally {
    client.off('notice', onNotice);
  }
  if (!isReplicated) throw unknownOutcome(new Error('no synchronous standby has it'));
}
