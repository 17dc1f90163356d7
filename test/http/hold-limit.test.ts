import assert from 'node:assert/strict';

import { readRentBasis } from '../../src/app/rent-number.ts';
import type { MovableClock } from '../../src/clock.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { AS_OTHER, hold, holdNumber, listHeld } from '../support/holds.ts';
import { takeOrderTurn } from '../support/rent-orders.ts';
import { limit, listRentLimits, quoteOrder, quoteRent } from '../support/quotes.ts';
import { type Json, NUMBER, numberAt, rent } from '../support/rentals.ts';
import { type CallOptions, PROJECT, type TestServer } from '../support/test-server.ts';

testOnEachEngine('a project has a limit of holds of its own, above that of all', async (start) => {
  await using server = await start({ NUMBERYARD_PROJECT_HOLDS_MAX: '2' });
  await limit(server, { holds: '4' });
  await hold(server, { phoneNumbers: [0, 1].map(numberAt), ttlSeconds: 600 });
  // Not those that others are to hold.
  const numberPattern = { pattern: '+1202555013' };
  await hold(server, { regionCode: 'US', type: 'LOCAL', quantity: 2, numberPattern });
  const violation = {
    type: 'HOLDS_LIMIT',
    subject: PROJECT.id,
    description:
      'The project may hold 4 numbers at a time and holds 4, which leaves 0, and 1 more are wanted.',
    limit: '4',
    used: '4',
    resetTime: '2026-01-31T10:30:30.123456Z',
  };
  const byList = { phoneNumbers: [numberAt(50)] };
  const bySearch = { regionCode: 'US', type: 'LOCAL', quantity: 1 };
  for (const body of [byList, bySearch]) {
    assert.deepEqual(await refusalOf(server, body), violation);
  }
  // Nobody else has more by it, or less.
  const others = { phoneNumbers: [60, 61].map(numberAt) };
  await hold(server, others, AS_OTHER);
  const refused = await refusalOf(server, { phoneNumbers: [numberAt(62)] }, AS_OTHER);
  assert.deepEqual([refused.subject, refused.limit, refused.used], ['project-two', '2', '2']);
});

testOnEachEngine('what is told of a limit is what refuses', async (start) => {
  await using server = await start({ NUMBERYARD_PROJECT_HOLDS_MAX: '3' });
  assert.deepEqual(await toldOf(server), ['3', '0', null]);
  await holdNumber(server, numberAt(0), 600);
  await holdNumber(server, numberAt(1));
  assert.deepEqual(await toldOf(server), ['3', '2', '2026-01-31T10:30:30.123456Z']);
  for (const [holds, told] of [
    ['1', '1'],
    ['0', '0'],
    ['none', '3'],
    ['2', '2'],
  ] as const) {
    await limit(server, { holds });
    assert.deepEqual(await toldOf(server), [told, '2', '2026-01-31T10:30:30.123456Z']);
    const { limit: refusing } = await refusalOf(server, { phoneNumbers: [5, 6].map(numberAt) });
    assert.equal(refusing, told);
    assert.deepEqual(await toldOf(server, AS_OTHER), ['3', '0', null]);
  }
  // When the first hold ends, one more may be held, and the other is the first to end.
  (server.server.context.clock as MovableClock).advance(600_000);
  assert.deepEqual(await toldOf(server), ['2', '1', '2026-01-31T10:35:30.123456Z']);
  await holdNumber(server, numberAt(5));
});

testOnEachEngine('a lower limit takes no hold away', async (start) => {
  await using server = await start();
  const phoneNumbers = [0, 1].map(numberAt);
  await hold(server, { phoneNumbers });
  await limit(server, { holds: '0' });
  // The list may be sent again, and holds be extended and given back.
  await hold(server, { phoneNumbers });
  assert.deepEqual(await listHeld(server), phoneNumbers);
  for (const act of ['extend', 'release']) {
    const answer = await server.call('POST', `/numberHolds/${numberAt(0)}:${act}`);
    assert.equal(answer.status, 200, answer.text);
  }
  const { limit: refusing } = await refusalOf(server, { phoneNumbers: [numberAt(0)] });
  assert.equal(refusing, '0');
});

testOnEachEngine('rents know nothing of a limit of holds', async (start) => {
  await using server = await start();
  const held = [0, 1, 2].map(numberAt);
  await hold(server, { phoneNumbers: held });
  await limit(server, { holds: '1' });
  const basis = await readRentBasis(server.server.context, PROJECT.id);
  assert.equal(basis.isLimited, false, 'so that it counts nothing');
  await limit(server, { numbers: '4' });
  for (const number of [numberAt(0), numberAt(9)]) {
    const quote = await quoteRent(server, number, {});
    assert.deepEqual(quote.problems, []);
    await rent(server, {}, number);
    assert.deepEqual(quote.limits, await listRentLimits(server));
  }
  const order = { phoneNumbers: [numberAt(1), numberAt(2)], allOrNothing: true };
  const quote = await quoteOrder(server, order);
  const { json } = await server.call('POST', '/rentOrders', { body: order });
  assert.deepEqual([quote.state, json.state], ['COMPLETED', 'COMPLETED']);
  assert.deepEqual(quote.limits, await listRentLimits(server));
  assert.deepEqual(await toldOf(server), ['1', '0', null], 'and what is rented is held no more');
});

testOnEachEngine('what an order takes over counts until its own end', async (start) => {
  const stock = [{ name: 'local', first: NUMBER, size: 300 }];
  await using server = await start({ NUMBERYARD_PROJECT_HOLDS_MAX: '2' }, stock);
  const phoneNumbers = Array.from({ length: 101 }, (_, i) => numberAt(i));
  const body = { phoneNumbers, allOrNothing: true };
  await holdNumber(server, numberAt(0), 600);
  await holdNumber(server, numberAt(1));
  const { json: order } = await server.call('POST', '/rentOrders', { body });
  await takeOrderTurn(server);
  // The order has them, and may give them back.
  assert.deepEqual(await listHeld(server), []);
  assert.deepEqual(await toldOf(server), ['2', '2', '2026-01-31T10:30:30.123456Z']);
  const more = { phoneNumbers: [numberAt(200)] };
  const { used, resetTime } = await refusalOf(server, more);
  assert.deepEqual([used, resetTime], ['2', '2026-01-31T10:30:30.123456Z']);

  (server.server.context.clock as MovableClock).advance(600_000);
  assert.deepEqual(await toldOf(server), ['2', '1', '2026-01-31T10:35:30.123456Z']);
  await hold(server, more);
  const cancelled = await server.call('POST', `/rentOrders/${order.rentOrderId}:cancel`);
  assert.equal(cancelled.json.state, 'CANCELLED', cancelled.text);
  await server.drain();
  assert.deepEqual(await listHeld(server), [numberAt(1), numberAt(200)]);
  assert.deepEqual(await toldOf(server), ['2', '2', '2026-01-31T10:35:30.123456Z']);

  await server.call('POST', '/rentOrders', { body });
  await server.drain();
  const left = ['2', '1', '2026-01-31T10:35:30.123456Z'];
  assert.deepEqual(
    (await toldOf(server)).slice(0, 2),
    left.slice(0, 2),
    'what is rented is no hold',
  );
});

/** What a project is told of its limit of holds. */
async function toldOf(server: TestServer, options: CallOptions = {}): Promise<Json> {
  const { limits } = (await server.call('GET', '/limits', options)).json;
  const found = limits.filter(({ kind }: Json) => kind === 'HOLDS');
  assert.equal(found.length, 1);
  return [found[0].limit, found[0].used, found[0].resetTime];
}

/** The violation of a request for holds, which must be refused for one. */
async function refusalOf(
  server: TestServer,
  body: object,
  options: CallOptions = {},
): Promise<Json> {
  const { status, json, text } = await server.call('POST', '/numberHolds', { ...options, body });
  assert.equal(status, 400, text);
  assert.equal(json.error.status, 'FAILED_PRECONDITION');
  return json.error.details[0].violations[0];
}
