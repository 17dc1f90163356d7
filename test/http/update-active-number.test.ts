import assert from 'node:assert/strict';

import { assertRefused } from '../support/assert-refused.ts';
import { testOnEachEngine } from '../support/engines.ts';
import type { Answer, TestServer } from '../support/test-server.ts';

const NUMBER = '+12025550134';
const ACTIVE = `/activeNumbers/${NUMBER}`;
const CALLBACK_URL = 'http://127.0.0.1:1/hook';

/** A number with everything linked: plan, campaign, EST trunk, name and callback URL. */
async function rentLinked(server: TestServer): Promise<Answer> {
  await server.call('POST', `/availableNumbers/${NUMBER}:rent`, {
    body: {
      smsConfiguration: { servicePlanId: 'plan', campaignId: 'campaign' },
      voiceConfiguration: { type: 'EST', trunkId: 'trunk' },
      callbackUrl: CALLBACK_URL,
    },
  });
  await server.call('PATCH', ACTIVE, { body: { displayName: 'Support' } });
  await server.drain();
  const linked = await server.call('GET', ACTIVE);
  assert.deepEqual(linked.json.smsConfiguration, sms('plan', 'campaign'));
  assert.deepEqual(linked.json.voiceConfiguration, voice({ type: 'EST', trunkId: 'trunk' }));
  return linked;
}

const sms = (servicePlanId: string, campaignId: string) => ({
  servicePlanId,
  scheduledProvisioning: null,
  campaignId,
});

const voice = (link: { type?: string; appId?: string; trunkId?: string; serviceId?: string }) => ({
  appId: '',
  scheduledVoiceProvisioning: null,
  lastUpdatedTime: null,
  type: 'RTC',
  trunkId: '',
  serviceId: '',
  ...link,
});

/** Updates, lets the platform do its part, and tells what the number shows then. */
async function update(server: TestServer, body: object): Promise<Answer> {
  const updated = await server.call('PATCH', ACTIVE, { body });
  assert.equal(updated.status, 200, updated.text);
  await server.drain();
  return server.call('GET', ACTIVE);
}

testOnEachEngine('an update changes what it has and nothing else', async (start) => {
  await using server = await start();
  const linked = await rentLinked(server);
  assert.equal((await update(server, {})).text, linked.text);
  const named = await update(server, { displayName: 'Zoë 📞' });
  assert.deepEqual(named.json, { ...linked.json, displayName: 'Zoë 📞' });
  const hooked = await update(server, { callbackUrl: 'https://example.com/hook?a=1' });
  assert.deepEqual(hooked.json, { ...named.json, callbackUrl: 'https://example.com/hook?a=1' });
});

for (const unset of ['', null]) {
  testOnEachEngine(
    `${JSON.stringify(unset)} unsets a name and a callback URL at once`,
    async (start) => {
      await using server = await start();
      const linked = await rentLinked(server);
      const body = { displayName: unset, callbackUrl: unset };
      const updated = await server.call('PATCH', ACTIVE, { body });
      assert.deepEqual(updated.json, { ...linked.json, displayName: '', callbackUrl: '' });
    },
  );

  testOnEachEngine(
    `${JSON.stringify(unset)} as a plan unlinks it, and its campaign with it`,
    async (start) => {
      await using server = await start();
      const linked = await rentLinked(server);
      const updated = await update(server, { smsConfiguration: { servicePlanId: unset } });
      assert.deepEqual(updated.json, { ...linked.json, smsConfiguration: sms('', '') });
    },
  );

  testOnEachEngine(`${JSON.stringify(unset)} as a campaign unlinks it alone`, async (start) => {
    await using server = await start();
    const linked = await rentLinked(server);
    const smsConfiguration = { servicePlanId: 'plan', campaignId: unset };
    const updated = await update(server, { smsConfiguration });
    assert.deepEqual(updated.json, { ...linked.json, smsConfiguration: sms('plan', '') });
  });

  testOnEachEngine(
    `${JSON.stringify(unset)} as a voice id unlinks, whatever the type`,
    async (start) => {
      await using server = await start();
      const linked = await rentLinked(server);
      for (const off of [{ type: 'EST', trunkId: unset }, { appId: unset }]) {
        // A number without voice is of type RTC, which is the default.
        const unlinked = await update(server, { voiceConfiguration: off });
        assert.deepEqual(unlinked.json, { ...linked.json, voiceConfiguration: voice({}) });
        const again = await update(server, {
          voiceConfiguration: { type: 'EST', trunkId: 'trunk' },
        });
        assert.equal(again.text, linked.text);
      }
    },
  );
}

testOnEachEngine('a switch shows the old link until the new one works', async (start) => {
  await using server = await start();
  const linked = await rentLinked(server);
  const updated = await server.call('PATCH', ACTIVE, {
    body: {
      smsConfiguration: { servicePlanId: 'other-plan' },
      voiceConfiguration: { type: 'FAX', serviceId: 'fax' },
    },
  });
  const lastUpdatedTime = '2026-01-31T10:20:30.123456Z';
  const scheduledProvisioning = {
    servicePlanId: 'other-plan',
    status: 'WAITING',
    lastUpdatedTime,
    campaignId: 'campaign',
    errorCodes: [],
  };
  const scheduledVoiceProvisioning = {
    appId: '',
    status: 'WAITING',
    lastUpdatedTime,
    type: 'FAX',
    trunkId: '',
    serviceId: 'fax',
  };
  assert.deepEqual(updated.json, {
    ...linked.json,
    smsConfiguration: { ...sms('plan', 'campaign'), scheduledProvisioning },
    voiceConfiguration: { ...voice({ type: 'EST', trunkId: 'trunk' }), scheduledVoiceProvisioning },
  });
  await server.drain();
  const done = await server.call('GET', ACTIVE);
  assert.deepEqual(done.json, {
    ...linked.json,
    smsConfiguration: sms('other-plan', 'campaign'),
    voiceConfiguration: voice({ type: 'FAX', serviceId: 'fax' }),
  });
});

testOnEachEngine(
  'a switch that fails keeps the old link, and sending it again tries again',
  async (start) => {
    await using server = await start();
    await rentLinked(server);
    const failed = await update(server, { smsConfiguration: { servicePlanId: 'FAILED' } });
    const { scheduledProvisioning, ...linked } = failed.json.smsConfiguration;
    assert.deepEqual(linked, { servicePlanId: 'plan', campaignId: 'campaign' });
    assert.equal(scheduledProvisioning.status, 'FAILED');
    assert.deepEqual(scheduledProvisioning.errorCodes, ['SMS_PROVISIONING_FAILED']);
    const body = { smsConfiguration: { servicePlanId: 'FAILED' } };
    const again = await server.call('PATCH', ACTIVE, { body });
    assert.equal(again.json.smsConfiguration.scheduledProvisioning.status, 'WAITING');
    assert.deepEqual(again.json.smsConfiguration.scheduledProvisioning.errorCodes, []);
    // Going back to what is linked takes the failure away.
    const back = await update(server, { smsConfiguration: { servicePlanId: 'plan' } });
    assert.deepEqual(back.json.smsConfiguration, sms('plan', 'campaign'));
  },
);

testOnEachEngine(
  'the latest of two updates wins, and what is linked already is not linked again',
  async (start) => {
    await using server = await start();
    const linked = await rentLinked(server);
    await server.call('PATCH', ACTIVE, { body: { voiceConfiguration: { appId: 'SLOW' } } });
    const updated = await update(server, { voiceConfiguration: { appId: 'app' } });
    assert.deepEqual(updated.json.voiceConfiguration, voice({ appId: 'app' }));
    const same = { smsConfiguration: { servicePlanId: 'plan', campaignId: 'campaign' } };
    const unchanged = await server.call('PATCH', ACTIVE, { body: same });
    assert.deepEqual(unchanged.json.smsConfiguration, linked.json.smsConfiguration);
  },
);

testOnEachEngine('an update that is wrong names the field and changes nothing', async (start) => {
  await using server = await start();
  const linked = await rentLinked(server);
  for (const [body, field] of [
    [{ displayName: 5 }, 'displayName'],
    [{ displayName: 'x'.repeat(257) }, 'displayName'],
    [{ smsConfiguration: {} }, 'smsConfiguration.servicePlanId'],
    [{ smsConfiguration: [] }, 'smsConfiguration'],
    [{ smsConfiguration: { campaignId: '' } }, 'smsConfiguration.servicePlanId'],
    [{ smsConfiguration: { servicePlanId: '', campaignId: 'c' } }, 'smsConfiguration.campaignId'],
    [{ sms_configuration: { campaign_id: 'c' } }, 'sms_configuration.service_plan_id'],
    [{ sms_configuration: { service_plan_id: 5 } }, 'sms_configuration.service_plan_id'],
    [{ voiceConfiguration: {} }, 'voiceConfiguration.appId'],
    [{ voiceConfiguration: { type: 'EST' } }, 'voiceConfiguration.trunkId'],
    [{ voiceConfiguration: { trunkId: 'trunk' } }, 'voiceConfiguration.appId'],
    [{ voiceConfiguration: { type: 'SIP' } }, 'voiceConfiguration.type'],
    [{ voice_configuration: { type: 'FAX' } }, 'voice_configuration.service_id'],
    [{ callbackUrl: 'nonsense' }, 'callbackUrl'],
    [{ callbackUrl: 'javascript:alert(1)' }, 'callbackUrl'],
    [{ callback_url: 'http://' }, 'callback_url'],
    ['{"displayName":', 'body'],
    ['[]', 'body'],
    ['null', 'body'],
    [JSON.stringify({ displayName: 'x'.repeat(70_000) }), 'body'],
  ] as const) {
    // The right part of a wrong update is not done either.
    const sent = typeof body === 'string' ? body : { displayName: 'Changed', ...body };
    assertRefused(await server.call('PATCH', ACTIVE, { body: sent }), field, sent);
  }
  const snake = { display_name: {} };
  assertRefused(await server.call('PATCH', ACTIVE, { body: snake }), 'display_name', snake);
  assert.equal((await server.call('GET', ACTIVE)).text, linked.text);
});

testOnEachEngine('all wrong fields are named at once', async (start) => {
  await using server = await start();
  await rentLinked(server);
  const body = { displayName: 5, sms_configuration: {}, voiceConfiguration: { type: 'SIP' } };
  const answer = await server.call('PATCH', ACTIVE, { body });
  assert.equal(answer.status, 400);
  assert.deepEqual(
    answer.json.error.details[0].fieldViolations.map((v: { field: string }) => v.field).sort(),
    ['displayName', 'sms_configuration.service_plan_id', 'voiceConfiguration.type'],
  );
});

testOnEachEngine('a campaign is for local numbers of the United States only', async (start) => {
  await using server = await start();
  await server.call('POST', '/availableNumbers/+13055550100:rent');
  const body = { smsConfiguration: { servicePlanId: 'plan', campaignId: 'campaign' } };
  const answer = await server.call('PATCH', '/activeNumbers/+13055550100', { body });
  assertRefused(answer, 'smsConfiguration.campaignId', body);
  const without = { smsConfiguration: { servicePlanId: 'plan', campaignId: '' } };
  const fine = await server.call('PATCH', '/activeNumbers/+13055550100', { body: without });
  assert.equal(fine.status, 200);
});
