import assert from 'node:assert/strict';

import { PROVISIONING_ERROR_CODES } from '../../src/domain/provisioning.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { type Json, look, numberAt, rent } from '../support/rentals.ts';
import { TEST_START } from '../support/test-server.ts';

const DELAY_MS = 500;
const WITH_DELAY = { NUMBERYARD_SANDBOX_DELAY_MS: String(DELAY_MS) };
/** The waits of NUMBERYARD_PROVISIONING_RETRY_SECONDS that are published. */
const PUBLISHED_WAITS_MS = [1, 5, 30, 120, 600, 3600].map((seconds) => seconds * 1000);

const NO_SMS = { servicePlanId: '', scheduledProvisioning: null, campaignId: '' };
const NO_VOICE = {
  appId: '',
  scheduledVoiceProvisioning: null,
  lastUpdatedTime: null,
  type: 'RTC',
  trunkId: '',
  serviceId: '',
};

testOnEachEngine('a service plan goes from WAITING by IN_PROGRESS to the number', async (start) => {
  await using server = await start(WITH_DELAY);
  const rented = await rent(server, { smsConfiguration: { servicePlanId: 'plan' } });
  const scheduled = (status: string, lastUpdatedTime: string) => ({
    servicePlanId: '',
    scheduledProvisioning: {
      servicePlanId: 'plan',
      status,
      lastUpdatedTime,
      campaignId: '',
      errorCodes: [],
    },
    campaignId: '',
  });
  assert.deepEqual(rented.smsConfiguration, scheduled('WAITING', TEST_START));
  assert.deepEqual(rented.voiceConfiguration, NO_VOICE);

  await server.advance(1000);
  const begunAt = '2026-01-31T10:20:31.123456Z';
  assert.deepEqual((await look(server)).smsConfiguration, scheduled('IN_PROGRESS', begunAt));
  await server.advance(DELAY_MS - 1);
  assert.deepEqual((await look(server)).smsConfiguration, scheduled('IN_PROGRESS', begunAt));
  await server.advance(1);
  assert.deepEqual((await look(server)).smsConfiguration, { ...NO_SMS, servicePlanId: 'plan' });
});

testOnEachEngine('a plan with a campaign is in progress until both are done', async (start) => {
  await using server = await start(WITH_DELAY);
  await rent(server, { smsConfiguration: { servicePlanId: 'plan', campaignId: 'campaign' } });
  await server.drain();
  for (const step of ['plan', 'campaign']) {
    const { smsConfiguration: sms } = await look(server);
    assert.equal(sms.scheduledProvisioning.status, 'IN_PROGRESS', step);
    assert.equal(sms.scheduledProvisioning.campaignId, 'campaign');
    assert.deepEqual([sms.servicePlanId, sms.campaignId], ['', '']);
    await server.advance(DELAY_MS);
  }
  assert.deepEqual((await look(server)).smsConfiguration, {
    servicePlanId: 'plan',
    scheduledProvisioning: null,
    campaignId: 'campaign',
  });
});

const VOICE = [
  { type: 'RTC', field: 'appId' },
  { type: 'EST', field: 'trunkId' },
  { type: 'FAX', field: 'serviceId' },
];

for (const { type, field } of VOICE) {
  testOnEachEngine(`voice of type ${type} comes to the number as ${field}`, async (start) => {
    await using server = await start(WITH_DELAY);
    const voiceConfiguration = { type, [field]: 'target' };
    const rented = await rent(server, { voiceConfiguration });
    const scheduled = { appId: '', type, trunkId: '', serviceId: '', [field]: 'target' };
    const { scheduledVoiceProvisioning, ...outer } = rented.voiceConfiguration;
    assert.deepEqual(scheduledVoiceProvisioning, {
      ...scheduled,
      status: 'WAITING',
      lastUpdatedTime: TEST_START,
    });
    assert.deepEqual({ ...outer, scheduledVoiceProvisioning: null }, NO_VOICE);

    await server.drain();
    const begun = (await look(server)).voiceConfiguration;
    assert.equal(begun.scheduledVoiceProvisioning.status, 'IN_PROGRESS');
    await server.advance(DELAY_MS);
    assert.deepEqual((await look(server)).voiceConfiguration, { ...NO_VOICE, ...scheduled });
  });
}

/** What docs/sandbox.md promises of the ids that fail: the code of each service. */
const FAILURES = [
  { id: 'FAILED', sms: 'SMS_PROVISIONING_FAILED', campaign: 'CAMPAIGN_PROVISIONING_FAILED' },
  ...PROVISIONING_ERROR_CODES.map((code) => ({ id: code, sms: code, campaign: code })),
];

testOnEachEngine('every magic service plan fails with its code', async (start) => {
  await using server = await start(WITH_DELAY);
  for (const [i, { id, sms }] of FAILURES.entries()) {
    const phoneNumber = numberAt(i);
    await rent(server, { smsConfiguration: { servicePlanId: id } }, phoneNumber);
    await server.drain();
    await server.advance(DELAY_MS);
    const { smsConfiguration } = await look(server, phoneNumber);
    assertFailed(smsConfiguration, { servicePlanId: id, campaignId: '' }, sms);
  }
});

testOnEachEngine(
  'every magic campaign fails with its code after the plan was linked',
  async (start) => {
    await using server = await start(WITH_DELAY);
    for (const [i, { id, campaign }] of FAILURES.entries()) {
      const phoneNumber = numberAt(i);
      const wanted = { servicePlanId: 'plan', campaignId: id };
      await rent(server, { smsConfiguration: wanted }, phoneNumber);
      await server.drain();
      await server.advance(DELAY_MS);
      await server.advance(DELAY_MS);
      assertFailed((await look(server, phoneNumber)).smsConfiguration, wanted, campaign);
    }
  },
);

testOnEachEngine('every magic voice target fails, whatever its type', async (start) => {
  await using server = await start(WITH_DELAY);
  for (const [i, { id }] of FAILURES.entries()) {
    const { type, field } = VOICE[i % VOICE.length]!;
    const phoneNumber = numberAt(i);
    await rent(server, { voiceConfiguration: { type, [field]: id } }, phoneNumber);
    await server.drain();
    await server.advance(DELAY_MS);
    const { scheduledVoiceProvisioning, ...outer } = (await look(server, phoneNumber))
      .voiceConfiguration;
    assert.deepEqual({ ...outer, scheduledVoiceProvisioning: null }, NO_VOICE);
    assert.equal(scheduledVoiceProvisioning.status, 'FAILED');
    assert.equal(scheduledVoiceProvisioning[field], id);
    assert.ok(!('errorCodes' in scheduledVoiceProvisioning));
  }
});

testOnEachEngine('SLOW is in progress for a minute and then succeeds', async (start) => {
  await using server = await start(WITH_DELAY);
  await rent(server, { voiceConfiguration: { appId: 'SLOW' } });
  await server.drain();
  await server.advance(59_999);
  const { scheduledVoiceProvisioning } = (await look(server)).voiceConfiguration;
  assert.equal(scheduledVoiceProvisioning.status, 'IN_PROGRESS');
  await server.advance(1);
  assert.deepEqual((await look(server)).voiceConfiguration, { ...NO_VOICE, appId: 'SLOW' });
});

testOnEachEngine(
  'a platform that is down twice is asked again after 1 and 5 seconds',
  async (start) => {
    await using server = await start(WITH_DELAY);
    await rent(server, { smsConfiguration: { servicePlanId: 'DOWN_TWICE' } });
    await server.drain();
    for (const waitMs of PUBLISHED_WAITS_MS.slice(0, 2)) {
      await server.advance(waitMs - 1);
      const { scheduledProvisioning } = (await look(server)).smsConfiguration;
      assert.equal(scheduledProvisioning.status, 'IN_PROGRESS');
      assert.deepEqual(scheduledProvisioning.errorCodes, []);
      await server.advance(1);
    }
    assert.deepEqual((await look(server)).smsConfiguration, {
      ...NO_SMS,
      servicePlanId: 'DOWN_TWICE',
    });
  },
);

testOnEachEngine(
  'a platform that stays down is given up after the published waits',
  async (start) => {
    await using server = await start(WITH_DELAY);
    await rent(server, { smsConfiguration: { servicePlanId: 'DOWN' } });
    await server.drain();
    for (const waitMs of PUBLISHED_WAITS_MS) {
      await server.advance(waitMs - 1);
      const { smsConfiguration: sms } = await look(server);
      assert.equal(sms.scheduledProvisioning.status, 'IN_PROGRESS', `${waitMs} ms`);
      await server.advance(1);
    }
    const wanted = { servicePlanId: 'DOWN', campaignId: '' };
    assertFailed((await look(server)).smsConfiguration, wanted, 'PARTNER_SERVICE_UNAVAILABLE');
  },
);

testOnEachEngine(
  'a step that is not over at the deadline has failed, and not before',
  async (start) => {
    await using server = await start({ NUMBERYARD_PROVISIONING_DEADLINE_SECONDS: '30' });
    await rent(server, { smsConfiguration: { servicePlanId: 'SLOW' } });
    await server.drain();
    await server.advance(29_999);
    const { scheduledProvisioning } = (await look(server)).smsConfiguration;
    assert.equal(scheduledProvisioning.status, 'IN_PROGRESS');
    await server.advance(1);
    const wanted = { servicePlanId: 'SLOW', campaignId: '' };
    assertFailed((await look(server)).smsConfiguration, wanted, 'PARTNER_SERVICE_UNAVAILABLE');
  },
);

testOnEachEngine(
  'of more numbers than a campaign holds, the first fifty get on it',
  async (start) => {
    await using server = await start();
    const numbers = Array.from({ length: 53 }, (_, i) => numberAt(i));
    const smsConfiguration = { servicePlanId: 'plan', campaignId: 'campaign' };
    for (const number of numbers) await rent(server, { smsConfiguration }, number);
    await server.drain();
    for (const [i, number] of numbers.entries()) {
      const { smsConfiguration: sms } = await look(server, number);
      if (i < 50) assert.deepEqual(sms, { ...smsConfiguration, scheduledProvisioning: null });
      else assertFailed(sms, smsConfiguration, 'EXCEEDED_10DLC_LIMIT');
    }
  },
);

/** The configuration shows what was wanted as failed, and nothing as linked. */
function assertFailed(
  sms: Json,
  wanted: { servicePlanId: string; campaignId: string },
  code: string,
): void {
  const { lastUpdatedTime, ...scheduled } = sms.scheduledProvisioning ?? {};
  assert.deepEqual(scheduled, { ...wanted, status: 'FAILED', errorCodes: [code] });
  assert.match(lastUpdatedTime, /Z$/);
  assert.deepEqual([sms.servicePlanId, sms.campaignId], ['', '']);
}
