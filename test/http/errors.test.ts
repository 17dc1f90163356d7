import assert from 'node:assert/strict';

import { testOnEachEngine } from '../support/engines.ts';
import { exchange } from '../support/raw-exchange.ts';
import {
  basicAuth,
  OTHER_PROJECT,
  PROJECT,
  TEST_START,
  type TestProject,
  type TestServer,
} from '../support/test-server.ts';

const NOT_IN_STOCK = '+12025559999';

const resourceNotFound = (type: string, name: string) =>
  '{"error":{"code":404,"message":"","status":"NOT_FOUND","details":[{"type":"ResourceInfo",' +
  `"resourceType":"${type}","resourceName":"${name}","owner":"","description":""}]}}`;

const refused = (message: string, field: string, description: string) =>
  JSON.stringify({
    error: {
      code: 400,
      message,
      status: 'INVALID_ARGUMENT',
      details: [{ type: 'BadRequest', fieldViolations: [{ field, description }] }],
    },
  });

testOnEachEngine('a number that is not there answers exactly these bytes', async (start) => {
  await using server = await start();
  for (const [method, path] of [
    ['GET', `/availableNumbers/${NOT_IN_STOCK}`],
    ['POST', `/availableNumbers/${NOT_IN_STOCK}:rent`],
  ] as const) {
    const answer = await server.call(method, path);
    assert.deepEqual(
      [answer.status, answer.text],
      [404, resourceNotFound('AvailableNumber', NOT_IN_STOCK)],
    );
  }
  // Whether it is nobody's, available or somebody else's.
  await server.call('POST', '/availableNumbers/+12025550135:rent', { project: OTHER_PROJECT });
  for (const number of [NOT_IN_STOCK, '+12025550134', '+12025550135']) {
    for (const [method, path] of [
      ['GET', `/activeNumbers/${number}`],
      ['PATCH', `/activeNumbers/${number}`],
      ['POST', `/activeNumbers/${number}:release`],
    ] as const) {
      const answer = await server.call(method, path);
      assert.deepEqual(
        [answer.status, answer.text],
        [404, resourceNotFound('ActiveNumber', number)],
      );
    }
  }
});

testOnEachEngine(
  'a second rent is a 404, which says more to the project that has the number',
  async (start) => {
    await using server = await start();
    await server.call('POST', '/availableNumbers/+12025550134:rent');
    const nothing = resourceNotFound('AvailableNumber', '+12025550134');
    const own = nothing.replace(
      '"owner":"","description":""',
      `"owner":"${PROJECT.id}","description":"This project rents the number already."`,
    );
    const assertRefused = async (project: TestProject, text: string) => {
      const again = await server.call('POST', '/availableNumbers/+12025550134:rent', { project });
      assert.deepEqual([again.status, again.text], [404, text]);
    };
    await assertRefused(PROJECT, own);
    await assertRefused(OTHER_PROJECT, nothing);
    // It is the project's own until the period that is paid has ended.
    const released = await server.call('POST', '/activeNumbers/+12025550134:release');
    await assertRefused(PROJECT, own);
    await assertRefused(OTHER_PROJECT, nothing);
    await server.advance(Date.parse(released.json.expireAt) - Date.parse(TEST_START));
    const theirs = { project: OTHER_PROJECT };
    const rented = await server.call('POST', '/availableNumbers/+12025550134:rent', theirs);
    assert.equal(rented.status, 200);
    await assertRefused(PROJECT, nothing);
  },
);

testOnEachEngine('a wrong field answers exactly these bytes', async (start) => {
  await using server = await start();
  const search = '/availableNumbers?regionCode=US&type=';
  for (const [path, text] of [
    [
      `${search}XXX`,
      refused(
        'parsing field "type": "XXX" is not a valid value',
        'type',
        '"XXX" is not one of MOBILE, LOCAL, TOLL_FREE.',
      ),
    ],
    [`${search}LOCAL&size=1001`, refused('size: must be <= 1000.', 'size', 'must be <= 1000.')],
    [
      `${search}LOCAL&capability=XXX`,
      refused(
        'parsing field "capability": "XXX" is not a valid value',
        'capability',
        '"XXX" is not one of SMS, VOICE.',
      ),
    ],
  ] as const) {
    const answer = await server.call('GET', path);
    assert.deepEqual([answer.status, answer.text], [400, text]);
  }
});

testOnEachEngine(
  'a body that is no JSON object, or too large, is the fault of "body"',
  async (start) => {
    await using server = await start();
    const big = JSON.stringify({ unknown: 'x'.repeat(70_000) });
    for (const [body, description] of [
      ['{"a":', 'is not valid JSON.'],
      ['<xml/>', 'is not valid JSON.'],
      ['"text"', 'must be a JSON object.'],
      ['[{}]', 'must be a JSON object.'],
      ['null', 'must be a JSON object.'],
      [big, 'must have at most 65536 bytes.'],
    ] as const) {
      for (const [method, path] of [
        ['POST', '/availableNumbers/+12025550134:rent'],
        ['POST', '/availableNumbers:rentAny'],
        ['PATCH', '/callbackConfiguration'],
      ] as const) {
        const answer = await server.call(method, path, { body });
        const expected = refused(`body: ${description}`, 'body', description);
        assert.deepEqual([answer.status, answer.text], [400, expected], `${method} ${path}`);
      }
    }
    const huge = JSON.stringify({ unknown: 'x'.repeat(530_000) });
    for (const path of ['/rentOrders', '/rentOrders:quote']) {
      const description = 'must have at most 524288 bytes.';
      const answer = await server.call('POST', path, { body: huge });
      assert.equal(answer.text, refused(`body: ${description}`, 'body', description), path);
    }
    const fits = JSON.stringify({ unknown: 'x'.repeat(64_000) });
    const rent = await server.call('POST', '/availableNumbers/+12025550134:rent', { body: fits });
    assert.equal(rent.status, 200);
  },
);

testOnEachEngine('a path that is no route answers exactly these bytes', async (start) => {
  await using server = await start();
  const project = `/v1/projects/${PROJECT.id}`;
  for (const [method, target] of [
    ['GET', '/unknown'],
    ['GET', '/v1'],
    ['GET', project],
    ['GET', `${project}/unknown`],
    ['DELETE', `${project}/activeNumbers`],
    ['PUT', `${project}/callbackConfiguration`],
    ['POST', `${project}/availableNumbers/+12025550134:buy`],
    ['POST', `${project}/availableNumbers/+12025550134`],
    ['GET', `${project}/availableNumbers/+12025550134:rent`],
    ['GET', '/oauth2/token'],
  ] as const) {
    const answer = await sendAuthenticated(server, method, target);
    assert.deepEqual(
      [answer.status, answer.text],
      [404, '{"error":{"code":404,"message":"Not Found","status":"NOT_FOUND","details":[]}}'],
      `${method} ${target}`,
    );
  }
});

testOnEachEngine('what fails before any route is found has the envelope too', async (start) => {
  await using server = await start();
  const project = `/v1/projects/${PROJECT.id}`;
  for (const [target, headers] of [
    [`${project}/activeNumbers/%zz`, []],
    [`${project}/activeNumbers/%E0%A4%A`, []],
    [`${project}/activeNumbers/${'9'.repeat(300)}`, []],
    [`/v1/projects/${'x'.repeat(300)}/activeNumbers`, []],
    [`${project}/callbackConfiguration`, ['content-type: nonsense']],
  ] as const) {
    const method = headers.length > 0 ? 'PATCH' : 'GET';
    const answer = await sendAuthenticated(server, method, target, headers);
    assert.equal(answer.status, 400, answer.text);
    const { code, message, status, details } = answer.json.error;
    assert.deepEqual([code, status, details], [400, 'INVALID_ARGUMENT', []]);
    assert.equal(typeof message, 'string');
    const headersSent = new Map(answer.headers);
    assert.match(headersSent.get('content-type') ?? '', /^application\/json/);
    assert.ok(headersSent.has('x-request-id'));
  }
});

testOnEachEngine('a fault of the server says nothing about itself', async (start) => {
  await using server = await start();
  await server.server.context.store.write((db) => db.run('ALTER TABLE rental RENAME TO lost'));
  const answer = await server.call('GET', '/activeNumbers');
  assert.deepEqual(
    [answer.status, answer.text],
    [500, '{"error":{"code":500,"message":"","status":"INTERNAL","details":[]}}'],
  );
});

function sendAuthenticated(
  server: TestServer,
  method: string,
  target: string,
  headers: readonly string[] = [],
) {
  return exchange(server.url, {
    method,
    target,
    headers: [`authorization: ${basicAuth(PROJECT)}`, ...headers],
    ...(method === 'GET' ? {} : { body: '{}' }),
  });
}
