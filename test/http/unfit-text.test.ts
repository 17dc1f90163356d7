import assert from 'node:assert/strict';

import { assertRefused } from '../support/assert-refused.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { NUMBER, rent } from '../support/rentals.ts';
import { basicAuth, PROJECT } from '../support/test-server.ts';

/** JSON can write them; not every database can store them. */
const UNFIT = ['a\0b', '\ud800', 'a\udc00b'];
const FIT = 'Grüße 😀';
const OPERATOR_TOKEN = 'operator-token-0123456789';

const FIELDS: { path: string; method: string; field: string; body: (text: string) => object }[] = [
  {
    method: 'PATCH',
    path: `/activeNumbers/${NUMBER}`,
    field: 'displayName',
    body: (displayName) => ({ displayName }),
  },
  {
    method: 'PATCH',
    path: `/activeNumbers/${NUMBER}`,
    field: 'voiceConfiguration.appId',
    body: (appId) => ({ voiceConfiguration: { appId } }),
  },
  {
    method: 'POST',
    path: '/availableNumbers/+12025550101:rent',
    field: 'smsConfiguration.servicePlanId',
    body: (servicePlanId) => ({ smsConfiguration: { servicePlanId } }),
  },
  {
    method: 'POST',
    path: '/availableNumbers:rentAny',
    field: 'sms_configuration.campaign_id',
    body: (campaign) => ({
      region_code: 'US',
      type: 'LOCAL',
      sms_configuration: { service_plan_id: 'plan', campaign_id: campaign },
    }),
  },
  {
    method: 'PATCH',
    path: '/callbackConfiguration',
    field: 'hmacSecret',
    body: (hmacSecret) => ({ hmacSecret }),
  },
];

testOnEachEngine('a text that no database can store is refused by its name', async (start) => {
  await using server = await start();
  await rent(server, {});
  for (const { method, path, field, body } of FIELDS) {
    for (const text of UNFIT) {
      assertRefused(await server.call(method, path, { body: body(text) }), field, body(text));
    }
    const fit = await server.call(method, path, { body: body(FIT) });
    assert.equal(fit.status, 200, fit.text);
  }
});

testOnEachEngine('a NUL in a query is refused by the name of the parameter', async (start) => {
  await using server = await start();
  for (const [query, field] of [
    ['pageToken=a%00b', 'pageToken'],
    ['regionCode=US&orderBy=%00', 'orderBy'],
    ['numberPattern.pattern=1%00', 'numberPattern.pattern'],
  ] as const) {
    assertRefused(await server.call('GET', `/activeNumbers?${query}`), field, query);
  }
});

testOnEachEngine('a key id that cannot exist is an unknown one', async (start) => {
  await using server = await start();
  for (const keyId of ['a\0b', '\0', '', 'x'.repeat(10_000)]) {
    const authorization = basicAuth({ ...PROJECT, keyId });
    const answer = await server.call('GET', '/availableRegions', { headers: { authorization } });
    assert.equal(answer.status, 401, answer.text);
    const token = await fetch(`${server.url}/oauth2/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: keyId,
        client_secret: 'x',
      }),
    });
    assert.equal(token.status, 401, await token.text());
  }
});

testOnEachEngine('an id in a path that cannot exist is an unknown one', async (start) => {
  await using server = await start();
  const headers = { authorization: basicAuth(PROJECT) };
  const project = await fetch(`${server.url}/v1/projects/a%00b/availableRegions`, { headers });
  assert.equal(project.status, 403, await project.text());
  const number = await server.call('GET', '/activeNumbers/+1202555%00');
  assertRefused(number, 'phoneNumber', number);
});

testOnEachEngine('an id in a path that no database can store is not found', async (start) => {
  await using server = await start({ NUMBERYARD_OPERATOR_TOKEN: OPERATOR_TOKEN });
  for (const id of ['%00', 'a%00b', 'x'.repeat(150)]) {
    for (const [method, path] of [
      ['GET', `/numberOrders/${id}`],
      ['GET', `/numberOrders/${id}/registration`],
      ['POST', `/numberOrders/${id}/submit`],
      ['GET', `/rentOrders/${id}`],
      ['GET', `/rentOrders/${id}/orderNumbers`],
      ['POST', `/rentOrders/${id}:cancel`],
    ] as const) {
      const answer = await server.call(method, path);
      assert.equal(answer.status, 404, `${path} ${answer.text}`);
    }
    const asOperator = { headers: { authorization: `Bearer ${OPERATOR_TOKEN}` } };
    const shown = await fetch(`${server.url}/admin/v1/numberOrders/${id}`, asOperator);
    assert.equal(shown.status, 404, await shown.text());
  }
});
