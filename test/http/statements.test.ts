import assert from 'node:assert/strict';

import { parse } from 'csv-parse/sync';

import { testOnEachEngine } from '../support/engines.ts';
import { advanceTo, type Json, numberAt, rent } from '../support/rentals.ts';
import { OTHER_PROJECT, PROJECT, TEST_START, type TestServer } from '../support/test-server.ts';

const TIME = TEST_START.slice('2026-01-31'.length);
const TOLL_FREE = '+448081570000';

testOnEachEngine('a statement has what a month came to, by currency and kind', async (start) => {
  await using server = await start();
  await rent(server, {}, numberAt(0));
  await rent(server, {}, numberAt(1));
  await rent(server, {}, TOLL_FREE);
  await advanceTo(server, `2026-03-01T00:00:00.000000Z`);
  await rent(server, {}, numberAt(2));
  const { charges, ...january } = await statement(server, '2026-01');
  assert.deepEqual(january, {
    projectId: PROJECT.id,
    month: '2026-01',
    startTime: '2026-01-01T00:00:00.000000Z',
    endTime: '2026-02-01T00:00:00.000000Z',
    complete: true,
    totals: [
      { kind: 'SETUP', count: 1, amount: { currencyCode: 'GBP', amount: '0.50' } },
      { kind: 'PERIOD', count: 1, amount: { currencyCode: 'GBP', amount: '0.75' } },
      { kind: 'SETUP', count: 2, amount: { currencyCode: 'USD', amount: '1.00' } },
      { kind: 'PERIOD', count: 2, amount: { currencyCode: 'USD', amount: '1.50' } },
    ],
    nextPageToken: '',
    totalSize: 6,
  });
  const listed = await server.call('GET', '/charges?to=2026-02-01T00:00:00Z');
  assert.deepEqual(charges, listed.json.charges.toReversed());
  // A period belongs to the month in which it was charged: here that is when the worker came to it.
  assert.equal((await statement(server, '2026-02')).totalSize, 0);
  assert.equal((await statement(server, '2026-03')).totalSize, 5);
});

testOnEachEngine('the current month is not complete, and one to come is refused', async (start) => {
  await using server = await start();
  const isComplete = async () => (await statement(server, '2026-01')).complete;
  const fileOf = async () =>
    (await server.call('GET', '/statements/2026-01.csv')).headers.get('content-disposition');
  assert.equal(await isComplete(), false);
  assert.equal(await fileOf(), 'attachment; filename="statement-2026-01-incomplete.csv"');
  for (const path of ['/statements/2026-02', '/statements/2026-02.csv', '/statements/2026-1']) {
    const { status, json } = await server.call('GET', path);
    assert.equal(status, 400, path);
    assert.equal(json.error.details[0].fieldViolations[0].field, 'month');
  }
  await advanceTo(server, '2026-02-01T00:00:00.000000Z');
  assert.equal((await statement(server, '2026-02')).totalSize, 0);
  await advanceTo(server, '2026-02-01T00:05:00.000000Z', -1);
  assert.equal(await isComplete(), false);
  await advanceTo(server, '2026-02-01T00:05:00.000000Z');
  assert.equal(await isComplete(), true);
  assert.equal(await fileOf(), 'attachment; filename="statement-2026-01.csv"');
});

testOnEachEngine('pages of a statement do not move while more is charged', async (start) => {
  await using server = await start();
  for (let i = 0; i < 5; i++) await rent(server, {}, numberAt(i));
  const whole = await statement(server, '2026-01');
  const seen: Json[] = [];
  let token = '';
  let rented = 5;
  do {
    const page = await statement(server, `2026-01?pageSize=4${token && `&pageToken=${token}`}`);
    seen.push(...page.charges);
    token = page.nextPageToken;
    await server.advance(1);
    if (rented < 8) await rent(server, {}, numberAt(rented++));
  } while (token !== '' && seen.length < 100);
  assert.deepEqual(seen.slice(0, 10), whole.charges);
  assert.equal(seen.length, rented * 2, 'what came meanwhile stands at the end, once');
  assert.equal(new Set(seen.map(({ chargeId }) => chargeId)).size, seen.length);
});

testOnEachEngine('the CSV of a statement is the statement, over many slices', async (start) => {
  await using server = await start({}, [
    { name: 'many', first: '+12025000000', size: 1300 },
    { name: 'yen', first: '+819012340000', size: 1, regionCode: 'JP', currencyCode: 'JPY' },
  ]);
  const order = { quantity: 1300, regionCode: 'US', type: 'LOCAL' };
  assert.equal((await server.call('POST', '/rentOrders', { body: order })).status, 200);
  await server.drain();
  await rent(server, {}, '+819012340000');
  await advanceTo(server, `2026-02-28${TIME}`);
  for (const [month, lines] of [
    ['2026-01', 2602],
    ['2026-02', 1301],
    ['2025-12', 0],
  ] as const) {
    const charges: Json[] = [];
    let token = '';
    do {
      const query = `pageSize=1000${token && `&pageToken=${token}`}`;
      const page = await statement(server, `${month}?${query}`);
      charges.push(...page.charges);
      token = page.nextPageToken;
    } while (token !== '');
    assert.equal(charges.length, lines);
    const { status, headers, text } = await server.call('GET', `/statements/${month}.csv`);
    assert.equal(status, 200);
    assert.equal(headers.get('content-type'), 'text/csv; charset=utf-8');
    assert.equal(text.split('\r\n').length, lines + 2);
    const rows = parse(text, { columns: true }) as Json[];
    assert.deepEqual(
      rows,
      charges.map(({ amount, period, ...charge }) => ({
        ...charge,
        ...amount,
        month,
        period: String(period),
      })),
    );
  }
});

testOnEachEngine("a statement has nothing of another project's", async (start) => {
  await using server = await start();
  await rent(server, {});
  const path = '/statements/2026-01';
  const theirs = await server.call('GET', path, { project: OTHER_PROJECT });
  assert.deepEqual([theirs.json.totals, theirs.json.charges, theirs.json.totalSize], [[], [], 0]);
  const csv = await server.call('GET', `${path}.csv`, { project: OTHER_PROJECT });
  assert.deepEqual(parse(csv.text, { columns: true }), []);
});

async function statement(server: TestServer, path: string): Promise<Json> {
  const answer = await server.call('GET', `/statements/${path}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}
