import assert from 'node:assert/strict';

import { testOnEachEngine } from '../support/engines.ts';
import { OTHER_PROJECT, PROJECT, type TestServer } from '../support/test-server.ts';

const OPERATOR_TOKEN = 'operator-token-0123456789';
const WITH_TOKEN = { NUMBERYARD_OPERATOR_TOKEN: OPERATOR_TOKEN };
const ACCOUNT = `/admin/v1/projects/${PROJECT.id}/account`;
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

testOnEachEngine('wrong payments, and anybody but the operator, are refused', async (start) => {
  await using server = await start(WITH_TOKEN);
  const payment = { amount: '1', currencyCode: 'USD' };
  const requests: [number, string, string, object | undefined, string?][] = [
    [400, 'POST', PAYMENTS, { ...payment, amount: '-1' }],
    [400, 'POST', PAYMENTS, { ...payment, currencyCode: 'XXX' }],
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
