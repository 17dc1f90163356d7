import assert from 'node:assert/strict';

import type { MovableClock } from '../../src/clock.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { assertReplay, callWithKey, countKeys, isReplay } from '../support/keyed.ts';
import { exchange } from '../support/raw-exchange.ts';
import { listEventTypes, NUMBER, numberAt } from '../support/rentals.ts';
import {
  addPool,
  type Answer,
  basicAuth,
  OTHER_PROJECT,
  PROJECT,
  type TestServer,
} from '../support/test-server.ts';

const DAY_MS = 24 * 3_600_000;
const RENT = `/availableNumbers/${NUMBER}:rent`;
const BODY = { smsConfiguration: { servicePlanId: 'plan' }, callbackUrl: 'https://example.com/' };

testOnEachEngine(
  'a request with a key is carried out once and gets its first answer, byte for byte',
  async (start) => {
    await using server = await start();
    const first = await rentWithKey(server, 'a');
    assert.equal(first.status, 200);
    assert.equal(isReplay(first), false);
    // What the number has become meanwhile makes no difference.
    await server.drain();
    await server.call('PATCH', `/activeNumbers/${NUMBER}`, { body: { displayName: 'Changed' } });
    for (let i = 0; i < 3; i++) assertReplay(await rentWithKey(server, 'a'), first);
    assert.equal((await eventsOf(server, 'RENTED')).length, 1);
    const { totalSize } = (await server.call('GET', '/activeNumbers?regionCode=US&type=LOCAL'))
      .json;
    assert.equal(totalSize, 1);
  },
);

testOnEachEngine('without a key nothing is kept', async (start) => {
  await using server = await start();
  assert.equal((await server.call('POST', RENT, { body: BODY })).status, 200);
  const again = await server.call('POST', RENT, { body: BODY });
  assert.deepEqual([again.status, isReplay(again)], [404, false]);
  assert.equal(await countKeys(server), 0);
});

testOnEachEngine('the same request in another encoding is the same request', async (start) => {
  await using server = await start();
  const first = await rentWithKey(server, 'a');
  const encoded = `/availableNumbers/${encodeURIComponent(NUMBER)}%3Arent`;
  assertReplay(await callWithKey(server, 'POST', encoded, 'a', BODY), first);
});

testOnEachEngine('a key that was used for another request is refused', async (start) => {
  await using server = await start();
  const first = await rentWithKey(server, 'a');
  const description = 'was used for another request: the same key needs the same path and body.';
  for (const [method, path, body] of [
    ['POST', RENT, { ...BODY, callbackUrl: 'https://example.org/' }],
    ['POST', RENT, undefined],
    ['POST', `${RENT}?colour=red`, BODY],
    ['POST', `/availableNumbers/${numberAt(1)}:rent`, BODY],
    ['POST', `/activeNumbers/${NUMBER}:release`, BODY],
    ['PATCH', `/activeNumbers/${NUMBER}`, BODY],
  ] as const) {
    const answer = await callWithKey(server, method, path, 'a', body);
    assert.deepEqual([answer.status, isReplay(answer)], [422, false]);
    assert.deepEqual(answer.json, {
      error: {
        code: 422,
        message: `Idempotency-Key: ${description}`,
        status: 'INVALID_ARGUMENT',
        details: [
          { type: 'BadRequest', fieldViolations: [{ field: 'Idempotency-Key', description }] },
        ],
      },
    });
  }
  assertReplay(await rentWithKey(server, 'a'), first);
  const number = await server.call('GET', `/activeNumbers/${NUMBER}`);
  assert.deepEqual([number.json.expireAt, number.json.callbackUrl], [null, BODY.callbackUrl]);
  assert.equal((await server.call('GET', `/availableNumbers/${numberAt(1)}`)).status, 200);
});

testOnEachEngine('two projects may use the same key', async (start) => {
  await using server = await start();
  const mine = await rentWithKey(server, 'a');
  const theirs = await server.call('POST', RENT, {
    project: OTHER_PROJECT,
    body: BODY,
    headers: { 'idempotency-key': 'a' },
  });
  assert.deepEqual([mine.status, theirs.status, isReplay(theirs)], [200, 404, false]);
  assert.ok(!theirs.text.includes(PROJECT.id), theirs.text);
});

testOnEachEngine('a key is one to 255 visible ASCII characters', async (start) => {
  await using server = await start();
  const target = `/v1/projects/${PROJECT.id}${RENT}`;
  const description = 'must be 1 to 255 visible ASCII characters.';
  for (const lines of [
    ['idempotency-key: '],
    ['idempotency-key: two words'],
    ['idempotency-key: tab\tin it'],
    ['idempotency-key: \u00fc'],
    [`idempotency-key: ${'k'.repeat(256)}`],
    ['idempotency-key: a', 'idempotency-key: b'],
  ]) {
    const headers = [`authorization: ${basicAuth(PROJECT)}`, ...lines];
    const answer = await exchange(server.url, { method: 'POST', target, headers, body: '{}' });
    assert.equal(answer.status, 400, lines.join());
    assert.equal(answer.json.error.message, `Idempotency-Key: ${description}`);
    assert.deepEqual(answer.json.error.details, [
      { type: 'BadRequest', fieldViolations: [{ field: 'Idempotency-Key', description }] },
    ]);
  }
  assert.equal(await countKeys(server), 0);
  const longest = `!"~${'k'.repeat(252)}`;
  const first = await rentWithKey(server, longest);
  assert.equal(first.status, 200);
  assertReplay(await rentWithKey(server, longest), first);
});

testOnEachEngine('an error without an effect is an answer like any other', async (start) => {
  await using server = await start();
  const [unknown, mobile] = ['+13125550100', '+13055550100'];
  const missing = await callWithKey(server, 'POST', `/availableNumbers/${unknown}:rent`, 'a', {});
  assert.deepEqual([missing.status, isReplay(missing)], [404, false]);
  // In the client's own spelling, which is no part of what the use case says.
  const campaign = { sms_configuration: { service_plan_id: 'plan', campaign_id: 'campaign' } };
  const misfit = await callWithKey(
    server,
    'POST',
    `/availableNumbers/${mobile}:rent`,
    'b',
    campaign,
  );
  assert.equal(misfit.status, 400);
  assert.match(misfit.text, /"field":"sms_configuration\.campaign_id"/);

  await addPool(server.server.context.store, {
    name: 'later',
    first: unknown,
    size: 1,
    visibleTo: undefined,
  });
  const again = await callWithKey(server, 'POST', `/availableNumbers/${unknown}:rent`, 'a', {});
  assertReplay(again, missing);
  assertReplay(
    await callWithKey(server, 'POST', `/availableNumbers/${mobile}:rent`, 'b', campaign),
    misfit,
  );
  const other = await callWithKey(server, 'POST', `/availableNumbers/${unknown}:rent`, 'c', {});
  assert.equal(other.status, 200);
});

testOnEachEngine('a request that cannot be read uses up no key', async (start) => {
  await using server = await start();
  for (const body of ['{', { smsConfiguration: {} }]) {
    assert.equal((await callWithKey(server, 'POST', RENT, 'a', body)).status, 400);
  }
  assert.equal((await rentWithKey(server, 'a')).status, 200);
});

testOnEachEngine('after a fault of the server the same key may succeed', async (start) => {
  await using server = await start();
  const { store } = server.server.context;
  await store.write((db) => db.run('ALTER TABLE charge RENAME TO lost'));
  const fault = await rentWithKey(server, 'a');
  assert.deepEqual([fault.status, await countKeys(server)], [500, 0]);
  await store.write((db) => db.run('ALTER TABLE lost RENAME TO charge'));
  const first = await rentWithKey(server, 'a');
  assert.deepEqual([first.status, isReplay(first)], [200, false]);
  assertReplay(await rentWithKey(server, 'a'), first);
});

testOnEachEngine('without credentials nothing is replayed', async (start) => {
  await using server = await start();
  await rentWithKey(server, 'a');
  for (const [authorization, status] of [
    ['', 401],
    [basicAuth(OTHER_PROJECT), 403],
  ] as const) {
    const response = await fetch(`${server.url}/v1/projects/${PROJECT.id}${RENT}`, {
      method: 'POST',
      headers: { authorization, 'idempotency-key': 'a' },
      body: JSON.stringify(BODY),
    });
    assert.equal(response.status, status);
    assert.ok(!(await response.text()).includes(NUMBER));
  }
});

testOnEachEngine('an answer is kept for 24 hours', async (start) => {
  await using server = await start();
  const clock = server.server.context.clock as MovableClock;
  const first = await rentWithKey(server, 'a');
  clock.advance(DAY_MS - 1);
  assertReplay(await rentWithKey(server, 'a'), first);
  await server.drain();
  assert.equal(await countKeys(server), 1);
  clock.advance(1);
  // Nobody has swept it away yet, and still it is over: this is another request.
  const next = await rentWithKey(server, 'a');
  assert.deepEqual([next.status, isReplay(next)], [404, false]);
  // And so is the memory of what the key was used for.
  clock.advance(DAY_MS);
  const other = await callWithKey(server, 'PATCH', `/activeNumbers/${NUMBER}`, 'a', {});
  assert.equal(other.status, 200);

  await server.advance(DAY_MS - 1);
  assert.equal(await countKeys(server), 1);
  await server.advance(1);
  assert.equal(await countKeys(server), 0);
});

testOnEachEngine('keys are swept away however many they are', async (start) => {
  await using server = await start();
  const { store } = server.server.context;
  // More than two batches, of which some are still good.
  await store.write((db) =>
    db.run(
      `WITH RECURSIVE counter (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM counter WHERE i < 1300)
      INSERT INTO kept_answer
        (project_id, idempotency_key, request_hash, claim_id, lease_end, expire_at, status, body)
      SELECT '${PROJECT.id}', 'key-' || i, '', '', '2026', CASE WHEN i > 1200 THEN '2027' ELSE '2026' END,
        200, '{}' FROM counter`,
    ),
  );
  await server.drain();
  assert.equal(await countKeys(server), 100);
});

function rentWithKey(server: TestServer, key: string): Promise<Answer> {
  return callWithKey(server, 'POST', RENT, key, BODY);
}

async function eventsOf({ server }: TestServer, type: string): Promise<string[]> {
  return (await listEventTypes(server)).filter((each) => each === type);
}
