import assert from 'node:assert/strict';

import { assertRefused } from '../support/assert-refused.ts';
import { testOnEachEngine } from '../support/engines.ts';

const NUMBER = '+12025550134';
const RENT = `/availableNumbers/${NUMBER}:rent`;
const ACTIVE = `/activeNumbers/${NUMBER}`;

/** A rented number as the wire has it; the arguments are JSON text. */
function activeNumber({
  sms = '{"servicePlanId":"","scheduledProvisioning":null,"campaignId":""}',
  voice = '{"appId":"","scheduledVoiceProvisioning":null,"lastUpdatedTime":null,"type":"RTC","trunkId":"","serviceId":""}',
  callbackUrl = '',
} = {}): string {
  return (
    `{"phoneNumber":"${NUMBER}","projectId":"project-one","displayName":"","regionCode":"US",` +
    '"type":"LOCAL","capability":["SMS","VOICE"],"money":{"currencyCode":"USD","amount":"0.75"},' +
    '"paymentIntervalMonths":1,"nextChargeDate":"2026-02-28T10:20:30.123456Z","expireAt":null,' +
    `"smsConfiguration":${sms},"voiceConfiguration":${voice},"callbackUrl":"${callbackUrl}"}`
  );
}

function scheduledSms(status: string, at: string, errorCodes = '[]'): string {
  return (
    '{"servicePlanId":"","scheduledProvisioning":{"servicePlanId":"SLOW-plan",' +
    `"status":"${status}","lastUpdatedTime":"${at}","campaignId":"campaign","errorCodes":${errorCodes}},` +
    '"campaignId":""}'
  );
}

function scheduledVoice(status: string, at: string): string {
  return (
    '{"appId":"","scheduledVoiceProvisioning":{"appId":"",' +
    `"status":"${status}","lastUpdatedTime":"${at}","type":"EST","trunkId":"SLOW-trunk","serviceId":""},` +
    '"lastUpdatedTime":null,"type":"RTC","trunkId":"","serviceId":""}'
  );
}

testOnEachEngine('a rent without configurations answers exactly these bytes', async (start) => {
  await using server = await start();
  const rented = await server.call('POST', RENT, { body: {} });
  assert.equal(rented.status, 200);
  assert.equal(rented.text, activeNumber());
  assert.equal((await server.call('GET', ACTIVE)).text, activeNumber());
});

testOnEachEngine('what is rented with is scheduled, then in progress, then done', async (start) => {
  await using server = await start();
  const callbackUrl = 'http://127.0.0.1:1/hook';
  const rented = await server.call('POST', RENT, {
    body: {
      smsConfiguration: { servicePlanId: 'SLOW-plan', campaignId: 'campaign' },
      voiceConfiguration: { type: 'EST', trunkId: 'SLOW-trunk' },
      callbackUrl,
    },
  });
  const rentedAt = '2026-01-31T10:20:30.123456Z';
  const waiting = activeNumber({
    sms: scheduledSms('WAITING', rentedAt),
    voice: scheduledVoice('WAITING', rentedAt),
    callbackUrl,
  });
  assert.equal(rented.text, waiting);

  await server.advance(1000);
  const begunAt = '2026-01-31T10:20:31.123456Z';
  const inProgress = activeNumber({
    sms: scheduledSms('IN_PROGRESS', begunAt),
    voice: scheduledVoice('IN_PROGRESS', begunAt),
    callbackUrl,
  });
  assert.equal((await server.call('GET', ACTIVE)).text, inProgress);

  await server.advance(60_000);
  const done = activeNumber({
    sms: '{"servicePlanId":"SLOW-plan","scheduledProvisioning":null,"campaignId":"campaign"}',
    voice:
      '{"appId":"","scheduledVoiceProvisioning":null,"lastUpdatedTime":null,"type":"EST","trunkId":"SLOW-trunk","serviceId":""}',
    callbackUrl,
  });
  assert.equal((await server.call('GET', ACTIVE)).text, done);
});

testOnEachEngine(
  'a rent succeeds although its provisioning fails, and the number says why',
  async (start) => {
    await using server = await start();
    await server.call('POST', RENT, {
      body: {
        smsConfiguration: { servicePlanId: 'plan', campaignId: 'CAMPAIGN_EXPIRED' },
        voiceConfiguration: { type: 'FAX', serviceId: 'FAILED' },
      },
    });
    await server.drain();
    const { json } = await server.call('GET', ACTIVE);
    // The plan had succeeded; the two are one, so neither is linked.
    assert.deepEqual(json.smsConfiguration, {
      servicePlanId: '',
      scheduledProvisioning: {
        servicePlanId: 'plan',
        status: 'FAILED',
        lastUpdatedTime: '2026-01-31T10:20:30.123456Z',
        campaignId: 'CAMPAIGN_EXPIRED',
        errorCodes: ['CAMPAIGN_EXPIRED'],
      },
      campaignId: '',
    });
    assert.deepEqual(json.voiceConfiguration, {
      appId: '',
      scheduledVoiceProvisioning: {
        appId: '',
        status: 'FAILED',
        lastUpdatedTime: '2026-01-31T10:20:30.123456Z',
        type: 'FAX',
        trunkId: '',
        serviceId: 'FAILED',
      },
      lastUpdatedTime: null,
      type: 'RTC',
      trunkId: '',
      serviceId: '',
    });
  },
);

testOnEachEngine(
  'numbers of every region and type can be rented, documentation or not',
  async (start) => {
    await using server = await start();
    for (const number of ['+13055550100', '+448081570000', '+46701740605', '+14165550100']) {
      const rented = await server.call('POST', `/availableNumbers/${number}:rent`);
      assert.equal(rented.status, 200, rented.text);
    }
    for (const [regionCode, type] of [
      ['US', 'MOBILE'],
      ['GB', 'TOLL_FREE'],
      ['SE', 'MOBILE'],
      ['CA', 'LOCAL'],
    ]) {
      const body = { regionCode, type };
      const { json } = await server.call('POST', '/availableNumbers:rentAny', { body });
      assert.deepEqual({ regionCode: json.regionCode, type: json.type }, body);
    }
  },
);

testOnEachEngine('rentAny takes a number that has all that is asked for', async (start) => {
  await using server = await start();
  const rentAny = (body: object) => server.call('POST', '/availableNumbers:rentAny', { body });
  const { json } = await rentAny({
    regionCode: 'US',
    type: 'LOCAL',
    numberPattern: { pattern: '0134', searchPattern: 'END' },
    capabilities: ['VOICE'],
  });
  assert.equal(json.phoneNumber, NUMBER);
  const tollFree = { regionCode: 'GB', type: 'TOLL_FREE' };
  for (const body of [
    { ...tollFree, capabilities: ['SMS', 'VOICE'] },
    { ...tollFree, numberPattern: { pattern: '12345678' } },
    { ...tollFree, numberPattern: { pattern: '44808', searchPattern: 'START' } },
    { ...tollFree, type: 'LOCAL' },
  ]) {
    const none = await rentAny(body);
    assert.equal(none.status, 404);
    const [detail] = none.json.error.details;
    assert.equal(none.json.error.status, 'NOT_FOUND');
    assert.equal(detail.type, 'ResourceInfo');
    assert.equal(detail.resourceType, 'AvailableNumber');
  }
});

/** Bodies of both rents that are refused, with the field that is named. */
const REFUSED: [body: object, field: string][] = [
  [{ smsConfiguration: {} }, 'smsConfiguration.servicePlanId'],
  [{ smsConfiguration: { servicePlanId: '' } }, 'smsConfiguration.servicePlanId'],
  [{ smsConfiguration: { servicePlanId: null } }, 'smsConfiguration.servicePlanId'],
  [{ smsConfiguration: { servicePlanId: 5 } }, 'smsConfiguration.servicePlanId'],
  [{ smsConfiguration: { servicePlanId: 'x'.repeat(129) } }, 'smsConfiguration.servicePlanId'],
  [{ smsConfiguration: { campaignId: 'campaign' } }, 'smsConfiguration.servicePlanId'],
  [{ smsConfiguration: 'plan' }, 'smsConfiguration'],
  [{ sms_configuration: {} }, 'sms_configuration.service_plan_id'],
  [{ sms_configuration: { service_plan_id: 5 } }, 'sms_configuration.service_plan_id'],
  [{ voiceConfiguration: {} }, 'voiceConfiguration.appId'],
  [{ voiceConfiguration: { appId: '' } }, 'voiceConfiguration.appId'],
  [{ voiceConfiguration: { appId: 5 } }, 'voiceConfiguration.appId'],
  [{ voiceConfiguration: { type: 'EST' } }, 'voiceConfiguration.trunkId'],
  [{ voiceConfiguration: { type: 'EST', appId: 'app' } }, 'voiceConfiguration.trunkId'],
  [{ voiceConfiguration: { type: 'EST', trunkId: '' } }, 'voiceConfiguration.trunkId'],
  [{ voiceConfiguration: { type: 'FAX', trunkId: 'trunk' } }, 'voiceConfiguration.serviceId'],
  [{ voiceConfiguration: { type: 'SIP', trunkId: 'trunk' } }, 'voiceConfiguration.type'],
  [{ voiceConfiguration: { type: 5 } }, 'voiceConfiguration.type'],
  [{ voice_configuration: { type: 'EST' } }, 'voice_configuration.trunk_id'],
  [{ voice_configuration: { type: 'SIP' } }, 'voice_configuration.type'],
  [{ callbackUrl: 'example.com' }, 'callbackUrl'],
  [{ callbackUrl: 'ftp://example.com' }, 'callbackUrl'],
  [{ callbackUrl: 'https://user:password@example.com' }, 'callbackUrl'],
  [{ callbackUrl: 5 }, 'callbackUrl'],
  [{ callback_url: '//example.com' }, 'callback_url'],
];

testOnEachEngine('a rent that is wrong names the field as the client wrote it', async (start) => {
  await using server = await start();
  for (const [body, field] of REFUSED) {
    assertRefused(await server.call('POST', RENT, { body }), field, body);
    const anyBody = { regionCode: 'US', type: 'LOCAL', ...body };
    const any = await server.call('POST', '/availableNumbers:rentAny', { body: anyBody });
    assertRefused(any, field, anyBody);
  }
  for (const [body, field] of [
    [{ type: 'LOCAL' }, 'regionCode'],
    [{ regionCode: 'US' }, 'type'],
    [{ regionCode: 'US', type: 'FAX' }, 'type'],
    [{ region_code: 5, type: 'LOCAL' }, 'region_code'],
    [{ regionCode: 'US', type: 'LOCAL', capabilities: ['FAX'] }, 'capabilities'],
    [{ regionCode: 'US', type: 'LOCAL', capabilities: 'SMS' }, 'capabilities'],
    [
      { regionCode: 'US', type: 'LOCAL', numberPattern: { pattern: 'x#' } },
      'numberPattern.pattern',
    ],
    [
      { regionCode: 'US', type: 'LOCAL', number_pattern: { pattern: 'x#' } },
      'number_pattern.pattern',
    ],
    [
      { regionCode: 'US', type: 'LOCAL', number_pattern: { search_pattern: 'x' } },
      'number_pattern.search_pattern',
    ],
  ] as const) {
    const any = await server.call('POST', '/availableNumbers:rentAny', { body });
    assertRefused(any, field, body);
  }
  assert.equal((await server.call('GET', '/activeNumbers')).json.totalSize, 0);
  assert.equal((await server.call('GET', `/availableNumbers/${NUMBER}`)).status, 200);
});

testOnEachEngine('a campaign is for local numbers of the United States only', async (start) => {
  await using server = await start();
  const smsConfiguration = { servicePlanId: 'plan', campaignId: 'campaign' };
  const path = '/availableNumbers/+13055550100';
  const refused = await server.call('POST', `${path}:rent`, { body: { smsConfiguration } });
  assertRefused(refused, 'smsConfiguration.campaignId', smsConfiguration);
  // The rent was undone with it.
  assert.equal((await server.call('GET', path)).status, 200);
  const any = await server.call('POST', '/availableNumbers:rentAny', {
    body: {
      regionCode: 'SE',
      type: 'MOBILE',
      sms_configuration: { service_plan_id: 'plan', campaign_id: 'campaign' },
    },
  });
  assertRefused(any, 'sms_configuration.campaign_id', smsConfiguration);
  const local = await server.call('POST', RENT, { body: { smsConfiguration } });
  assert.equal(local.status, 200);
});
