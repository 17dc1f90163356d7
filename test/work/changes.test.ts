import assert from 'node:assert/strict';

import { countJobs } from '../../src/store/job.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { startRecordingListener } from '../support/recording-listener.ts';
import { change, type Json, listOutcomes, look, release, rent } from '../support/rentals.ts';
import type { TestServer } from '../support/test-server.ts';

const MONTH_MS = 31 * 86_400_000;
const FULL = {
  smsConfiguration: { servicePlanId: 'plan', campaignId: 'campaign' },
  voiceConfiguration: { appId: 'app' },
};

testOnEachEngine(
  'a rent with plan, campaign and voice makes three events and three callbacks',
  async (start) => {
    await using server = await start();
    await using receiver = await startRecordingListener();
    await rent(server, { ...FULL, callbackUrl: `${receiver.url}/hook` });
    await server.drain();
    const expected = [
      'PROVISIONING_TO_CAMPAIGN SUCCEEDED',
      'PROVISIONING_TO_SMS_PLATFORM SUCCEEDED',
      'PROVISIONING_TO_VOICE_PLATFORM SUCCEEDED',
    ];
    assert.deepEqual((await listOutcomes(server)).sort(), expected);
    const payloads = receiver.requests.map(({ body }) => JSON.parse(body));
    assert.deepEqual(payloads.map((p) => `${p.eventType} ${p.status}`).sort(), expected);
    assert.equal(new Set(payloads.map((p) => p.eventId)).size, 3);
  },
);

testOnEachEngine('a rent without configurations makes no event and no callback', async (start) => {
  await using server = await start();
  await using receiver = await startRecordingListener();
  await rent(server, { callbackUrl: receiver.url });
  await server.drain();
  assert.deepEqual(await listOutcomes(server), []);
  assert.equal(receiver.requests.length, 0);
});

testOnEachEngine('a switch shows the old plan until the new one is linked', async (start) => {
  await using server = await start();
  await rent(server, FULL);
  await server.drain();
  const smsConfiguration = { servicePlanId: 'other', campaignId: 'another' };
  const patched = await change(server, { smsConfiguration });
  const { status, ...wanted } = shortSms(patched).scheduled;
  assert.deepEqual({ status, ...wanted }, { status: 'WAITING', ...smsConfiguration });
  assert.deepEqual(shortSms(patched).linked, FULL.smsConfiguration);

  await server.drain();
  assert.deepEqual(shortSms(await look(server)), { linked: smsConfiguration, scheduled: null });
  assert.deepEqual((await listOutcomes(server)).slice(3), [
    'DEPROVISIONING_FROM_CAMPAIGN SUCCEEDED',
    'PROVISIONING_TO_SMS_PLATFORM SUCCEEDED',
    'PROVISIONING_TO_CAMPAIGN SUCCEEDED',
  ]);
});

testOnEachEngine('a voice switch shows the old type until the new one is linked', async (start) => {
  await using server = await start();
  await rent(server, FULL);
  await server.drain();
  const patched = await change(server, { voiceConfiguration: { type: 'FAX', serviceId: 'fax' } });
  const { scheduledVoiceProvisioning, ...voice } = patched.voiceConfiguration;
  assert.deepEqual([voice.type, voice.appId, voice.serviceId], ['RTC', 'app', '']);
  const { type, appId, serviceId } = scheduledVoiceProvisioning;
  assert.deepEqual([type, appId, serviceId], ['FAX', '', 'fax']);

  await server.drain();
  const { voiceConfiguration: after } = await look(server);
  assert.equal(after.scheduledVoiceProvisioning, null);
  assert.deepEqual([after.type, after.appId, after.serviceId], ['FAX', '', 'fax']);
});

testOnEachEngine('a switch that fails leaves what was linked before', async (start) => {
  await using server = await start();
  await rent(server, FULL);
  await server.drain();
  await change(server, {
    smsConfiguration: { servicePlanId: 'FAILED' },
    voiceConfiguration: { appId: 'FAILED' },
  });
  await server.drain();
  const number = await look(server);
  assert.deepEqual(shortSms(number).linked, FULL.smsConfiguration);
  assert.equal(shortSms(number).scheduled.status, 'FAILED');
  assert.equal(number.voiceConfiguration.appId, 'app');
  assert.equal(number.voiceConfiguration.scheduledVoiceProvisioning.status, 'FAILED');
});

testOnEachEngine(
  'a failed configuration is tried again by a PATCH, with the same or another',
  async (start) => {
    await using server = await start();
    await rent(server, {
      smsConfiguration: { servicePlanId: 'plan', campaignId: 'CAMPAIGN_EXPIRED' },
    });
    await server.drain();
    assert.equal(shortSms(await look(server)).scheduled.status, 'FAILED');

    const same = { servicePlanId: 'plan', campaignId: 'CAMPAIGN_EXPIRED' };
    const again = await change(server, { smsConfiguration: same });
    assert.deepEqual(shortSms(again).scheduled, { status: 'WAITING', ...same });
    assert.deepEqual(again.smsConfiguration.scheduledProvisioning.errorCodes, []);
    await server.drain();
    assert.equal(shortSms(await look(server)).scheduled.status, 'FAILED');

    const good = { servicePlanId: 'plan', campaignId: 'good' };
    await change(server, { smsConfiguration: good });
    await server.drain();
    assert.deepEqual(shortSms(await look(server)), { linked: good, scheduled: null });
  },
);

testOnEachEngine('an empty campaign leaves the campaign, an empty plan both', async (start) => {
  await using server = await start();
  await rent(server, FULL);
  await server.drain();
  const withoutCampaign = { servicePlanId: 'plan', campaignId: '' };
  await change(server, { smsConfiguration: withoutCampaign });
  await server.drain();
  assert.deepEqual(shortSms(await look(server)), { linked: withoutCampaign, scheduled: null });

  await change(server, { smsConfiguration: FULL.smsConfiguration });
  await server.drain();
  const nothing = { servicePlanId: '', campaignId: '' };
  const patched = await change(server, { smsConfiguration: { servicePlanId: '' } });
  assert.deepEqual(shortSms(patched), {
    linked: FULL.smsConfiguration,
    scheduled: { status: 'WAITING', ...nothing },
  });
  await server.drain();
  assert.deepEqual(shortSms(await look(server)), { linked: nothing, scheduled: null });
  assert.deepEqual((await listOutcomes(server)).slice(-2), [
    'DEPROVISIONING_FROM_CAMPAIGN SUCCEEDED',
    'DEPROVISIONING_FROM_SMS_PLATFORM SUCCEEDED',
  ]);
});

testOnEachEngine('an empty target leaves voice', async (start) => {
  await using server = await start();
  await rent(server, { voiceConfiguration: { type: 'EST', trunkId: 'trunk' } });
  await server.drain();
  await change(server, { voiceConfiguration: { type: 'EST', trunkId: '' } });
  await server.drain();
  const { voiceConfiguration: voice } = await look(server);
  assert.deepEqual([voice.appId, voice.trunkId, voice.serviceId], ['', '', '']);
  assert.equal(voice.scheduledVoiceProvisioning, null);
  assert.deepEqual((await listOutcomes(server)).slice(-1), [
    'DEPROVISIONING_FROM_VOICE_PLATFORM SUCCEEDED',
  ]);
});

testOnEachEngine('a newer change takes the place of one that is under way', async (start) => {
  await using server = await start();
  await rent(server, { voiceConfiguration: { appId: 'SLOW' } });
  await server.drain();
  await change(server, { voiceConfiguration: { appId: 'quick' } });
  await server.advance(60_000);
  assert.equal((await look(server)).voiceConfiguration.appId, 'quick');
  assert.deepEqual(await listOutcomes(server), ['PROVISIONING_TO_VOICE_PLATFORM SUCCEEDED']);
});

testOnEachEngine('a release cancels what is scheduled', async (start) => {
  await using server = await start();
  await using receiver = await startRecordingListener();
  await rent(server, {
    smsConfiguration: { servicePlanId: 'SLOW' },
    voiceConfiguration: { appId: 'DOWN' },
    callbackUrl: receiver.url,
  });
  await server.drain();
  const released = await release(server);
  assert.equal(released.expireAt, released.nextChargeDate);
  assert.equal(released.smsConfiguration.scheduledProvisioning, null);
  assert.equal(released.voiceConfiguration.scheduledVoiceProvisioning, null);
  assert.deepEqual(await listJobs(server), []);
  await server.advance(86_400_000);
  assert.deepEqual(shortSms(await look(server)).linked, { servicePlanId: '', campaignId: '' });
  assert.deepEqual(await listOutcomes(server), []);
  assert.equal(receiver.requests.length, 0);
});

testOnEachEngine(
  'a rental that ends leaves its platforms, and tells its last holder',
  async (start) => {
    await using server = await start();
    await using receiver = await startRecordingListener();
    await rent(server, { ...FULL, callbackUrl: receiver.url });
    await server.drain();
    await release(server);
    await server.advance(86_400_000);
    assert.equal(shortSms(await look(server)).linked.servicePlanId, 'plan', 'until then it works');
    assert.equal(receiver.requests.length, 3);

    await server.advance(MONTH_MS);
    const left = [
      'DEPROVISIONING_FROM_CAMPAIGN SUCCEEDED',
      'DEPROVISIONING_FROM_SMS_PLATFORM SUCCEEDED',
      'DEPROVISIONING_FROM_VOICE_PLATFORM SUCCEEDED',
    ];
    assert.deepEqual((await listOutcomes(server)).slice(3).sort(), left);
    const payloads = receiver.requests.slice(3).map(({ body }) => JSON.parse(body));
    assert.deepEqual(payloads.map((p) => `${p.eventType} ${p.status}`).sort(), left);
    assert.deepEqual(await listJobs(server), []);
  },
);

function shortSms({ smsConfiguration: { scheduledProvisioning, ...linked } }: Json): Json {
  const { status, servicePlanId, campaignId } = scheduledProvisioning ?? {};
  return { linked, scheduled: scheduledProvisioning && { status, servicePlanId, campaignId } };
}

function listJobs({ server }: TestServer): Promise<unknown[]> {
  return server.context.store.read((db) => countJobs(db, server.context.clock.now()));
}
