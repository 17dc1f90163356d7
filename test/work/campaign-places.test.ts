import assert from 'node:assert/strict';

import { stoppedClock } from '../../src/clock.ts';
import { rentNumber } from '../../src/app/rent-number.ts';
import type { E164 } from '../../src/domain/phone-number.ts';
import type { RunningServer } from '../../src/server.ts';
import {
  findProvisioning,
  type Provisioning,
  takeCampaignPlace,
} from '../../src/store/provisioning.ts';
import type { Store, Writer } from '../../src/store/store.ts';
import { testOnEachEngine, testOnEngine } from '../support/engines.ts';
import { numberAt } from '../support/rentals.ts';
import { startServerBeside } from '../support/server-beside.ts';
import { PROJECT } from '../support/test-server.ts';

/** An hour before the clock of the first server: what is ordered here looks older. */
const slowClock = stoppedClock('2026-01-31T09:20:30.123456Z');
/** The rule is the same for a campaign of one number. */
const PLACES = 1;

testOnEachEngine(
  'a place on a campaign that is taken stays taken, also for those that look older',
  async (start) => {
    await using server = await start();
    await using slow = await startServerBeside(server, slowClock);
    const { store } = server.server.context;
    const first = await order(server.server, 0);
    assert.equal(await take(store, first), true);
    const older = await order(slow, 1);
    assert.ok(older.id < first.id);
    assert.equal(await take(store, older), false);
  },
);

testOnEachEngine('of those that wait for a campaign the first gets the place', async (start) => {
  await using server = await start();
  const { store } = server.server.context;
  const first = await order(server.server, 0);
  const second = await order(server.server, 1);
  assert.equal(await take(store, second), false);
  assert.equal(await take(store, first), true);
});

testOnEngine(
  'postgres',
  'of two processes that take the last place at once one waits and gets none',
  { because: 'SQLite has one writer at a time' },
  async (start) => {
    await using server = await start();
    await using slow = await startServerBeside(server, slowClock);
    const { store } = server.server.context;
    const first = await order(server.server, 0);
    const taken = Promise.withResolvers<void>();
    const mayCommit = Promise.withResolvers<void>();
    const one = store.write(async (db) => {
      const isTaken = await takeCampaignPlace(db, first, PLACES);
      taken.resolve();
      await mayCommit.promise;
      return isTaken;
    });
    await taken.promise;
    const older = await order(slow, 1);
    const two = take(store, older);
    while (!(await isAnyoneWaiting(store)));
    mayCommit.resolve();
    assert.deepEqual(await Promise.all([one, two]), [true, false]);
  },
);

/** Rents a number that is to be on the campaign; nobody works on it. */
async function order({ context }: RunningServer, place: number): Promise<Provisioning> {
  const caller = { projectId: PROJECT.id, actor: PROJECT.keyId, requestId: 'request' };
  const sms = { servicePlanId: 'plan', campaignId: 'campaign' };
  const { id } = await rentNumber(context, caller, numberAt(place) as E164, { sms });
  const provisioning = await context.store.read(async (db) => {
    const sql = 'SELECT id FROM provisioning WHERE rental_id = ?';
    const row = await db.get<{ id: string }>(sql, id);
    return findProvisioning(db, row?.id ?? '');
  });
  assert.ok(provisioning);
  return provisioning;
}

function take(store: Store, provisioning: Provisioning): Promise<boolean> {
  return store.write((db: Writer) => takeCampaignPlace(db, provisioning, PLACES));
}

async function isAnyoneWaiting(store: Store): Promise<boolean> {
  const row = await store.read((db) =>
    db.get(
      `SELECT 1 AS waits FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    ),
  );
  return row !== undefined;
}
