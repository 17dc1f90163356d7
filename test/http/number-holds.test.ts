import assert from 'node:assert/strict';

import type { MovableClock } from '../../src/clock.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { AS_OTHER, hold, holdNumber, listHeld, numbersOf, standingOf } from '../support/holds.ts';
import { advanceTo, listEventTypes, NUMBER, numberAt, release, rent } from '../support/rentals.ts';
import { PROJECT, type TestServer } from '../support/test-server.ts';

const MINUTE_MS = 60_000;
const US_LOCAL = { regionCode: 'US', type: 'LOCAL' };

async function statusOf(server: TestServer, method: string, path: string, options = {}) {
  return (await server.call(method, path, options)).status;
}

testOnEachEngine('a hold is shown in the same way wherever it is shown', async (start) => {
  await using server = await start();
  const answer = await server.call('POST', '/numberHolds', { body: { phoneNumbers: [NUMBER] } });
  const shown =
    `{"phoneNumber":"${NUMBER}","projectId":"${PROJECT.id}","regionCode":"US","type":"LOCAL",` +
    '"capability":["SMS","VOICE"],"setupPrice":{"currencyCode":"USD","amount":"0.50"},' +
    '"monthlyPrice":{"currencyCode":"USD","amount":"0.75"},"paymentIntervalMonths":1,' +
    '"supportingDocumentationRequired":false,"createTime":"2026-01-31T10:20:30.123456Z",' +
    '"expireTime":"2026-01-31T10:35:30.123456Z"}';
  assert.equal(answer.text, `{"numberHolds":[${shown}]}`);
  assert.equal((await server.call('GET', `/numberHolds/${NUMBER}`)).text, shown);
  assert.equal(
    (await server.call('GET', '/numberHolds')).text,
    `{"numberHolds":[${shown}],"nextPageToken":"","totalSize":1}`,
  );
});

testOnEachEngine('a held number is for its holder only', async (start) => {
  await using server = await start({}, [{ name: 'pool', first: NUMBER, size: 3 }]);
  await holdNumber(server, NUMBER);
  const search = '/availableNumbers?regionCode=US&type=LOCAL';
  for (const options of [{}, AS_OTHER]) {
    const found = numbersOf((await server.call('GET', search, options)).json.availableNumbers);
    assert.deepEqual(found.toSorted(), [numberAt(1), numberAt(2)]);
  }
  const check = `/availableNumbers/${NUMBER}`;
  assert.equal(await statusOf(server, 'GET', check), 200);
  assert.equal(await statusOf(server, 'GET', check, AS_OTHER), 404);
  assert.equal(await statusOf(server, 'POST', `${check}:rent`, AS_OTHER), 404);
  const body = { phoneNumbers: [NUMBER] };
  assert.equal(await statusOf(server, 'POST', '/numberHolds', { ...AS_OTHER, body }), 404);
  for (const [method, verb] of [
    ['GET', ''],
    ['POST', ':extend'],
    ['POST', ':release'],
  ] as const) {
    assert.equal(await statusOf(server, method, `/numberHolds/${NUMBER}${verb}`, AS_OTHER), 404);
  }
  assert.deepEqual(await listHeld(server, AS_OTHER), []);
  for (const place of [1, 2]) {
    const any = { ...AS_OTHER, body: US_LOCAL };
    assert.equal(await statusOf(server, 'POST', '/availableNumbers:rentAny', any), 200, `${place}`);
  }
  assert.equal(
    await statusOf(server, 'POST', '/availableNumbers:rentAny', { ...AS_OTHER, body: US_LOCAL }),
    404,
  );
});

testOnEachEngine('a rent turns a hold into a rental', async (start) => {
  await using server = await start();
  await holdNumber(server, NUMBER);
  await rent(server, {});
  assert.deepEqual(await standingOf(server, NUMBER), ['ACTIVE', null]);
  assert.deepEqual(await listHeld(server), []);
  assert.equal(await statusOf(server, 'GET', `/numberHolds/${NUMBER}`), 404);
  await server.advance(20 * MINUTE_MS);
  assert.deepEqual(await standingOf(server, NUMBER), ['ACTIVE', null]);
  assert.deepEqual(await listEventTypes(server.server), ['HELD', 'RENTED']);
});

testOnEachEngine('a rent that fails leaves the hold as it is', async (start) => {
  await using server = await start();
  const number = '+448081570000';
  const [{ expireTime }] = (await holdNumber(server, number)) as [{ expireTime: string }];
  const body = { smsConfiguration: { servicePlanId: 'plan' } };
  const answer = await server.call('POST', `/availableNumbers/${number}:rent`, { body });
  assert.equal(answer.status, 400);
  assert.deepEqual(await standingOf(server, number), ['HELD', expireTime]);
});

testOnEachEngine(
  'numbers are held all or not at all, and each obstacle is named',
  async (start) => {
    await using server = await start();
    await server.call('POST', `/availableNumbers/${numberAt(1)}:rent`, AS_OTHER);
    await hold(server, { phoneNumbers: [numberAt(2)] }, AS_OTHER);
    const nowhere = '+12025559999';
    const phoneNumbers = [numberAt(3), numberAt(2), nowhere, numberAt(1), numberAt(0)];
    const answer = await server.call('POST', '/numberHolds', { body: { phoneNumbers } });
    assert.equal(answer.status, 404);
    const { message, details } = answer.json.error;
    assert.equal(message, 'Nothing was held: 3 of the 5 numbers cannot be.');
    const named = details.map((detail: { resourceName: string }) => detail.resourceName);
    assert.deepEqual(named, [numberAt(1), numberAt(2), nowhere]);
    const others = details.map((detail: object) => ({ ...detail, resourceName: '' }));
    assert.deepEqual(others[0], others[2], 'what others have looks like what there is not');
    assert.deepEqual(await listHeld(server), []);
    assert.deepEqual(await standingOf(server, numberAt(0)), ['AVAILABLE', null]);
    assert.deepEqual(await listEventTypes(server.server, numberAt(0)), []);
  },
);

testOnEachEngine(
  'a list is answered in its own order, and sent again it changes nothing',
  async (start) => {
    await using server = await start();
    const phoneNumbers = [numberAt(5), numberAt(2), numberAt(9)];
    const first = await server.call('POST', '/numberHolds', { body: { phoneNumbers } });
    assert.deepEqual(numbersOf(first.json.numberHolds), [numberAt(5), numberAt(2), numberAt(9)]);
    await server.advance(MINUTE_MS);
    const again = await server.call('POST', '/numberHolds', {
      body: { phoneNumbers, ttlSeconds: 3600 },
    });
    assert.equal(again.text, first.text);
    assert.deepEqual(await listEventTypes(server.server, numberAt(5)), ['HELD']);
  },
);

testOnEachEngine('numbers are held by a search, as many as are wanted', async (start) => {
  await using server = await start();
  const held = await hold(server, { ...US_LOCAL, quantity: 12, excludePattern: '3' });
  assert.equal(new Set(numbersOf(held)).size, 12);
  for (const number of numbersOf(held)) assert.match(number, /^\+1202555[^3]+$/);
  assert.deepEqual(await listHeld(server), numbersOf(held).toSorted());

  const pattern = { numberPattern: { pattern: '+120255501', searchPattern: 'START' } };
  const rest = await hold(server, { ...US_LOCAL, ...pattern, quantity: 88 });
  assert.equal(rest.length, 88, 'to the last that there is');
  const none = await server.call('POST', '/numberHolds', { body: { ...US_LOCAL, quantity: 1 } });
  assert.equal(none.status, 404);
  assert.equal(none.json.error.message, 'No available number matches the request.');
});

testOnEachEngine('a block is held as a whole, of numbers that nobody has', async (start) => {
  await using server = await start();
  for (const place of [19, 40, 61, 82]) await rent(server, {}, numberAt(place));
  const held = numbersOf(await hold(server, { ...US_LOCAL, quantity: 20, sequential: true }));
  const [first = ''] = held;
  assert.deepEqual(
    held,
    held.map((_, i) => `+${Number(first.slice(1)) + i}`),
  );
  for (const number of held) assert.equal((await standingOf(server, number))[0], 'HELD');
  const long = { ...US_LOCAL, quantity: 21, sequential: true };
  const answer = await server.call('POST', '/numberHolds', { body: long });
  assert.equal(answer.status, 404);
  assert.equal((await listHeld(server)).length, 20);
});

testOnEachEngine('a private pool is held from only by those who may see it', async (start) => {
  await using server = await start();
  const body = { phoneNumbers: ['+14165550100'] };
  assert.equal(await statusOf(server, 'POST', '/numberHolds', { ...AS_OTHER, body }), 404);
  const search = { regionCode: 'CA', type: 'LOCAL', quantity: 1 };
  const asOther = { ...AS_OTHER, body: search };
  assert.equal(await statusOf(server, 'POST', '/numberHolds', asOther), 404);
  await hold(server, body);
  await hold(server, search);
});

testOnEachEngine('a number in quarantine is held by nobody', async (start) => {
  await using server = await start({}, [
    { name: 'pool', first: NUMBER, size: 1, quarantineDays: 30 },
  ]);
  await rent(server, {});
  const { expireAt } = await release(server);
  await advanceTo(server, expireAt);
  const body = { phoneNumbers: [NUMBER] };
  for (const options of [{}, AS_OTHER]) {
    assert.equal(await statusOf(server, 'POST', '/numberHolds', { ...options, body }), 404);
  }
  await rent(server, {});
});

testOnEachEngine('what one gives back is on sale at once', async (start) => {
  await using server = await start();
  await holdNumber(server, NUMBER);
  await server.advance(MINUTE_MS);
  const answer = await server.call('POST', `/numberHolds/${NUMBER}:release`);
  assert.equal(answer.status, 200);
  assert.equal(answer.json.expireTime, '2026-01-31T10:21:30.123456Z');
  assert.deepEqual(await standingOf(server, NUMBER), ['AVAILABLE', null]);
  assert.equal(await statusOf(server, 'POST', `/numberHolds/${NUMBER}:release`), 404);
  assert.equal(await statusOf(server, 'POST', `/availableNumbers/${NUMBER}:rent`, AS_OTHER), 200);
  assert.deepEqual(await listEventTypes(server.server), ['HELD', 'HOLD_RELEASED', 'RENTED']);
});

testOnEachEngine('an extension moves the end of a hold, and never back', async (start) => {
  await using server = await start();
  await holdNumber(server, NUMBER);
  await server.advance(10 * MINUTE_MS);
  const extend = (body: object = {}) =>
    server.call('POST', `/numberHolds/${NUMBER}:extend`, { body });
  const { json } = await extend({ ttlSeconds: 1200 });
  assert.equal(json.expireTime, '2026-01-31T10:50:30.123456Z');
  assert.equal(json.createTime, '2026-01-31T10:20:30.123456Z');
  assert.deepEqual(await standingOf(server, NUMBER), ['HELD', json.expireTime]);
  assert.equal((await extend({ ttlSeconds: 60 })).json.expireTime, json.expireTime);
  assert.equal((await extend()).json.expireTime, json.expireTime);
  assert.deepEqual(await listEventTypes(server.server), ['HELD', 'HOLD_EXTENDED']);
  await server.advance(20 * MINUTE_MS - 1);
  assert.deepEqual(await listHeld(server), [NUMBER]);
  assert.equal((await extend()).json.expireTime, '2026-01-31T11:05:30.122456Z');
});

testOnEachEngine('the operator says how long a hold may last', async (start) => {
  await using server = await start({
    NUMBERYARD_HOLD_SECONDS: '60',
    NUMBERYARD_HOLD_SECONDS_MAX: '120',
    NUMBERYARD_HOLD_LIFE_SECONDS_MAX: '180',
  });
  const [{ expireTime }] = (await holdNumber(server, NUMBER)) as [{ expireTime: string }];
  assert.equal(expireTime, '2026-01-31T10:21:30.123456Z');
  const long = { phoneNumbers: [numberAt(1)], ttlSeconds: 121 };
  const refused = await server.call('POST', '/numberHolds', { body: long });
  assert.equal(refused.json.error.message, 'ttlSeconds: must be <= 120.');
  await server.advance(59_000);
  const extend = (ttlSeconds?: number) =>
    server.call('POST', `/numberHolds/${NUMBER}:extend`, { body: { ttlSeconds } });
  assert.equal((await extend(120)).json.expireTime, '2026-01-31T10:23:29.123456Z');
  await server.advance(30_000);
  const { error } = (await extend(120)).json;
  assert.deepEqual(error.details, [
    {
      type: 'PreconditionFailure',
      violations: [
        {
          type: 'HOLD_LIFE_LIMIT',
          subject: NUMBER,
          description:
            'A number is held for 180 seconds at most, extensions included. This one can be until 2026-01-31T10:23:30.123456Z, for which 91 seconds are left.',
        },
      ],
    },
  ]);
  await server.advance(80_000);
  assert.equal((await extend()).json.expireTime, '2026-01-31T10:23:30.123456Z');
  await server.advance(11_000);
  assert.equal((await extend()).status, 404);
});

testOnEachEngine('a project holds no more than its limit, and may have it again', async (start) => {
  await using server = await start({ NUMBERYARD_PROJECT_HOLDS_MAX: '3' });
  await hold(server, { phoneNumbers: [numberAt(0), numberAt(1)], ttlSeconds: 600 });
  const body = { phoneNumbers: [numberAt(1), numberAt(2), numberAt(3)] };
  const refused = await server.call('POST', '/numberHolds', { body });
  assert.equal(refused.status, 400);
  assert.equal(refused.json.error.status, 'FAILED_PRECONDITION');
  assert.deepEqual(refused.json.error.details[0].violations, [
    {
      type: 'HOLDS_LIMIT',
      subject: PROJECT.id,
      description:
        'The project may hold 3 numbers at a time and holds 2, which leaves 1, and 2 more are wanted.',
      limit: '3',
      used: '2',
      resetTime: '2026-01-31T10:30:30.123456Z',
    },
  ]);
  await hold(server, { phoneNumbers: [numberAt(1), numberAt(2)] });
  assert.deepEqual(await listHeld(server), [0, 1, 2].map(numberAt));
  await hold(server, { phoneNumbers: [numberAt(3)] }, AS_OTHER);
  assert.equal(
    await statusOf(server, 'POST', '/numberHolds', { body: { phoneNumbers: [numberAt(4)] } }),
    400,
  );

  await rent(server, {}, numberAt(0));
  await hold(server, { phoneNumbers: [numberAt(4)] });
  // At its end a hold counts no more, whether or not the worker has been there.
  (server.server.context.clock as MovableClock).advance(600_000);
  await hold(server, { phoneNumbers: [numberAt(5)] });
});

testOnEachEngine('a list of holds has pages in the order of the numbers', async (start) => {
  await using server = await start();
  const numbers = [7, 1, 5, 3, 9].map(numberAt);
  await hold(server, { phoneNumbers: numbers });
  const seen: string[] = [];
  for (let token = ''; ;) {
    const query = token === '' ? '' : `&pageToken=${token}`;
    const { json } = await server.call('GET', `/numberHolds?pageSize=2${query}`);
    assert.equal(json.totalSize, 5);
    seen.push(...numbersOf(json.numberHolds));
    token = json.nextPageToken;
    if (token === '') break;
    const stolen = `/numberHolds?pageToken=${token}`;
    assert.equal(await statusOf(server, 'GET', stolen, AS_OTHER), 400);
  }
  assert.deepEqual(seen, numbers.toSorted());
});

testOnEachEngine('a request may be written in snake_case', async (start) => {
  await using server = await start();
  await hold(server, { phone_numbers: [NUMBER], ttl_seconds: 60 });
  const wrong = { phone_numbers: ['1'], ttl_seconds: 60 };
  const answer = await server.call('POST', '/numberHolds', { body: wrong });
  assert.match(answer.json.error.message, /^phone_numbers: "1" is not a number/);
});
