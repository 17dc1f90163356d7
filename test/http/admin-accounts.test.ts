import assert from 'node:assert/strict';

import { addMilliseconds, type Timestamp } from '../../src/domain/timestamp.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { assertBalanced } from '../support/prepaid.ts';
import { advanceTo, type Json, look, numberAt, rent } from '../support/rentals.ts';
import { OTHER_PROJECT, PROJECT, TEST_START, type TestServer } from '../support/test-server.ts';

const OPERATOR_TOKEN = 'operator-token-0123456789';
const WITH_TOKEN = { NUMBERYARD_OPERATOR_TOKEN: OPERATOR_TOKEN };
const ACCOUNT = `/admin/v1/projects/${PROJECT.id}/account`;
const START = TEST_START as Timestamp;
const PAYMENTS = `/admin/v1/projects/${PROJECT.id}/payments`;

testOnEachEngine('the operator writes down payments and sets credit limits', async (start) => {
  await using server = await start(WITH_TOKEN);
  assert.deepEqual(await ask(server, 'GET', ACCOUNT), [200, { balances: [] }]);
  await ask(server, 'POST', PAYMENTS, { amount: '1.50', currencyCode: 'USD', reference: 'inv 1' });
  await ask(server, 'POST', PAYMENTS, { amount: '2', currencyCode: 'USD' });
  await ask(server, 'PATCH', ACCOUNT, { creditLimit: '50', currencyCode: 'EUR' });
  const balances = [
    { currencyCode: 'EUR', balance: '0.00', creditLimit: '50.00', unpaid: null },
    { currencyCode: 'USD', balance: '3.50', creditLimit: '0.00', unpaid: null },
  ];
  assert.deepEqual(await ask(server, 'GET', ACCOUNT), [200, { balances }]);
  const own = await server.call('GET', '/account');
  assert.deepEqual(own.json, { balances });
  const other = await server.call('GET', '/account', { project: OTHER_PROJECT });
  assert.deepEqual(other.json, { balances: [] });
});

testOnEachEngine('the operator reads payments and changes of credit limits', async (start) => {
  await using server = await start(WITH_TOKEN);
  const changes = ACCOUNT.replace('/account', '/creditLimitChanges');
  const none = { nextPageToken: '', totalSize: 0 };
  assert.deepEqual(await ask(server, 'GET', PAYMENTS), [200, { payments: [], ...none }]);
  assert.deepEqual(await ask(server, 'GET', changes), [200, { creditLimitChanges: [], ...none }]);
  for (const [amount, reference] of [
    ['100.00', 'inv 1'],
    ['1000.00', 'inv 2'],
    ['-900.00', 'correction of inv 2'],
  ]) {
    await ask(server, 'POST', PAYMENTS, { amount, currencyCode: 'USD', reference });
    await server.advance(1000);
  }
  await ask(server, 'PATCH', ACCOUNT, { creditLimit: '5', currencyCode: 'USD' });

  const [status, first] = await ask(server, 'GET', `${PAYMENTS}?pageSize=2`);
  const { payments, nextPageToken, totalSize } = first as Json;
  assert.deepEqual([status, totalSize], [200, 3]);
  const [newest, second] = payments;
  assert.match(newest.paymentId, /^\w{26}$/);
  assert.deepEqual(
    { ...newest, paymentId: '' },
    {
      paymentId: '',
      currencyCode: 'USD',
      amount: '-900.00',
      reference: 'correction of inv 2',
      actor: 'operator',
      createTime: addMilliseconds(START, 2000),
    },
  );
  assert.equal(second.reference, 'inv 2');
  const [, rest] = await ask(server, 'GET', `${PAYMENTS}?pageToken=${nextPageToken}`);
  assert.deepEqual(
    (rest as Json).payments.map(({ reference }: Json) => reference),
    ['inv 1'],
  );
  assert.equal((rest as Json).nextPageToken, '');
  const createTime = addMilliseconds(START, 3000);
  const change = { currencyCode: 'USD', from: '0.00', to: '5.00', actor: 'operator', createTime };
  assert.deepEqual(await ask(server, 'GET', changes), [
    200,
    { creditLimitChanges: [change], nextPageToken: '', totalSize: 1 },
  ]);
  const ofOther = PAYMENTS.replace(PROJECT.id, OTHER_PROJECT.id);
  assert.deepEqual(await ask(server, 'GET', ofOther), [200, { payments: [], ...none }]);
  assert.equal((await ask(server, 'GET', `${ofOther}?pageToken=${nextPageToken}`))[0], 400);
});

testOnEachEngine(
  'a correction below the credit limit keeps a project from renting and renewing',
  async (start) => {
    await using server = await start(WITH_TOKEN);
    const currencyCode = 'USD';
    await ask(server, 'POST', PAYMENTS, { amount: '100.00', currencyCode, reference: 'inv 1' });
    await rent(server, {});
    const correction = { amount: '-99.00', currencyCode, reference: 'correction of inv 1' };
    const [, corrected] = await ask(server, 'POST', PAYMENTS, correction);
    assert.equal((corrected as Json).balances[0].balance, '-0.25');
    const refused = await server.call('POST', `/availableNumbers/${numberAt(1)}:rent`);
    assert.equal(refused.json.error.details[0].violations[0].type, 'INSUFFICIENT_BALANCE');
    const { nextChargeDate } = await look(server);
    await advanceTo(server, nextChargeDate);
    const [, account] = await ask(server, 'GET', ACCOUNT);
    assert.equal((account as Json).balances[0].unpaid.quantity, 1);
    await assertBalanced(server, 1);
  },
);

testOnEachEngine('wrong payments, and anybody but the operator, are refused', async (start) => {
  await using server = await start(WITH_TOKEN);
  const payment = { amount: '1', currencyCode: 'USD' };
  const requests: [number, string, string, object | undefined, string?][] = [
    [400, 'POST', PAYMENTS, { ...payment, amount: '-1' }],
    [400, 'POST', PAYMENTS, { ...payment, currencyCode: 'XXX' }],
    [400, 'POST', PAYMENTS, { ...payment, amount: '-1', reference: 'no account' }],
    [400, 'GET', `${PAYMENTS}?pageSize=0`, undefined],
    [401, 'GET', PAYMENTS, undefined, 'Bearer another-token'],
    [404, 'GET', '/admin/v1/projects/nobody/payments', undefined],
    [400, 'POST', PAYMENTS, { ...payment, reference: 'x'.repeat(201) }],
    [400, 'PATCH', ACCOUNT, { currencyCode: 'USD' }],
    [404, 'POST', '/admin/v1/projects/nobody/payments', payment],
    [401, 'POST', PAYMENTS, payment, 'Bearer another-token'],
    [401, 'PATCH', ACCOUNT, { creditLimit: '1', currencyCode: 'USD' }, 'Bearer another-token'],
    [401, 'GET', ACCOUNT, undefined, 'Bearer another-token'],
  ];
  for (const [expected, method, path, body, authorization] of requests) {
    const [status] = await ask(server, method, path, body, authorization);
    assert.equal(status, expected, `${method} ${path} ${JSON.stringify(body)}`);
  }
  assert.deepEqual(await ask(server, 'GET', ACCOUNT), [200, { balances: [] }]);
});

async function ask(
  { url }: TestServer,
  method: string,
  path: string,
  body?: object,
  authorization = `Bearer ${OPERATOR_TOKEN}`,
): Promise<[number, unknown]> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { authorization, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return [response.status, await response.json()];
}
