import assert from 'node:assert/strict';

import type { ProjectId } from '../../src/domain/project-id.ts';
import { insertCharge, listCharges } from '../../src/store/charge.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { advanceTo, type Json, NUMBER, numberAt, rent } from '../support/rentals.ts';
import { OTHER_PROJECT, PROJECT, TEST_START, type TestServer } from '../support/test-server.ts';

const TIME = TEST_START.slice('2026-01-31'.length);
const FEBRUARY = `2026-02-28${TIME}`;
const TOLL_FREE = '+448081570000';

testOnEachEngine(
  'a project reads its charges, the newest first, with exact totals',
  async (start) => {
    await using server = await start();
    await rent(server, {});
    await rent(server, {}, TOLL_FREE);
    await advanceTo(server, FEBRUARY);
    const { charges, ...rest } = await list(server);
    assert.deepEqual(rest, {
      nextPageToken: '',
      totalSize: 6,
      totals: [
        { currencyCode: 'GBP', amount: '2.00' },
        { currencyCode: 'USD', amount: '2.00' },
      ],
    });
    const { chargeId, rentalId, ...line } = charges.find(
      ({ phoneNumber, period }: Json) => phoneNumber === NUMBER && period === 1,
    );
    assert.ok(/^\w{26}$/.test(chargeId) && /^\w{26}$/.test(rentalId));
    assert.deepEqual(line, {
      projectId: PROJECT.id,
      phoneNumber: NUMBER,
      kind: 'PERIOD',
      period: 1,
      periodStart: FEBRUARY,
      periodEnd: `2026-03-31${TIME}`,
      amount: { currencyCode: 'USD', amount: '0.75' },
      createTime: FEBRUARY,
    });
    const keys = charges.map((charge: Json) => `${charge.createTime} ${charge.chargeId}`);
    assert.deepEqual(keys, keys.toSorted().toReversed());
  },
);

testOnEachEngine('sums beyond what numbers are exact for are exact', async (start) => {
  await using server = await start();
  await rent(server, {});
  const { store } = server.server.context;
  const projectId = PROJECT.id as ProjectId;
  await store.write(async (db) => {
    const [charge] = await listCharges(db, projectId);
    for (const period of [7, 8]) {
      const large = { kind: 'PERIOD', amountMinor: Number.MAX_SAFE_INTEGER } as const;
      await insertCharge(db, false, { ...charge!, ...large, id: `large-${period}`, period });
    }
  });
  const amount = '180143985094821.07';
  const { totals } = await list(server);
  assert.deepEqual(totals, [{ currencyCode: 'USD', amount }]);
  const { status, json } = await server.call('GET', '/statements/2026-01');
  assert.equal(status, 200);
  const sums = json.totals.map((total: Json) => `${total.kind} ${total.amount.amount}`);
  assert.deepEqual(sums, ['SETUP 0.50', 'PERIOD 180143985094820.57']);
});

testOnEachEngine(
  'each filter of charges leaves out the others, also in the totals',
  async (start) => {
    await using server = await start();
    await rent(server, {});
    await rent(server, {}, numberAt(1));
    await rent(server, {}, TOLL_FREE);
    await advanceTo(server, FEBRUARY);
    const [{ rentalId }] = (await list(server, `?phoneNumber=${NUMBER}`)).charges;
    const usd = (amount: string) => [{ currencyCode: 'USD', amount }];
    for (const [query, totalSize, totals] of [
      [`phoneNumber=${NUMBER}`, 3, usd('2.00')],
      [`phoneNumber=%2B12025550100&kind=SETUP`, 1, usd('0.50')],
      [`rentalId=${rentalId}`, 3, usd('2.00')],
      [`rentalId=${rentalId}&phoneNumber=${TOLL_FREE}`, 0, []],
      ['rentalId=nothing', 0, []],
      ['kind=SETUP&currencyCode=USD', 2, usd('1.00')],
      ['currencyCode=GBP', 3, [{ currencyCode: 'GBP', amount: '2.00' }]],
      [`currencyCode=USD&from=${FEBRUARY}`, 2, usd('1.50')],
      [`currencyCode=USD&to=${FEBRUARY}`, 4, usd('2.50')],
      ['currencyCode=USD&from=2026-02-01T00:00:00%2B01:00', 2, usd('1.50')],
      // As many clients write it: without an escape the plus sign is a space.
      ['currencyCode=USD&from=2026-02-01T00:00:00+01:00', 2, usd('1.50')],
      [`from=${FEBRUARY}&to=${FEBRUARY}`, 0, []],
    ] as const) {
      const page = await list(server, `?${query}`);
      assert.deepEqual([page.totalSize, page.totals], [totalSize, totals], query);
      assert.equal(page.charges.length, totalSize, query);
    }
  },
);

testOnEachEngine('wrong filters of charges are named', async (start) => {
  await using server = await start();
  for (const [field, value] of [
    ['from', 'yesterday'],
    ['to', '2026-02-30T00:00:00Z'],
    ['to', '2026-02-01'],
    ['from', '%2B012026-01-01T00:00:00Z'],
    ['phoneNumber', '12025550100'],
    ['kind', 'PERIODS'],
    ['currencyCode', 'usd'],
    ['pageSize', '0'],
    ['pageSize', '1001'],
    ['rentalId', 'x'.repeat(65)],
  ] as const) {
    const { status, json, text } = await server.call('GET', `/charges?${field}=${value}`);
    assert.equal(status, 400, `${field}=${value}: ${text}`);
    assert.equal(json.error.details[0].fieldViolations[0].field, field);
  }
});

testOnEachEngine('pages of charges do not move while more is charged', async (start) => {
  await using server = await start();
  for (let i = 0; i < 7; i++) await rent(server, {}, numberAt(i));
  const whole = await list(server);
  assert.equal(whole.totalSize, 14);
  const seen: Json[] = [];
  let token = '';
  let rented = 7;
  do {
    const page = await list(server, `?pageSize=3${token && `&pageToken=${token}`}`);
    seen.push(...page.charges);
    token = page.nextPageToken;
    assert.equal(page.totalSize, rented * 2);
    assert.equal(page.totals[0].amount, (rented * 1.25).toFixed(2));
    // At the same instant, and later.
    await rent(server, {}, numberAt(rented++));
    await server.advance(1);
  } while (token !== '' && seen.length < 100);
  assert.deepEqual(seen, whole.charges);
});

testOnEachEngine('a page token of charges works for its own filters and project', async (start) => {
  await using server = await start();
  await rent(server, {});
  const { nextPageToken } = await list(server, '?pageSize=1&kind=SETUP');
  assert.equal(nextPageToken, '');
  const token = (await list(server, '?pageSize=1')).nextPageToken;
  assert.equal((await list(server, `?pageToken=${token}`)).charges.length, 1);
  for (const [query, project] of [
    ['&kind=SETUP', PROJECT],
    ['', OTHER_PROJECT],
  ] as const) {
    const { status, json } = await server.call('GET', `/charges?pageToken=${token}${query}`, {
      project,
    });
    assert.equal(status, 400);
    assert.equal(json.error.details[0].fieldViolations[0].field, 'pageToken');
  }
});

testOnEachEngine("no filter of charges finds another project's", async (start) => {
  await using server = await start();
  await rent(server, {});
  const [{ rentalId }] = (await list(server)).charges;
  for (const query of ['', `?phoneNumber=${NUMBER}`, `?rentalId=${rentalId}`]) {
    const theirs = await server.call('GET', `/charges${query}`, { project: OTHER_PROJECT });
    assert.deepEqual(theirs.json, { charges: [], nextPageToken: '', totalSize: 0, totals: [] });
  }
});

async function list(server: TestServer, query = ''): Promise<Json> {
  const answer = await server.call('GET', `/charges${query}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}
