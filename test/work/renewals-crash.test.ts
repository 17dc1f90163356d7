import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';

import type { Timestamp } from '../../src/domain/timestamp.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { assertAccountedFor } from '../support/accounts.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { basicAuth, createStockedDatabase, PROJECT } from '../support/test-server.ts';

const NUMBERS = 100;
const POOL = { name: 'pool', first: '+12025550000', size: NUMBERS };
const MONTHS = 24;
const POLL_MS = 2;
/** Charges that are there before the first renewal: a setup and a period each. */
const AT_RENT = 2 * NUMBERS;

testOnEachEngine(
  'renewals by two processes are each charged once, though one is killed in the middle',
  async (_start, engine) => {
    await using database = await createStockedDatabase(engine, [POOL]);
    await using store = await openStore(database.url);
    await using victim = await startServerProcess(database.url);
    await using other = await startServerProcess(database.url);
    const order = { quantity: NUMBERS, regionCode: 'US', type: 'LOCAL' };
    assert.equal((await other.fetch('POST', '/rentOrders', order)).status, 200);
    assert.equal(await countCharges(store), AT_RENT);

    const cut = advance(victim, `P${MONTHS}M`).catch(() => undefined);
    while ((await countCharges(store)) <= AT_RENT) await setTimeout(POLL_MS);
    assert.equal((await victim.stop('SIGKILL')).signal, 'SIGKILL');
    assert.equal(await cut, undefined, 'it was killed before it was done');
    const now = await advance(other, 'PT1S');
    assert.ok(now !== undefined);
    await assertAccountedFor(store, now);
    assert.ok((await countCharges(store)) >= AT_RENT + NUMBERS * (MONTHS - 1));
  },
);

async function countCharges(store: Store): Promise<number> {
  const [count] = await store.read((db) => db.column<number>('SELECT count(*) FROM charge'));
  return Number(count);
}

/** Answered when the server has done what is due. @returns the time by its clock. */
async function advance(server: ServerProcess, by: string): Promise<Timestamp | undefined> {
  const response = await fetch(`${server.url}/sandbox/clock:advance`, {
    method: 'POST',
    headers: { authorization: basicAuth(PROJECT) },
    body: JSON.stringify({ by }),
  });
  return ((await response.json()) as { now: Timestamp }).now;
}
