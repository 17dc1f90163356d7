import assert from 'node:assert/strict';

import { addMilliseconds } from '../../src/domain/timestamp.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { advanceTo, type Json, NUMBER, numberAt, release, rent } from '../support/rentals.ts';
import { limit } from '../support/quotes.ts';
import {
  type CallOptions,
  OTHER_PROJECT,
  PROJECT,
  TEST_START,
  type TestServer,
} from '../support/test-server.ts';

const TIME = TEST_START.slice('2026-01-31'.length);

testOnEachEngine('a project rents as many numbers as it may, and no more', async (start) => {
  await using server = await start();
  await limit(server, { numbers: '2' });
  await rent(server, {}, numberAt(0));
  await rent(server, {}, numberAt(1));
  const refused = await tryRent(server, numberAt(2));
  assert.equal(refused.status, 400);
  assert.deepEqual(refused.json.error.details, [
    {
      type: 'PreconditionFailure',
      violations: [
        {
          type: 'NUMBERS_LIMIT',
          subject: PROJECT.id,
          limit: '2',
          used: '2',
          resetTime: null,
          description: 'The project may rent 2 numbers at a time, and rents 2.',
        },
      ],
    },
  ]);
  assert.equal((await server.call('GET', `/availableNumbers/${numberAt(2)}`)).status, 200);
  assert.equal((await tryRent(server, numberAt(2), OTHER_PROJECT)).status, 200);
  // A released number counts until it ends.
  const { expireAt } = await release(server, numberAt(0));
  assert.equal((await tryRent(server, numberAt(3))).status, 400);
  await advanceTo(server, expireAt);
  assert.equal((await tryRent(server, numberAt(3))).status, 200);
});

testOnEachEngine('many rents at once do not get beyond a limit', async (start) => {
  await using server = await start();
  await limit(server, { numbers: '5' });
  const answers = await Promise.all(
    Array.from({ length: 30 }, (_, i) => tryRent(server, numberAt(i))),
  );
  const statuses = answers.map(({ status }) => status);
  assert.equal(statuses.filter((status) => status === 200).length, 5);
  assert.equal(statuses.filter((status) => status === 400).length, 25);
});

testOnEachEngine('an order stops where the limit is, and says so', async (start) => {
  await using server = await start();
  await limit(server, { numbers: '3' });
  const order = async (body: object) => (await server.call('POST', '/rentOrders', { body })).json;
  const found = await order({ quantity: 5, regionCode: 'US', type: 'LOCAL' });
  assert.deepEqual([found.state, found.rentedQuantity], ['PARTIAL', 3]);
  assert.equal(found.error.details[0].violations[0].type, 'NUMBERS_LIMIT');
  await limit(server, { numbers: '4' });
  const strict = await order({
    quantity: 2,
    regionCode: 'US',
    type: 'LOCAL',
    allOrNothing: true,
  });
  assert.deepEqual([strict.state, strict.rentedQuantity], ['FAILED', 0]);
});

testOnEachEngine('a month has its spend, and the next one begins anew', async (start) => {
  await using server = await start();
  // A rent is 0.50 for the setup and 0.75 for the first month.
  await limit(server, { monthlySpend: '2.50', currencyCode: 'USD' });
  await rent(server, {}, numberAt(0));
  await rent(server, {}, numberAt(1));
  const refused = await tryRent(server, numberAt(2));
  const [violation] = refused.json.error.details[0].violations;
  assert.deepEqual(
    [violation.type, violation.limit, violation.used, violation.resetTime],
    ['SPEND_LIMIT', '2.50', '2.50', '2026-02-01T00:00:00.000000Z'],
  );
  // Another currency has another limit, and here none.
  assert.equal((await tryRent(server, '+448081570000')).status, 200);
  await advanceTo(server, '2026-02-01T00:00:00.000000Z');
  assert.equal((await tryRent(server, numberAt(2))).status, 200);
  // Renewals count, and are never refused.
  await advanceTo(server, `2026-02-28${TIME}`);
  const used = (await limits(server)).find(({ kind }: Json) => kind === 'SPEND');
  assert.deepEqual(
    [used.used, used.limit, used.resetTime],
    ['2.75', '2.50', '2026-03-01T00:00:00.000000Z'],
  );
});

testOnEachEngine('too many requests a second are told when to come back', async (start) => {
  await using server = await start();
  await limit(server, { requestsPerSecond: '5' });
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => server.call('GET', '/callbackConfiguration')),
  );
  const refused = answers.filter(({ status }) => status === 429);
  // As long as the requests took, some more were let through.
  assert.ok(refused.length >= 5, String(refused.length));
  for (const { headers, json } of refused) {
    assert.deepEqual([headers.get('retry-after'), headers.get('ratelimit-limit')], ['1', '5']);
    assert.equal(headers.get('ratelimit-remaining'), '0');
    assert.equal(json.error.status, 'RESOURCE_EXHAUSTED');
    const [violation] = json.error.details[0].violations;
    assert.deepEqual([violation.type, violation.subject], ['REQUESTS_LIMIT', PROJECT.id]);
    const now = server.server.context.clock.now();
    assert.ok(violation.resetTime > now && violation.resetTime <= addMilliseconds(now, 1000));
  }
  const passed = answers.find(({ status }) => status === 200);
  assert.equal(passed?.headers.get('ratelimit-limit'), '5');
  const other = await server.call('GET', '/callbackConfiguration', { project: OTHER_PROJECT });
  assert.deepEqual([other.status, other.headers.get('ratelimit-limit')], [200, null]);
});

testOnEachEngine('limits are listed with what is used of them', async (start) => {
  await using server = await start();
  const holds = { kind: 'HOLDS', currencyCode: '', limit: '100', used: '0', resetTime: null };
  assert.deepEqual(await limits(server), [holds]);
  await rent(server, {});
  await limit(server, { numbers: '10', keyRequestsPerSecond: '100' });
  assert.deepEqual(await limits(server), [
    holds,
    { kind: 'KEY_REQUESTS', currencyCode: '', limit: '100', used: null, resetTime: null },
    { kind: 'NUMBERS', currencyCode: '', limit: '10', used: '1', resetTime: null },
  ]);
  await limit(server, { keyRequestsPerSecond: 'none' });
  assert.equal((await limits(server)).length, 2);
});

async function limits(server: TestServer, options: CallOptions = {}): Promise<Json> {
  const answer = await server.call('GET', '/limits', options);
  assert.equal(answer.status, 200, answer.text);
  return answer.json.limits;
}

function tryRent(server: TestServer, number = NUMBER, project = PROJECT) {
  return server.call('POST', `/availableNumbers/${number}:rent`, { project, body: {} });
}
