import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';

import { assertWithinHoldsLimit, readHoldBasis } from '../../src/app/hold-limits.ts';
import { holdInWrite } from '../../src/app/hold-numbers.ts';
import { readRentBasis, rentInWrite } from '../../src/app/rent-number.ts';
import type { MovableClock } from '../../src/clock.ts';
import type { E164 } from '../../src/domain/phone-number.ts';
import { addMilliseconds } from '../../src/domain/timestamp.ts';
import { testOnEachEngine, testOnEngine } from '../support/engines.ts';
import { AS_OTHER, hold, holdNumber, listHeld, numbersOf, standingOf } from '../support/holds.ts';
import { listEventTypes, NUMBER, numberAt } from '../support/rentals.ts';
import { waitUntil } from '../support/wait-until.ts';
import { limit } from '../support/quotes.ts';
import { startServerBeside } from '../support/server-beside.ts';
import {
  type Answer,
  basicAuth,
  OTHER_PROJECT,
  PROJECT,
  type TestServer,
} from '../support/test-server.ts';

const US_LOCAL = { regionCode: 'US', type: 'LOCAL' };
const HOLD_MS = 15 * 60_000;

/** Calls at once, each of two projects in turn. */
function callTogether(
  server: TestServer,
  count: number,
  toCall: (i: number) => [path: string, body: object],
): Promise<Answer[]> {
  const projects = [PROJECT, OTHER_PROJECT];
  return Promise.all(
    Array.from({ length: count }, (_, i) => {
      const [path, body] = toCall(i);
      return server.call('POST', path, { body, project: projects[i % 2]! });
    }),
  );
}

const statusesOf = (answers: readonly Answer[]) =>
  answers.map(({ status }) => status).toSorted((a, b) => a - b);
const repeat = (status: number, count: number) => Array.from({ length: count }, () => status);

testOnEachEngine('twenty callers hold one number and one project wins', async (start) => {
  await using server = await start();
  const answers = await callTogether(server, 20, () => [
    '/numberHolds',
    { phoneNumbers: [NUMBER] },
  ]);
  assert.deepEqual(statusesOf(answers), [...repeat(200, 10), ...repeat(404, 10)]);
  // All callers of the one project are told of the same hold.
  const winners = new Set(answers.filter(({ status }) => status === 200).map(({ text }) => text));
  assert.equal(winners.size, 1);
  assert.deepEqual(await listEventTypes(server.server), ['HELD']);
  assert.equal((await standingOf(server, NUMBER))[0], 'HELD');
});

testOnEachEngine(
  'of those who hold any one of the last numbers each gets another',
  async (start) => {
    await using server = await start({}, [{ name: 'few', first: NUMBER, size: 15 }]);
    const answers = await callTogether(server, 20, () => [
      '/numberHolds',
      { ...US_LOCAL, quantity: 1 },
    ]);
    assert.deepEqual(statusesOf(answers), [...repeat(200, 15), ...repeat(404, 5)]);
    const held = answers.flatMap(({ json }) => numbersOf(json.numberHolds ?? []));
    assert.equal(new Set(held).size, 15);
  },
);

for (const sequential of [false, true]) {
  testOnEachEngine(
    `of those who hold ${sequential ? 'a block' : 'some'} of the same numbers none gets a part`,
    async (start) => {
      await using server = await start({}, [{ name: 'few', first: NUMBER, size: 40 }]);
      const answers = await callTogether(server, 12, () => [
        '/numberHolds',
        { ...US_LOCAL, quantity: 7, sequential },
      ]);
      const won = answers.filter(({ status }) => status === 200);
      assert.ok(won.length >= 1 && won.length <= 5);
      if (!sequential) assert.equal(won.length, 5);
      const held = won.flatMap(({ json }) => numbersOf(json.numberHolds));
      assert.equal(new Set(held).size, 7 * won.length);
      const listed = [...(await listHeld(server)), ...(await listHeld(server, AS_OTHER))];
      assert.deepEqual(listed.toSorted(), held.toSorted());
      for (const { status } of answers) assert.ok(status === 200 || status === 404, `${status}`);
    },
  );
}

testOnEachEngine('lists that overlap are held without a deadlock', async (start) => {
  await using server = await start();
  const places = [0, 1, 2, 3, 4, 5, 6, 7];
  const answers = await callTogether(server, 30, (i) => {
    const rotated = [...places.slice(i % 8), ...places.slice(0, i % 8)];
    return ['/numberHolds', { phoneNumbers: rotated.slice(0, 5).map(numberAt) }];
  });
  for (const { status, text } of answers) assert.ok(status === 200 || status === 404, text);
  const mine = await listHeld(server);
  const theirs = await listHeld(server, AS_OTHER);
  assert.equal(new Set([...mine, ...theirs]).size, mine.length + theirs.length);
  assert.ok(mine.length + theirs.length > 0);
});

testOnEachEngine('of a hold and a rent at once one wins', async (start) => {
  await using server = await start();
  const answers = await callTogether(server, 20, (i) =>
    i % 2 === 0
      ? ['/numberHolds', { phoneNumbers: [NUMBER] }]
      : [`/availableNumbers/${NUMBER}:rent`, {}],
  );
  const [holds, rents] = [0, 1].map((turn) => statusesOf(answers.filter((_, i) => i % 2 === turn)));
  const [state] = await standingOf(server, NUMBER);
  if (state === 'HELD') assert.deepEqual([holds, rents], [repeat(200, 10), repeat(404, 10)]);
  else assert.deepEqual([holds, rents], [repeat(404, 10), [200, ...repeat(404, 9)]]);
  assert.equal((await listEventTypes(server.server)).length, 1);
});

testOnEachEngine('rents of a held number by its holder: one wins', async (start) => {
  await using server = await start();
  await holdNumber(server, NUMBER);
  const answers = await callTogether(server, 20, () => [`/availableNumbers/${NUMBER}:rent`, {}]);
  assert.deepEqual(statusesOf(answers), [200, ...repeat(404, 19)]);
  assert.equal(answers.findIndex(({ status }) => status === 200) % 2, 0);
  assert.deepEqual(await standingOf(server, NUMBER), ['ACTIVE', null]);
  assert.deepEqual(await listEventTypes(server.server), ['HELD', 'RENTED']);
});

testOnEachEngine('at the instant a hold ends anybody may rent, and one does', async (start) => {
  await using server = await start();
  await holdNumber(server, NUMBER);
  const clock = server.server.context.clock as MovableClock;
  clock.advance(HOLD_MS - 1);
  const asOther = await server.call('POST', `/availableNumbers/${NUMBER}:rent`, AS_OTHER);
  assert.equal(asOther.status, 404);
  clock.advance(1);
  await using second = await startServerBeside(server);
  const [answers] = await Promise.all([
    callTogether(server, 20, () => [`/availableNumbers/${NUMBER}:rent`, {}]),
    server.drain(),
    second.drain(),
  ]);
  assert.deepEqual(statusesOf(answers), [200, ...repeat(404, 19)]);
  assert.deepEqual(await standingOf(server, NUMBER), ['ACTIVE', null]);
  assert.deepEqual(await listEventTypes(server.server), ['HELD', 'HOLD_EXPIRED', 'RENTED']);
});

testOnEachEngine('nobody waits for the worker once a hold is over', async (start) => {
  await using server = await start();
  await hold(server, { phoneNumbers: [numberAt(0), numberAt(1)] });
  (server.server.context.clock as MovableClock).advance(HOLD_MS);
  assert.deepEqual(await listHeld(server), []);
  const check = await server.call('GET', `/availableNumbers/${numberAt(0)}`, AS_OTHER);
  assert.equal(check.status, 200);
  const rented = await server.call('POST', `/availableNumbers/${numberAt(0)}:rent`, AS_OTHER);
  assert.equal(rented.status, 200);
  await hold(server, { phoneNumbers: [numberAt(1)] }, AS_OTHER);
  const types = await Promise.all([0, 1].map((i) => listEventTypes(server.server, numberAt(i))));
  assert.deepEqual(types, [
    ['HELD', 'HOLD_EXPIRED', 'RENTED'],
    ['HELD', 'HOLD_EXPIRED', 'HELD'],
  ]);
});

testOnEachEngine('parallel requests hold no more than the limit, on two servers', async (start) => {
  await using server = await start({ NUMBERYARD_PROJECT_HOLDS_MAX: '20' });
  await assertExactOnTwoServers(server);
});

testOnEachEngine('nor more than the limit of the project, on two servers', async (start) => {
  await using server = await start({ NUMBERYARD_PROJECT_HOLDS_MAX: '1000' });
  await limit(server, { holds: '20' });
  await assertExactOnTwoServers(server);
});

/** Of ten requests at once for ten numbers each, two fit into twenty. */
async function assertExactOnTwoServers(server: TestServer): Promise<void> {
  await using second = await startServerBeside(server);
  const callAll = (toRequest: (i: number) => { method: string; body?: string }) =>
    Promise.all(
      Array.from({ length: 10 }, async (_, i) => {
        const { url } = i % 2 === 0 ? server : second;
        const response = await fetch(`${url}/v1/projects/${PROJECT.id}/numberHolds`, {
          headers: { authorization: basicAuth(PROJECT) },
          ...toRequest(i),
        });
        return { status: response.status, text: await response.text() };
      }),
    );
  // With their connections open they all begin together, and end together if nothing keeps them apart.
  await callAll(() => ({ method: 'GET' }));
  const answers = await callAll((i) => {
    const phoneNumbers = Array.from({ length: 10 }, (_, place) => numberAt(10 * i + place));
    return { method: 'POST', body: JSON.stringify({ phoneNumbers }) };
  });
  assert.deepEqual(
    answers.map(({ status }) => status).toSorted((a, b) => a - b),
    [...repeat(200, 2), ...repeat(400, 8)],
  );
  const refused = answers.filter(({ status }) => status === 400);
  for (const { text } of refused) assert.match(text, /HOLDS_LIMIT/);
  assert.equal((await listHeld(server)).length, 20);
}

testOnEngine(
  'postgres',
  'who is about to hold more waits for those who are at it, and sees what they took',
  { because: 'SQLite has one writer at a time' },
  async (start) => {
    await using server = await start({ NUMBERYARD_PROJECT_HOLDS_MAX: '1' });
    const { context } = server.server;
    const basis = await readHoldBasis(context, PROJECT.id);
    const caller = { projectId: PROJECT.id, actor: PROJECT.keyId, requestId: 'first' };
    const terms = { expireAt: addMilliseconds(context.clock.now(), HOLD_MS), orderId: null };
    const numbers = [numberAt(9)] as E164[];
    const { second } = await context.store.write(async (db) => {
      const { taken } = await holdInWrite(context, db, basis.pools, caller, numbers, terms);
      await assertWithinHoldsLimit(context, db, basis, PROJECT.id, taken);
      // Another request takes another number, and must not count before this transaction has ended.
      const body = { phoneNumbers: [numberAt(0)] };
      const other = outside(() => server.call('POST', '/numberHolds', { body }));
      let isAnswered = false;
      void other.then(() => (isAnswered = true));
      await outside(() =>
        waitUntil('a wait or an answer', () => isAnswered || isSomebodyWaiting(server)),
      );
      assert.ok(!isAnswered);
      return { second: other };
    });
    const answer = await second;
    assert.equal(answer.status, 400, answer.text);
    assert.match(answer.text, /HOLDS_LIMIT/);
  },
);

testOnEngine(
  'postgres',
  'a hold does not wait for a rent of the same project that is under way',
  { because: 'SQLite has one writer at a time' },
  async (start) => {
    await using server = await start();
    const { context } = server.server;
    const basis = await readRentBasis(context, PROJECT.id);
    const caller = { projectId: PROJECT.id, actor: PROJECT.keyId, requestId: 'first' };
    await context.store.write(async (db) => {
      // Its rows refer to the project, and it may go on to numbers that the hold has locked.
      await rentInWrite(context, db, basis, caller, numberAt(9) as E164, {});
      await outside(() => holdNumber(server, numberAt(0)));
    });
    assert.deepEqual(await listHeld(server), [numberAt(0)]);
  },
);

/** As another request would: a store refuses a write inside a write. */
const outside = AsyncLocalStorage.snapshot();

async function isSomebodyWaiting({ server }: TestServer): Promise<boolean> {
  const sql = `SELECT 1 AS found FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  return (await server.context.store.read((db) => db.get(sql))) !== undefined;
}
