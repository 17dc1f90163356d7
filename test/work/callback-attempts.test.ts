import assert from 'node:assert/strict';

import type { Attempt } from '../../src/store/delivery.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { startRecordingListener } from '../support/recording-listener.ts';
import {
  type DeliveryRecord,
  listDeliveryRecords,
  numberAt,
  rentWithCallback,
} from '../support/rentals.ts';
import type { TestServer } from '../support/test-server.ts';

const RETRY = { NUMBERYARD_CALLBACK_RETRY_SECONDS: '5,30' };

testOnEachEngine(
  'a callback that fails is sent again by the schedule, and every attempt is on record',
  async (start) => {
    await using receiver = await startRecordingListener((_request, response, earlier) => {
      if (earlier === 0) response.writeHead(500).end('out of order');
      else if (earlier === 1) response.destroy();
      else response.end();
    });
    await using server = await start(RETRY);
    await rentWithCallback(server, receiver.url);
    await server.drain();
    for (const [i, waitMs] of [5000, 30_000].entries()) {
      await server.advance(waitMs - 1);
      assert.equal(receiver.requests.length, i + 1);
      assert.equal((await onlyDelivery(server)).delivery.status, 'PENDING');
      await server.advance(1);
    }
    assert.equal(receiver.requests.length, 3);
    assert.equal(new Set(receiver.requests.map(({ body }) => body)).size, 1, 'the same each time');

    const { delivery, attempts } = await onlyDelivery(server);
    assert.deepEqual([delivery.status, delivery.attempts], ['DELIVERED', 3]);
    for (const { latencyMs } of attempts) assert.ok(latencyMs >= 0 && latencyMs < 10_000);
    assert.deepEqual(
      attempts.map(({ number, statusCode, error, startedAt }) => [
        number,
        statusCode,
        error,
        startedAt,
      ]),
      [
        [1, 500, null, '2026-01-31T10:20:30.123456Z'],
        [2, null, 'the connection was closed before an answer came', '2026-01-31T10:20:35.123456Z'],
        [3, 200, null, '2026-01-31T10:21:05.123456Z'],
      ],
    );
    await server.advance(86_400_000);
    assert.equal(receiver.requests.length, 3);
  },
);

testOnEachEngine('a callback is given up after the last attempt', async (start) => {
  await using receiver = await startRecordingListener((_request, response) =>
    response.writeHead(404).end(),
  );
  await using server = await start(RETRY);
  await rentWithCallback(server, receiver.url);
  for (const waitMs of [0, 5000, 30_000]) await server.advance(waitMs);
  const { delivery, attempts } = await onlyDelivery(server);
  assert.deepEqual([delivery.status, delivery.attempts], ['FAILED', 3]);
  assert.deepEqual(statusCodes(attempts), [404, 404, 404]);
  await server.advance(86_400_000);
  assert.equal(receiver.requests.length, 3);
});

for (const statusCode of [200, 201, 204, 299]) {
  testOnEachEngine(
    `a callback is delivered when the receiver answers ${statusCode}`,
    async (start) => {
      await using receiver = await startRecordingListener((_request, response) =>
        response.writeHead(statusCode).end(),
      );
      await using server = await start(RETRY);
      await rentWithCallback(server, receiver.url);
      await server.drain();
      await server.advance(86_400_000);
      const { delivery, attempts } = await onlyDelivery(server);
      assert.equal(delivery.status, 'DELIVERED');
      assert.deepEqual(statusCodes(attempts), [statusCode]);
    },
  );
}

testOnEachEngine('a redirect is a failed attempt and is not followed', async (start) => {
  await using elsewhere = await startRecordingListener();
  await using receiver = await startRecordingListener((_request, response) =>
    response.writeHead(307, { location: elsewhere.url }).end(),
  );
  await using server = await start(RETRY);
  await rentWithCallback(server, receiver.url);
  await server.drain();
  const { delivery, attempts } = await onlyDelivery(server);
  assert.equal(delivery.status, 'PENDING');
  assert.deepEqual(statusCodes(attempts), [307]);
  assert.equal(elsewhere.requests.length, 0);
});

testOnEachEngine('a receiver that does not answer in time has failed', async (start) => {
  await using silent = await startRecordingListener(() => {});
  await using server = await start({ ...RETRY, NUMBERYARD_CALLBACK_TIMEOUT_SECONDS: '1' });
  await rentWithCallback(server, silent.url);
  await server.drain();
  const { delivery, attempts } = await onlyDelivery(server);
  assert.equal(delivery.status, 'PENDING');
  const [attempt] = attempts;
  assert.deepEqual([attempt?.statusCode, attempt?.error], [null, 'no answer within 1000 ms']);
  assert.ok(attempt!.latencyMs >= 900);
});

testOnEachEngine('a receiver that is slow holds up no other', async (start) => {
  const called = Promise.withResolvers<void>();
  await using other = await startRecordingListener((_request, response) => {
    response.end();
    called.resolve();
  });
  await using slow = await startRecordingListener((_request, response) => {
    void called.promise.then(() => response.end());
  });
  await using server = await start(RETRY);
  await rentWithCallback(server, slow.url);
  await rentWithCallback(server, other.url, numberAt(1));
  await server.drain();
  const records = await listDeliveryRecords(server.server);
  assert.deepEqual(
    records.flatMap(({ attempts }) => statusCodes(attempts)),
    [200, 200],
  );
});

function statusCodes(attempts: Attempt[]): (number | null)[] {
  return attempts.map(({ statusCode }) => statusCode);
}

async function onlyDelivery(server: TestServer): Promise<DeliveryRecord> {
  const [only, ...others] = await listDeliveryRecords(server.server);
  assert.ok(only !== undefined && others.length === 0);
  return only;
}
