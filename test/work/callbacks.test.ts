import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';

import { listEvents } from '../../src/store/event.ts';
import { testOnEachEngine } from '../support/engines.ts';
import {
  type RecordedRequest,
  type RecordingListener,
  startRecordingListener,
} from '../support/recording-listener.ts';
import {
  change,
  listDeliveryRecords,
  NUMBER,
  numberAt,
  rent,
  rentWithCallback,
} from '../support/rentals.ts';
import { PROJECT, TEST_START } from '../support/test-server.ts';

const SECRET = `callback-secret-of-${PROJECT.id}`;
const RETRY = { NUMBERYARD_CALLBACK_RETRY_SECONDS: '5,30' };
const PRODUCTION = {
  NUMBERYARD_SANDBOX: 'off',
  NUMBERYARD_PLATFORM_SECRET: 'platform-secret-0123456789',
};

testOnEachEngine(
  'a callback is signed over its bytes with the secret of the project',
  async (start) => {
    await using receiver = await startRecordingListener();
    await using server = await start();
    await rentWithCallback(server, `${receiver.url}/hook?a=b`);
    await server.drain();
    const [request] = receiver.requests;
    assert.equal(request?.method, 'POST');
    assert.equal(request.path, '/hook?a=b');
    assert.equal(request.headers['content-type'], 'application/json');
    assert.equal(request.headers['x-sinch-signature'], signatureOf(request, SECRET));
  },
);

testOnEachEngine('the payload has the keys of the contract in their order', async (start) => {
  await using receiver = await startRecordingListener();
  await using server = await start();
  await rentWithCallback(server, receiver.url);
  await server.drain();
  const { context } = server.server;
  const [event] = await context.store.read((db) => listEvents(db, NUMBER, 1));
  assert.equal(
    receiver.requests[0]?.body,
    JSON.stringify({
      eventId: event?.id,
      timestamp: TEST_START.replace('Z', ''),
      projectId: PROJECT.id,
      resourceId: NUMBER,
      resourceType: 'ACTIVE_NUMBER',
      eventType: 'PROVISIONING_TO_VOICE_PLATFORM',
      status: 'SUCCEEDED',
      failureCode: null,
      internalFailureCode: null,
    }),
  );
  assert.match(event?.id ?? '', /^[0-9a-hjkmnp-tv-z]{26}$/);
});

testOnEachEngine('a failure is told with the code that callbacks have for it', async (start) => {
  await using receiver = await startRecordingListener();
  await using server = await start();
  const failures = [
    { smsConfiguration: { servicePlanId: 'FAILED' } },
    { smsConfiguration: { servicePlanId: 'INVALID_NNID' } },
    { smsConfiguration: { servicePlanId: 'plan', campaignId: 'CAMPAIGN_EXPIRED' } },
    { voiceConfiguration: { appId: 'FAILED' } },
  ];
  for (const [i, failure] of failures.entries()) {
    await rent(server, { ...failure, callbackUrl: receiver.url }, numberAt(i));
    await server.drain();
  }
  const told = receiver.requests.map(({ body }) => {
    const { eventType, status, failureCode } = JSON.parse(body);
    return `${eventType} ${status} ${failureCode}`;
  });
  // Sorted: the two callbacks of the third number are under way at once.
  assert.deepEqual(told.sort(), [
    'PROVISIONING_TO_CAMPAIGN FAILED CAMPAIGN_EXPIRED',
    'PROVISIONING_TO_SMS_PLATFORM FAILED INVALID_NNID',
    'PROVISIONING_TO_SMS_PLATFORM FAILED null',
    'PROVISIONING_TO_SMS_PLATFORM SUCCEEDED null',
    'PROVISIONING_TO_VOICE_PLATFORM FAILED PROVISIONING_TO_VOICE_PLATFORM_FAILED',
  ]);
});

testOnEachEngine('a secret that was changed signs the next attempt', async (start) => {
  await using receiver = await startRecordingListener((_request, response, earlier) =>
    response.writeHead(earlier === 0 ? 503 : 200).end(),
  );
  await using server = await start(RETRY);
  await rentWithCallback(server, receiver.url);
  await server.drain();
  const hmacSecret = 'another-secret-of-this-project-0';
  const answer = await server.call('PATCH', '/callbackConfiguration', { body: { hmacSecret } });
  assert.equal(answer.status, 200, answer.text);
  await server.advance(5000);
  const [before, after] = receiver.requests;
  assert.equal(before?.headers['x-sinch-signature'], signatureOf(before, SECRET));
  assert.equal(after?.headers['x-sinch-signature'], signatureOf(after, hmacSecret));
  assert.equal(after?.body, before?.body);
});

testOnEachEngine('a callback URL that was changed is for later events', async (start) => {
  await using first = await startRecordingListener();
  await using second = await startRecordingListener();
  await using server = await start();
  await rentWithCallback(server, first.url);
  await server.drain();
  const later = { callbackUrl: second.url, voiceConfiguration: { appId: 'other' } };
  await change(server, later);
  await server.drain();
  await change(server, { callbackUrl: '', voiceConfiguration: { appId: '' } });
  await server.drain();
  assert.deepEqual([first.requests.length, second.requests.length], [1, 1]);
});

testOnEachEngine(
  'in sandbox mode loopback is called by name too, and a private address is not',
  async (start) => {
    await using receiver = await startRecordingListener();
    await using server = await start(RETRY);
    await rentWithCallback(server, `http://localhost:${receiver.port}/`);
    await rentWithCallback(server, 'http://10.0.0.1/', numberAt(1));
    await server.drain();
    assert.equal(receiver.requests.length, 1);
    const refused = (await listDeliveryRecords(server.server)).find(({ delivery }) =>
      delivery.url.includes('10.0.0.1'),
    )!;
    assert.match(refused.attempts[0]?.error ?? '', /^refused: .*\(private\)$/);
  },
);

testOnEachEngine(
  'outside sandbox mode no callback goes to loopback or private addresses',
  async (start) => {
    await using platform = await startRecordingListener((_request, response) =>
      response.end('{"status":"DONE"}'),
    );
    await using receiver = await startRecordingListener();
    await using server = await start({ ...PRODUCTION, NUMBERYARD_PLATFORM_URL: platform.url });
    const urls = [...loopbackUrls(receiver), 'http://10.0.0.1/', 'http://169.254.169.254/latest'];
    for (const [i, url] of urls.entries()) await rentWithCallback(server, url, numberAt(i));
    await server.drain();
    assert.equal(platform.requests.length, urls.length, 'the operator’s own platform may be there');
    assert.equal(receiver.connections, 0);
    const deliveries = await listDeliveryRecords(server.server);
    assert.equal(deliveries.length, urls.length);
    for (const { delivery, attempts } of deliveries) {
      assert.equal(delivery.status, 'PENDING', delivery.url);
      assert.equal(attempts[0]?.statusCode, null);
      assert.match(attempts[0]?.error ?? '', /^refused: callbacks go to public addresses only/);
    }
  },
);

function loopbackUrls({ port }: RecordingListener): string[] {
  return ['127.0.0.1', 'localhost', '2130706433', '[::1]', '[::ffff:127.0.0.1]'].map(
    (host) => `http://${host}:${port}/`,
  );
}

/** Lower-case hex HMAC-SHA1 of the bytes, as the contract has it and without our own code. */
function signatureOf(request: RecordedRequest | undefined, secret: string): string {
  return createHmac('sha1', secret)
    .update(Buffer.from(request?.body ?? ''))
    .digest('hex');
}
