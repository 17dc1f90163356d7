import { AsyncLocalStorage } from 'node:async_hooks';

import { postgresDialect } from './dialect.ts';
import { readAddress } from './postgres-address.ts';
import { PostgresConnections } from './postgres-connections.ts';
import { PostgresHandle, StatementTexts } from './postgres-handle.ts';
import { assertUsable } from './postgres-start-check.ts';
import {
  runTransaction,
  toTransaction,
  toUnhurriedTransaction,
  writeWithRetries,
} from './postgres-transaction.ts';
import { openStandby } from './standby.ts';
import type { PostgresOptions, Reader, Store } from './store.ts';

/** How long a request may wait for a connection to the database before it is answered 503. */
const CONNECT_TIMEOUT_MS = 5000;

/**
 * One database for any number of processes on any number of machines.
 * @param variable what messages call the URL.
 * @throws DomainError UNAVAILABLE with one line for the operator when the database cannot be used.
 */
export async function openPostgresStore(
  databaseUrl: string,
  options: PostgresOptions,
  variable: string,
): Promise<Store> {
  await using stack = new AsyncDisposableStack();
  const address = readAddress(databaseUrl, variable);
  const primary = stack.use(
    new PostgresConnections({
      client: address.client,
      max: options.connectionsMax,
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      statementTimeoutMs: options.statementTimeoutMs,
      sendStatementTimeout: options.prepareStatements,
      mustTakeWrites: true,
    }),
  );
  await assertUsable(primary, address);
  const standby = await openStandby(primary, options, stack);

  const texts = new StatementTexts(options.prepareStatements);
  const current = toReader(primary, texts);
  const recent = standby && toReader(standby.connections, texts);
  const inside = new AsyncLocalStorage<true>();
  const ordinary = toTransaction('BEGIN', options);
  const unhurried = toUnhurriedTransaction('BEGIN');
  const snapshot = toUnhurriedTransaction('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  const owned = stack.move();
  return {
    dialect: postgresDialect,
    standby,
    read: (fn) => fn(current),
    async readRecent(fn) {
      if (recent === undefined || !standby?.isInUse) return fn(current);
      try {
        return await fn(recent);
      } catch (error) {
        if (!standby.isToBlameFor(error)) throw error;
        return fn(current);
      }
    },
    readSnapshot: (fn) => primary.use((client) => runTransaction(client, texts, snapshot, fn)),
    write(fn, { mayTakeLong = false } = {}) {
      if (inside.getStore()) {
        return Promise.reject(new Error('A write inside a write would wait for itself.'));
      }
      const transaction = mayTakeLong ? unhurried : ordinary;
      return inside.run(true, () => writeWithRetries(primary, texts, transaction, fn));
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Each statement gets a connection of its own, so that a reader that thinks in between keeps none. */
function toReader(connections: PostgresConnections, texts: StatementTexts): Reader {
  return new PostgresHandle(
    { query: (query) => connections.use((client) => client.query(query)) },
    texts,
  );
}
