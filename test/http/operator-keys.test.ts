import assert from 'node:assert/strict';
import { test } from 'node:test';

import { buildDescribedApp } from '../../scripts/openapi-document/document.ts';
import { loadConfig } from '../../src/config.ts';
import type { Context } from '../../src/context.ts';
import { registerOperator } from '../../src/http/admin/register-operator.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { assertReplay, callWithKey, isReplay } from '../support/keyed.ts';
import { GERMAN_STOCK, submitForPerson } from '../support/number-orders.ts';
import { accounts } from '../support/prepaid.ts';
import { numberAt } from '../support/rentals.ts';
import { type Answer, OTHER_PROJECT, PROJECT, type TestServer } from '../support/test-server.ts';

const OPERATOR_TOKEN = 'operator-token-0123456789';
const WITH_TOKEN = { NUMBERYARD_OPERATOR_TOKEN: OPERATOR_TOKEN };
const PROJECTS = '/admin/v1/projects';
const PAYMENT = { amount: '5.00', currencyCode: 'USD' };
const REASON = { reason: 'The address is not legible.' };

interface Route {
  path: (server: TestServer) => Promise<string>;
  body: object;
}

const ofProject = (what: string) => async () => `${PROJECTS}/${PROJECT.id}/${what}`;
const ofOrder = (verb: string) => async (server: TestServer) =>
  `/admin/v1/numberOrders/${await submitForPerson(server)}:${verb}`;

/** Everything that changes something for the operator. */
const ROUTES: Record<string, Route> = {
  'POST /projects/:projectId/payments': { path: ofProject('payments'), body: PAYMENT },
  'PATCH /projects/:projectId/account': {
    path: ofProject('account'),
    body: { creditLimit: '5.00', currencyCode: 'USD' },
  },
  'POST /numberOrders/:numberOrderId([^:/]+)::approve': { path: ofOrder('approve'), body: {} },
  'POST /numberOrders/:numberOrderId([^:/]+)::reject': { path: ofOrder('reject'), body: REASON },
  'POST /numberOrders/:numberOrderId([^:/]+)::block': { path: ofOrder('block'), body: REASON },
};

test('every route of the operator that changes something is asked here', async () => {
  const routes: string[] = [];
  const context = { config: loadConfig(WITH_TOKEN) } as Context;
  await using app = await buildDescribedApp(async (described) => {
    described.addHook('onRoute', ({ method, url }) => {
      if (!url.startsWith('/admin/v1') || method === 'GET' || method === 'HEAD') return;
      routes.push(`${String(method)} ${url.slice('/admin/v1'.length)}`);
    });
    registerOperator(described, context);
  });
  assert.ok(app.hasRoute({ method: 'GET', url: '/admin/v1/numberOrders' }));
  assert.deepEqual(routes.toSorted(), Object.keys(ROUTES).toSorted());
});

for (const [name, { path, body }] of Object.entries(ROUTES)) {
  testOnEachEngine(`the operator's ${name} is answered once for a key`, async (start) => {
    await using server = await start(WITH_TOKEN, GERMAN_STOCK);
    const [method = ''] = name.split(' ');
    const url = await path(server);
    const first = await ask(server, method, url, 'a', body);
    assert.deepEqual([first.status, isReplay(first)], [200, false], first.text);
    await server.drain();
    assertReplay(await ask(server, method, url, 'a', body), first);
    assert.equal((await ask(server, method, url, 'a', { ...body, other: true })).status, 422);
    assert.equal((await ask(server, method, url, 'a b', body)).status, 400);
  });
}

testOnEachEngine("the operator's keys are not those of a project", async (start) => {
  await using server = await start(WITH_TOKEN);
  const pay = (projectId: string) =>
    ask(server, 'POST', `${PROJECTS}/${projectId}/payments`, 'a', PAYMENT);
  const paid = [await pay(PROJECT.id), await pay(OTHER_PROJECT.id), await pay(PROJECT.id)];
  assert.deepEqual(paid.map(isReplay), [false, false, true]);
  const rent = `/availableNumbers/${numberAt(0)}:rent`;
  const rented = await callWithKey(server, 'POST', rent, 'a', {});
  assert.deepEqual([rented.status, isReplay(rented)], [200, false], rented.text);
  assert.equal((await accounts(server))[0].balance, '3.75');
  assert.equal((await accounts(server, OTHER_PROJECT))[0].balance, '5.00');
  assert.equal((await pay('nobody')).status, 404);
});

async function ask(
  { url }: TestServer,
  method: string,
  path: string,
  key: string,
  body: object,
): Promise<Answer> {
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${OPERATOR_TOKEN}`, 'idempotency-key': key },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  const { status, headers } = response;
  return { status, headers, text, json: JSON.parse(text) as unknown };
}
