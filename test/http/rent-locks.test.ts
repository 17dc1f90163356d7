import assert from 'node:assert/strict';

import { AccountCatalog } from '../../src/app/account-catalog.ts';
import { creditProject } from '../../src/app/change-account.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { testOnEachEngine, testOnEngine } from '../support/engines.ts';
import { limit } from '../support/quotes.ts';
import { numberAt } from '../support/rentals.ts';
import { PROJECT, type TestServer } from '../support/test-server.ts';
import { waitUntil } from '../support/wait-until.ts';

testOnEachEngine(
  'what is used of limits is counted once for an order, however many numbers it has',
  async (start) => {
    await using server = await start();
    await limit(server, { numbers: '15', monthlySpend: '100.00', currencyCode: 'USD' });
    const counted = countStatements(server, /^SELECT count\(\*\) FROM rental|sum\(amount_minor\)/);
    const order = { phoneNumbers: Array.from({ length: 20 }, (_, i) => numberAt(i)) };
    const { json } = await server.call('POST', '/rentOrders', { body: order });
    assert.deepEqual([json.state, json.rentedQuantity], ['PARTIAL', 15]);
    assert.equal(counted(), 2);
    const { violations } = json.orderNumbers.at(-1).error.details[0];
    assert.partialDeepStrictEqual(violations, [{ type: 'NUMBERS_LIMIT', used: '15' }]);
  },
);

testOnEngine(
  'postgres',
  'an order takes the locks of several accounts in the order of everybody else',
  { because: 'SQLite has one writer at a time' },
  async (start) => {
    await using server = await start();
    const { context, config } = { ...server.server, config: server.server.context.config };
    for (const currencyCode of ['USD', 'GBP']) {
      const payment = { amount: '50.00', currencyCode, reference: '' };
      await creditProject(context, PROJECT.id, payment);
    }
    context.accounts = new AccountCatalog(context.store);
    await using other = await openStore(config.databaseUrl);
    let tries = 0;
    const { store } = context;
    context.store = {
      ...store,
      write: (fn, options) =>
        store.write((db) => {
          tries++;
          return fn(db);
        }, options),
    };
    let ordered: ReturnType<typeof server.call> | undefined;
    await other.write(async (db) => {
      tries++;
      // As a renewal does: pounds come before dollars, and the order's first number costs dollars.
      await db.run("UPDATE account SET balance_minor = balance_minor WHERE currency_code = 'GBP'");
      const phoneNumbers = [numberAt(0), '+448081570000'];
      ordered ??= server.call('POST', '/rentOrders', { body: { phoneNumbers } });
      await waitUntil('the order waits for an account', () => isSomebodyWaiting(other));
      await db.run("UPDATE account SET balance_minor = balance_minor WHERE currency_code = 'USD'");
    });
    assert.equal((await ordered)?.json.state, 'COMPLETED');
    // Its own and the order's: nobody was turned back by a deadlock.
    assert.equal(tries, 2);
  },
);

async function isSomebodyWaiting(store: Store): Promise<boolean> {
  const sql = `SELECT 1 AS found FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  return (await store.read((db) => db.all(sql))).length > 0;
}

/** @returns how many statements of that kind the writes of the server have made since. */
function countStatements({ server: { context } }: TestServer, kind: RegExp): () => number {
  const { store } = context;
  let count = 0;
  context.store = {
    ...store,
    write: (fn, options) =>
      store.write(
        (db) =>
          fn({
            ...db,
            dialect: db.dialect,
            get: (sql, ...values) => db.get(sql, ...values),
            run: (sql, ...values) => db.run(sql, ...values),
            all: (sql, ...values) => db.all(sql, ...values),
            column(sql, ...values) {
              if (kind.test(sql.trim())) count++;
              return db.column(sql, ...values);
            },
          }),
        options,
      ),
  };
  return () => count;
}
