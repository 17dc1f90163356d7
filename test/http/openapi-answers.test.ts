import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Operation } from '../../scripts/openapi-document/document.ts';
import { changeLimits, type LimitChanges } from '../../src/app/change-limits.ts';
import { LimitCatalog } from '../../src/app/limit-catalog.ts';
import { testOnEachEngine } from '../support/engines.ts';
import {
  findAnswer,
  findOperation,
  jsonOf,
  listProblems,
  OPERATIONS,
  WEBHOOK,
} from '../support/openapi.ts';
import {
  CANCELLED_ORDER,
  EMPTY_ORDER,
  ENDED_ORDER,
  RESERVED_ORDER,
  FILLED_ORDER,
  NO_ORDER,
  OPEN_ORDER,
  REJECTED_ORDER,
  REQUESTS,
  type RequestToMake,
  US_LOCAL,
} from '../support/openapi-requests.ts';
import {
  NUMBERS_LIMIT_REQUESTS,
  ORDER_REQUIRED_REQUESTS,
  SPEND_LIMIT_REQUESTS,
  SUSPENDED_REQUESTS,
  UNCOVERED_REQUESTS,
  UNPAID_REQUESTS,
} from '../support/openapi-limit-requests.ts';
import { credit } from '../support/prepaid.ts';
import { advanceTo } from '../support/rentals.ts';
import { addNumberOrder, GERMAN_STOCK } from '../support/number-orders.ts';
import { addRentOrder } from '../support/rent-orders.ts';
import { startRecordingListener } from '../support/recording-listener.ts';
import { basicAuth, OTHER_PROJECT, PROJECT, type TestServer } from '../support/test-server.ts';

testOnEachEngine('the server answers as the document says, errors to the letter', async (start) => {
  const environment = {
    NUMBERYARD_PROJECT_ORDER_NUMBERS_MAX: '20',
    NUMBERYARD_PROJECT_ATTACHMENT_BYTES_MAX: '100',
  };
  await using server = await start(environment, GERMAN_STOCK);
  await addNumberOrder(server, REJECTED_ORDER, { state: 'REJECTED' });
  for (const id of [OPEN_ORDER, EMPTY_ORDER]) await addNumberOrder(server, id);
  await addNumberOrder(server, FILLED_ORDER, { isFilled: true });
  await addRentOrder(server, ENDED_ORDER, 'COMPLETED');
  await addRentOrder(server, CANCELLED_ORDER, 'CANCELLED');
  const reserved = { quantity: 500, allOrNothing: true, reservedCount: 500, endedAt: null };
  await addRentOrder(server, RESERVED_ORDER, 'IN_PROGRESS', PROJECT, reserved);
  await assertAnswers(server, REQUESTS);
});

testOnEachEngine('what only orders rent is refused as the document says', async (start) => {
  await using server = await start({ NUMBERYARD_REQUIRE_NUMBER_ORDERS: 'on' }, GERMAN_STOCK);
  await assertAnswers(server, ORDER_REQUIRED_REQUESTS);
});

testOnEachEngine('limits and unpaid numbers are refused as the document says', async (start) => {
  await using server = await start();
  await credit(server, '1.25');
  await assertAnswers(server, UNCOVERED_REQUESTS);
  await limit(server, { numbers: '1' });
  await assertAnswers(server, NUMBERS_LIMIT_REQUESTS);
  await limit(server, { numbers: 'none', monthlySpend: '2.00', currencyCode: 'USD' });
  await assertAnswers(server, SPEND_LIMIT_REQUESTS);
  const number = await server.call('GET', `/activeNumbers/${US_LOCAL}`);
  await advanceTo(server, number.json.nextChargeDate);
  await assertAnswers(server, UNPAID_REQUESTS);
  await server.advance(7 * 86_400_000);
  await assertAnswers(server, SUSPENDED_REQUESTS);
});

async function limit({ server }: TestServer, changes: LimitChanges): Promise<void> {
  await changeLimits(server.context, PROJECT.id, changes);
  server.context.limits = new LimitCatalog(server.context.store);
}

/** Fails unless each request is answered as it is said to be, by the document's schema and by its example. */
async function assertAnswers(
  server: TestServer,
  requests: readonly RequestToMake[],
): Promise<void> {
  for (const [operationId, status, example, path, body] of requests) {
    const { method, operation } = findOperation(operationId);
    const response = await fetch(server.url + path, {
      method,
      headers: { authorization: basicAuth(PROJECT) },
      ...(body === undefined
        ? {}
        : {
            body:
              typeof body === 'string' || body instanceof FormData ? body : JSON.stringify(body),
          }),
    });
    const where = `${operationId} ${path}`;
    const value = await assertDocumented(operation, response, status, where);
    if (example === undefined) continue;
    const { examples } = jsonOf(findAnswer(operation, status));
    assert.deepEqual(value, examples?.[example]?.value, `${where}: example ${example}`);
  }
}

test('every operation and every example of a refused request is among those requests', () => {
  const requests = [
    REQUESTS,
    UNCOVERED_REQUESTS,
    NUMBERS_LIMIT_REQUESTS,
    SPEND_LIMIT_REQUESTS,
    ORDER_REQUIRED_REQUESTS,
    UNPAID_REQUESTS,
    SUSPENDED_REQUESTS,
  ].flat();
  const asked = new Set(requests.map(([id, status, example]) => `${id} ${status} ${example}`));
  for (const { operation } of OPERATIONS) {
    const { operationId } = operation;
    assert.ok(asked.has(`${operationId} 200 undefined`), operationId);
    for (const status of ['400', '404']) {
      if (operation.responses[status] === undefined) continue;
      const { examples = {} } = jsonOf(findAnswer(operation, status));
      for (const name of Object.keys(examples)) {
        // Of idempotency keys, which every route of idempotent-routes.test.ts is asked with.
        if (name === 'keyText') continue;
        assert.ok(asked.has(`${operationId} ${status} ${name}`), `${operationId} ${name}`);
      }
    }
  }
});

testOnEachEngine('credentials are refused as the document says', async (start) => {
  await using server = await start();
  const token = await getToken(server);
  await server.advance(2 * 3_600_000);
  const wrong = basicAuth({ ...PROJECT, keySecret: 'wrong' });
  for (const { method, path, operation } of OPERATIONS) {
    const isToken = operation.operationId === 'CreateToken';
    const hasProject = path.startsWith('/v1/');
    const url = server.url + toPath(path);
    for (const [example, headers] of Object.entries({
      none: {},
      wrong: { authorization: wrong },
      expired: { authorization: `Bearer ${token}` },
    })) {
      const where = `${operation.operationId} ${example}`;
      const response = await fetch(url, { method, headers });
      const value = await assertDocumented(operation, response, 401, where);
      const { examples } = jsonOf(findAnswer(operation, 401));
      assert.deepEqual(value, examples?.[isToken ? 'client' : example]?.value, where);
      const reason = response.headers.get('www-authenticate') ?? '';
      assert.equal(reason.includes('expired'), example === 'expired' && !isToken, where);
    }
    if (!hasProject) continue;
    const response = await fetch(url, {
      method,
      headers: { authorization: basicAuth(OTHER_PROJECT) },
    });
    const value = await assertDocumented(operation, response, 403, operation.operationId);
    const { examples } = jsonOf(findAnswer(operation, 403));
    assert.deepEqual(value, examples?.['project']?.value);
  }
});

testOnEachEngine(
  'what is posted to a callback URL is the webhook of the document',
  async (start) => {
    await using server = await start();
    await using receiver = await startRecordingListener();
    const rent = await server.call('POST', '/availableNumbers/+12025550134:rent', {
      body: {
        smsConfiguration: { servicePlanId: 'my-service-plan', campaignId: 'CAMPAIGN_EXPIRED' },
        voiceConfiguration: { appId: 'FAILED' },
        callbackUrl: receiver.url,
      },
    });
    assert.equal(rent.status, 200, rent.text);
    await server.drain();
    const { schema } = jsonOf(WEBHOOK.requestBody ?? {});
    assert.equal(receiver.requests.length, 3);
    for (const { method, headers, body } of receiver.requests) {
      assert.equal(method, 'POST');
      assert.equal(headers['content-type'], 'application/json');
      assert.deepEqual(listProblems(schema, JSON.parse(body)), [], body);
      for (const parameter of WEBHOOK.parameters ?? []) {
        const problems = listProblems(parameter.schema, headers[parameter.name]);
        assert.deepEqual(problems, [], parameter.name);
      }
    }
  },
);

async function assertDocumented(
  operation: Operation,
  response: Response,
  status: number,
  where: string,
): Promise<unknown> {
  const text = await response.text();
  assert.equal(response.status, status, `${where}: ${text}`);
  const answer = findAnswer(operation, status);
  const [[type, media] = []] = Object.entries(answer.content ?? {});
  assert.ok(media);
  assert.equal(response.headers.get('content-type')?.split(';')[0], type);
  for (const name of Object.keys(answer.headers ?? {})) {
    if (name === 'idempotency-replayed') continue;
    assert.ok(response.headers.get(name), `${where}: ${name}`);
  }
  const value: unknown = type === 'application/json' ? JSON.parse(text) : text;
  assert.deepEqual(listProblems(media.schema, value), [], `${where}: ${text}`);
  return value;
}

async function getToken(server: TestServer): Promise<string> {
  const response = await fetch(`${server.url}/oauth2/token`, {
    method: 'POST',
    headers: { authorization: basicAuth(PROJECT) },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

function toPath(template: string): string {
  return template
    .replace('{projectId}', PROJECT.id)
    .replace('{phoneNumber}', US_LOCAL)
    .replace('{rentOrderId}', NO_ORDER)
    .replace('{month}', '2026-01');
}
