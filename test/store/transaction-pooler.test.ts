import assert from 'node:assert/strict';

import type { PostgresServer } from '../../scripts/postgres-server.ts';
import { loadConfig } from '../../src/config.ts';
import { createLog } from '../../src/log.ts';
import { startServer } from '../../src/server.ts';
import { openStore, type PostgresOptions, type Store } from '../../src/store/store.ts';
import { testOnEngine } from '../support/engines.ts';
import { startPostgresServer } from '../support/postgres-cluster.ts';
import { NUMBER } from '../support/rentals.ts';
import { basicAuth, fillDatabase, PROJECT } from '../support/test-server.ts';
import { startTransactionPooler, type TransactionPooler } from '../support/transaction-pooler.ts';

const because = { because: 'SQLite has no poolers.' };
const SERVER_CONNECTIONS = 3;
const SMS = { servicePlanId: 'plan' };

testOnEngine(
  'postgres',
  'the product works behind a pooler that gives each transaction another connection',
  because,
  async () => {
    await using server = await startPostgresServer();
    await fillDatabase(server.url, [{ name: 'us-local', first: NUMBER, size: 10 }]);
    await using pooler = await startPooler(server);
    const config = loadConfig({
      PORT: '0',
      DATABASE_URL: toUrl(pooler),
      NUMBERYARD_DATABASE_PREPARE: 'off',
      NUMBERYARD_SANDBOX_DELAY_MS: '0',
    });
    await using running = await startServer(config, {
      log: createLog('silent'),
      startWorker: false,
    });
    const call = async (method: string, path: string, body?: object) => {
      const response = await fetch(`${running.url}/v1/projects/${PROJECT.id}${path}`, {
        method,
        headers: { authorization: basicAuth(PROJECT) },
        ...(body && { body: JSON.stringify(body) }),
      });
      const json = (await response.json()) as Record<string, unknown>;
      assert.equal(response.status, 200, JSON.stringify(json));
      return json;
    };
    const search = '/availableNumbers?regionCode=US&type=LOCAL';
    assert.equal(((await call('GET', search))['availableNumbers'] as unknown[]).length, 10);
    await call('POST', `/availableNumbers/${NUMBER}:rent`, { smsConfiguration: SMS });
    await running.drain();
    const { smsConfiguration } = await call('GET', `/activeNumbers/${NUMBER}`);
    assert.equal((smsConfiguration as typeof SMS).servicePlanId, SMS.servicePlanId);
    await call('POST', `/activeNumbers/${NUMBER}:release`);
    assert.ok(pooler.transactions.every((count) => count > 3));
  },
);

testOnEngine(
  'postgres',
  'behind a pooler, transactions bring their statement time-out with them',
  because,
  async () => {
    await using server = await startPostgresServer();
    await using pooler = await startPooler(server);
    await using store = await openStore(toUrl(pooler), toOptions(false));
    const slow = store.write((db) => db.get('SELECT pg_sleep(600)'));
    await assert.rejects(slow, {
      code: 'UNAVAILABLE',
      internal: 'database: canceling statement due to statement timeout',
    });
    const seen = await Promise.all(Array.from({ length: 30 }, () => readTimeout(store)));
    assert.deepEqual(new Set(seen), new Set(['1s']));
    // And leave nothing of it behind for others.
    const rows = await Promise.all(
      Array.from({ length: 30 }, () =>
        store.read((db) =>
          db.get<{ value: string }>("SELECT current_setting('statement_timeout') AS value"),
        ),
      ),
    );
    assert.deepEqual(new Set(rows.map((row) => row?.value)), new Set(['0']));
  },
);

testOnEngine(
  'postgres',
  'without the setting for poolers, such a pooler is told apart at the start or by its errors',
  because,
  async () => {
    await using server = await startPostgresServer();
    {
      await using pooler = await startPooler(server);
      await assert.rejects(openStore(toUrl(pooler), toOptions(true)), {
        message: `127.0.0.1:${pooler.port} is a pooler that refuses a setting (unsupported startup parameter: statement_timeout): set NUMBERYARD_DATABASE_PREPARE=off, or have it ignore the setting.`,
      });
    }
    await using pooler = await startPooler(server, true);
    await using store = await openStore(toUrl(pooler), toOptions(true));
    const outcomes = await Promise.allSettled(Array.from({ length: 30 }, () => readTimeout(store)));
    const messages = outcomes.map((outcome) =>
      outcome.status === 'rejected' ? String(outcome.reason) : '',
    );
    assert.ok(messages.some((text) => /prepared statement "s\d+" (already|does not)/.test(text)));
  },
);

function startPooler(server: PostgresServer, ignoresSettings = false): Promise<TransactionPooler> {
  return startTransactionPooler({
    serverPort: server.port,
    user: 'postgres',
    database: 'postgres',
    serverConnections: SERVER_CONNECTIONS,
    ignoresSettings,
  });
}

function toUrl(pooler: TransactionPooler): string {
  return `postgres://postgres@127.0.0.1:${pooler.port}/postgres`;
}

function toOptions(prepareStatements: boolean): PostgresOptions {
  return { connectionsMax: 10, statementTimeoutMs: 1000, prepareStatements };
}

/** By a transaction of several statements. */
function readTimeout(store: Store): Promise<string | undefined> {
  return store.write(async (db) => {
    await db.get('SELECT 1 AS one');
    const row = await db.get<{ value: string }>(
      "SELECT current_setting('statement_timeout') AS value",
    );
    return row?.value;
  });
}
