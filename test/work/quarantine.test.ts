import assert from 'node:assert/strict';

import { addDays, type Timestamp } from '../../src/domain/timestamp.ts';
import { findNumber } from '../../src/store/number.ts';
import type { E164 } from '../../src/domain/phone-number.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { advanceTo, listEventTypes, NUMBER, release, rent } from '../support/rentals.ts';
import { OTHER_PROJECT, type TestPool, type TestServer } from '../support/test-server.ts';

const POOL: TestPool = { name: 'pool', first: NUMBER, size: 1 };
/** What field.md has of regions and types, and what a pool may say instead. */
const POLICIES: { policy: string; pool: TestPool; days: number }[] = [
  { policy: 'US LOCAL', pool: { ...POOL, quarantineDays: undefined }, days: 45 },
  {
    policy: 'US TOLL_FREE',
    pool: { ...POOL, quarantineDays: undefined, type: 'TOLL_FREE', first: '+18005550100' },
    days: 120,
  },
  {
    policy: 'AU LOCAL',
    pool: { ...POOL, quarantineDays: undefined, regionCode: 'AU', first: '+61255500000' },
    days: 184,
  },
  {
    policy: 'a region without a rule',
    pool: { ...POOL, quarantineDays: undefined, regionCode: 'SE', first: '+46701740605' },
    days: 45,
  },
  { policy: 'a pool with its own', pool: { ...POOL, quarantineDays: 10 }, days: 10 },
];

for (const { policy, pool, days } of POLICIES) {
  testOnEachEngine(
    `a number is out of stock for ${days} days after its rental: ${policy}`,
    async (start) => {
      await using server = await start({}, [pool]);
      await rent(server, {}, pool.first);
      const { expireAt } = await release(server, pool.first);
      await advanceTo(server, expireAt);
      const until = addDays(expireAt as Timestamp, days);
      assert.deepEqual(await stateOf(server, pool.first), ['QUARANTINED', until]);
      await advanceTo(server, until, -1);
      assert.deepEqual(await stateOf(server, pool.first), ['QUARANTINED', until]);
      await advanceTo(server, until);
      assert.deepEqual(await stateOf(server, pool.first), ['AVAILABLE', null]);
    },
  );
}

testOnEachEngine('a pool without quarantine sells a number again at once', async (start) => {
  await using server = await start({}, [{ ...POOL, quarantineDays: 0 }]);
  await rent(server, {});
  const { expireAt } = await release(server);
  await advanceTo(server, expireAt, -1);
  assert.deepEqual(await stateOf(server), ['RELEASING', null]);
  await advanceTo(server, expireAt);
  assert.deepEqual(await stateOf(server), ['AVAILABLE', null]);
  assert.equal((await rentAsOther(server)).status, 200);
});

testOnEachEngine(
  'a number in quarantine is not on sale for others, and afterwards it is',
  async (start) => {
    await using server = await start({}, [{ ...POOL, quarantineDays: 30 }]);
    await rent(server, {});
    const { expireAt } = await release(server);
    await advanceTo(server, expireAt);
    assert.equal((await rentAsOther(server)).status, 404);
    assert.deepEqual(await searchAsOther(server), []);

    await advanceTo(server, addDays(expireAt as Timestamp, 30));
    assert.deepEqual(await searchAsOther(server), [NUMBER]);
    assert.equal((await rentAsOther(server)).status, 200);
    assert.deepEqual(await listEventTypes(server.server), [
      'RENTED',
      'RELEASED',
      'ENDED',
      'BACK_ON_SALE',
      'RENTED',
    ]);
  },
);

testOnEachEngine(
  'a quarantine counts from the end of the paid period, however late the worker comes',
  async (start) => {
    await using server = await start({}, [{ ...POOL, quarantineDays: 30 }]);
    await rent(server, {});
    const { expireAt } = await release(server);
    await advanceTo(server, addDays(expireAt as Timestamp, 20));
    assert.deepEqual(await stateOf(server), ['QUARANTINED', addDays(expireAt as Timestamp, 30)]);
  },
);

testOnEachEngine(
  'a worker that comes after the quarantine puts the number back on sale',
  async (start) => {
    await using server = await start({}, [{ ...POOL, quarantineDays: 30 }]);
    await rent(server, {});
    const { expireAt } = await release(server);
    await advanceTo(server, addDays(expireAt as Timestamp, 300));
    assert.deepEqual(await stateOf(server), ['AVAILABLE', null]);
  },
);

async function stateOf({ server }: TestServer, number = NUMBER): Promise<unknown[]> {
  const found = await server.context.store.read((db) => findNumber(db, number as E164));
  return [found?.state, found?.stateUntil];
}

function rentAsOther(server: TestServer) {
  const path = `/availableNumbers/${NUMBER}:rent`;
  return server.call('POST', path, { body: {}, project: OTHER_PROJECT });
}

async function searchAsOther(server: TestServer): Promise<string[]> {
  const path = '/availableNumbers?regionCode=US&type=LOCAL';
  const answer = await server.call('GET', path, { project: OTHER_PROJECT });
  return answer.json.availableNumbers.map((found: { phoneNumber: string }) => found.phoneNumber);
}

testOnEachEngine(
  'the last holder may rent a number back during quarantine, nobody else',
  async (start) => {
    await using server = await start({}, [{ ...POOL, quarantineDays: 10 }]);
    await rent(server, {});
    const { expireAt } = await release(server);
    assert.equal((await rentAsOther(server)).status, 404);
    await advanceTo(server, expireAt);
    const check = (options = {}) => server.call('GET', `/availableNumbers/${NUMBER}`, options);
    assert.equal((await check({ project: OTHER_PROJECT })).status, 404);
    assert.equal((await rentAsOther(server)).status, 404);
    assert.equal((await check()).status, 200);
    await rent(server, {});
    assert.deepEqual(await stateOf(server), ['ACTIVE', null]);
    assert.equal((await check()).status, 404);
    assert.deepEqual(await listEventTypes(server.server), [
      'RENTED',
      'RELEASED',
      'ENDED',
      'RENTED',
    ]);
  },
);
