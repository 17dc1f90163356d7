import assert from 'node:assert/strict';

import { RequestFailedError } from '@sinch/sdk-core';

import { testOnEachEngine } from '../support/engines.ts';
import { sdkClient } from '../support/sdk-client.ts';
import { OTHER_PROJECT, PROJECT, TEST_START, type TestServer } from '../support/test-server.ts';

const HOUR_MS = 3_600_000;

testOnEachEngine(
  'an error of the API is a RequestFailedError with the body in it',
  async (start) => {
    await using server = await start();
    const { numbers } = sdkClient(server);
    const phoneNumber = '+12025559999';
    const notFound = (resourceType: string) => ({
      error: {
        code: 404,
        message: '',
        status: 'NOT_FOUND',
        details: [
          {
            type: 'ResourceInfo',
            resourceType,
            resourceName: phoneNumber,
            owner: '',
            description: '',
          },
        ],
      },
    });
    for (const call of [
      () => numbers.checkAvailability({ phoneNumber }),
      () => numbers.rent({ phoneNumber, rentNumberRequestBody: {} }),
    ]) {
      assert.deepEqual(await failure(call), { status: 404, body: notFound('AvailableNumber') });
    }
    for (const call of [
      () => numbers.get({ phoneNumber }),
      () => numbers.update({ phoneNumber, updateActiveNumberRequestBody: { displayName: 'x' } }),
      () => numbers.release({ phoneNumber }),
    ]) {
      assert.deepEqual(await failure(call), { status: 404, body: notFound('ActiveNumber') });
    }
    const wrong = await failure(() =>
      numbers.searchForAvailableNumbers({ regionCode: 'US', type: 'FAX' }),
    );
    assert.equal(wrong.status, 400);
    assert.equal(wrong.body.error.message, 'parsing field "type": "FAX" is not a valid value');
    assert.equal((await failure(() => numbers.list({ pageSize: -1 }))).status, 400);
  },
);

testOnEachEngine('the SDK with the key of another project is told so', async (start) => {
  await using server = await start();
  const { numbers } = sdkClient(server, { ...OTHER_PROJECT, id: PROJECT.id });
  assert.deepEqual(await failure(() => numbers.list({})), {
    status: 403,
    body: { error: { code: 403, message: '', status: 'PERMISSION_DENIED', details: [] } },
  });
});

testOnEachEngine('the SDK with a wrong secret gets no token', async (start) => {
  await using server = await start();
  const { numbers } = sdkClient(server, { ...PROJECT, keySecret: 'wrong' });
  const { status, body } = await failure(() => numbers.list({}));
  assert.equal(status, 401);
  assert.equal(body.error, 'invalid_client');
});

testOnEachEngine('the SDK keeps its token for an hour and then fetches another', async (start) => {
  await using server = await start();
  // The SDK also looks at the clock of the machine, so the server's must not be behind it.
  await server.advance(Math.max(0, Date.now() - Date.parse(TEST_START)));
  const { numbers } = sdkClient(server);
  for (let i = 0; i < 3; i++) await numbers.availableRegions.list({});
  assert.equal(await countTokens(server), 1);
  await server.advance(HOUR_MS - 60_000);
  await numbers.list({});
  assert.equal(await countTokens(server), 1);

  await server.advance(120_000);
  // Not by the SDK's own clock: a 401 that speaks of an expired token makes it fetch another and try again.
  assert.deepEqual((await numbers.list({})).data, []);
  assert.equal(await countTokens(server), 2);
  await numbers.list({});
  assert.equal(await countTokens(server), 2);
});

async function failure(
  call: () => Promise<unknown>,
  // oxlint-disable-next-line typescript/no-explicit-any -- bodies have different shapes
): Promise<{ status: number; body: any }> {
  const error: unknown = await call().then(
    () => assert.fail('the call should have failed'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof RequestFailedError, String(error));
  return { status: error.statusCode, body: JSON.parse(String(error.data)) };
}

/** How many tokens the server has given out, by its own count. */
async function countTokens(server: TestServer): Promise<number> {
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  const line = /_count\{[^}]*route="\/oauth2\/token"[^}]*status="200"[^}]*\} (\d+)/.exec(metrics);
  return Number(line?.[1] ?? 0);
}
