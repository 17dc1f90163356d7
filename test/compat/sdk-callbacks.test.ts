import assert from 'node:assert/strict';

import { NumbersCallbackWebhooks } from '@sinch/sdk-core';

import { testOnEachEngine } from '../support/engines.ts';
import { startRecordingListener } from '../support/recording-listener.ts';
import { sdkClient } from '../support/sdk-client.ts';
import { PROJECT, TEST_START } from '../support/test-server.ts';

const SECRET = 'a-secret-that-signs-callbacks-000000';

testOnEachEngine('the SDK accepts and parses the callbacks of a rent', async (start) => {
  await using server = await start();
  await using listener = await startRecordingListener();
  const { numbers } = sdkClient(server);
  await numbers.callbacks.update({
    updateCallbackConfigurationRequestBody: { hmacSecret: SECRET },
  });
  await numbers.rent({
    phoneNumber: '+12025550134',
    rentNumberRequestBody: {
      smsConfiguration: { servicePlanId: 'plan', campaignId: 'CAMPAIGN_EXPIRED' },
      voiceConfiguration: { appId: 'app' },
      callbackUrl: `${listener.url}/hook`,
    },
  });
  await server.drain();

  const webhooks = new NumbersCallbackWebhooks(SECRET);
  assert.equal(listener.requests.length, 3);
  const events = listener.requests.map(({ method, path, headers, body }) => {
    assert.equal(`${method} ${path}`, 'POST /hook');
    assert.equal(headers['content-type'], 'application/json');
    assert.ok(webhooks.validateAuthenticationHeader(headers, body, path, method));
    return webhooks.parseEvent(body);
  });
  const common = {
    eventId: 'another each time',
    timestamp: new Date(TEST_START),
    projectId: PROJECT.id,
    resourceId: '+12025550134',
    resourceType: 'ACTIVE_NUMBER',
    status: 'SUCCEEDED',
    failureCode: null,
    internalFailureCode: null,
  };
  const byType = events.toSorted((a, b) => (String(a.eventType) < String(b.eventType) ? -1 : 1));
  assert.deepEqual(
    byType.map((event) => ({ ...event, eventId: 'another each time' })),
    [
      {
        ...common,
        eventType: 'PROVISIONING_TO_CAMPAIGN',
        status: 'FAILED',
        failureCode: 'CAMPAIGN_EXPIRED',
      },
      { ...common, eventType: 'PROVISIONING_TO_SMS_PLATFORM' },
      { ...common, eventType: 'PROVISIONING_TO_VOICE_PLATFORM' },
    ],
  );
  const ids = new Set(events.map((event) => event.eventId));
  assert.equal(ids.size, 3);
  for (const id of ids) assert.match(id ?? '', /^[0-9a-hjkmnp-tv-z]{26}$/);
});

testOnEachEngine(
  'the SDK refuses a callback that was changed or has another secret',
  async (start) => {
    await using server = await start();
    await using listener = await startRecordingListener();
    const { numbers } = sdkClient(server);
    const { hmacSecret = '' } = await numbers.callbacks.get({});
    await numbers.rent({
      phoneNumber: '+12025550134',
      rentNumberRequestBody: { voiceConfiguration: { appId: 'app' }, callbackUrl: listener.url },
    });
    await server.drain();
    const [request] = listener.requests;
    const { headers, body } = request!;
    const accepts = (secret: string, text: string) =>
      new NumbersCallbackWebhooks(secret).validateAuthenticationHeader(headers, text);
    assert.ok(accepts(hmacSecret, body));
    assert.ok(!accepts(hmacSecret, body.replace('SUCCEEDED', 'FAILED')));
    assert.ok(!accepts(SECRET, body));
  },
);
