import assert from 'node:assert/strict';

import { testOnEachEngine } from '../support/engines.ts';
import { sdkClient } from '../support/sdk-client.ts';
import { PROJECT, TEST_START } from '../support/test-server.ts';

/** The SDK turns every timestamp into a Date, which has milliseconds. */
const RENTED_AT = new Date(TEST_START);
const NEXT_CHARGE = new Date('2026-02-28T10:20:30.123Z');

const AVAILABLE = {
  phoneNumber: '+12025550134',
  regionCode: 'US',
  type: 'LOCAL',
  capability: ['SMS', 'VOICE'],
  setupPrice: { currencyCode: 'USD', amount: '0.50' },
  monthlyPrice: { currencyCode: 'USD', amount: '0.75' },
  paymentIntervalMonths: 1,
  supportingDocumentationRequired: false,
};

const NO_SMS = { servicePlanId: '', scheduledProvisioning: null, campaignId: '' };
const NO_VOICE = {
  appId: '',
  scheduledVoiceProvisioning: null,
  lastUpdatedTime: null,
  type: 'RTC',
  trunkId: '',
  serviceId: '',
};
const RENTED = {
  phoneNumber: '+12025550134',
  projectId: PROJECT.id,
  displayName: '',
  regionCode: 'US',
  type: 'LOCAL',
  capability: ['SMS', 'VOICE'],
  money: { currencyCode: 'USD', amount: '0.75' },
  paymentIntervalMonths: 1,
  nextChargeDate: NEXT_CHARGE,
  expireAt: null,
  smsConfiguration: NO_SMS,
  voiceConfiguration: NO_VOICE,
  callbackUrl: '',
};

testOnEachEngine('the SDK searches, and every filter of a search arrives', async (start) => {
  await using server = await start();
  const { numbers } = sdkClient(server);
  const filters = {
    regionCode: 'US',
    type: 'LOCAL',
    // The SDK sends this plus sign as it is, unescaped.
    'numberPattern.pattern': '+1202555013',
    'numberPattern.searchPattern': 'START',
    capabilities: ['SMS', 'VOICE'],
  };
  const { availableNumbers = [] } = await numbers.searchForAvailableNumbers(filters);
  assert.deepEqual(
    availableNumbers.map((number) => String(number.phoneNumber)).toSorted(),
    Array.from({ length: 10 }, (_, i) => `+1202555013${i}`),
  );
  const found = availableNumbers.find((number) => number.phoneNumber === '+12025550134');
  assert.deepEqual(found, AVAILABLE);

  const three = await numbers.searchForAvailableNumbers({ ...filters, size: 3 });
  assert.equal(three.availableNumbers?.length, 3);
  const end = { 'numberPattern.pattern': '134', 'numberPattern.searchPattern': 'END' };
  assert.deepEqual(await numbers.searchForAvailableNumbers({ ...filters, ...end }), {
    availableNumbers: [AVAILABLE],
  });
  const nothing = { ...filters, 'numberPattern.pattern': '+1999' };
  assert.deepEqual(await numbers.searchForAvailableNumbers(nothing), { availableNumbers: [] });
});

testOnEachEngine('the SDK checks whether a number is available', async (start) => {
  await using server = await start();
  const { numbers } = sdkClient(server);
  const phoneNumber = '+12025550134';
  assert.deepEqual(await numbers.checkAvailability({ phoneNumber }), AVAILABLE);
});

testOnEachEngine('the SDK rents a number and sees it become provisioned', async (start) => {
  await using server = await start();
  const { numbers } = sdkClient(server);
  const phoneNumber = '+12025550134';
  const rented = await numbers.rent({
    phoneNumber,
    rentNumberRequestBody: {
      smsConfiguration: { servicePlanId: 'plan', campaignId: 'campaign' },
      voiceConfiguration: { appId: 'app' },
      callbackUrl: 'http://127.0.0.1:1/hook',
    },
  });
  assert.deepEqual(rented, {
    ...RENTED,
    smsConfiguration: {
      ...NO_SMS,
      scheduledProvisioning: {
        servicePlanId: 'plan',
        status: 'WAITING',
        lastUpdatedTime: RENTED_AT,
        campaignId: 'campaign',
        errorCodes: [],
      },
    },
    voiceConfiguration: {
      ...NO_VOICE,
      scheduledVoiceProvisioning: {
        appId: 'app',
        status: 'WAITING',
        lastUpdatedTime: RENTED_AT,
        type: 'RTC',
        trunkId: '',
        serviceId: '',
      },
    },
    callbackUrl: 'http://127.0.0.1:1/hook',
  });

  await server.drain();
  assert.deepEqual(await numbers.get({ phoneNumber }), {
    ...rented,
    smsConfiguration: { ...NO_SMS, servicePlanId: 'plan', campaignId: 'campaign' },
    voiceConfiguration: { ...NO_VOICE, appId: 'app' },
  });
});

testOnEachEngine('the SDK rents any number that matches', async (start) => {
  await using server = await start();
  const { numbers } = sdkClient(server);
  const number = await numbers.rentAny({
    rentAnyNumberRequestBody: {
      regionCode: 'US',
      type: 'LOCAL',
      numberPattern: { pattern: '55501', searchPattern: 'CONTAINS' },
      capabilities: ['SMS', 'VOICE'],
      smsConfiguration: { servicePlanId: 'plan' },
      voiceConfiguration: { type: 'EST', trunkId: 'trunk' },
      callbackUrl: 'http://127.0.0.1:1/hook',
    },
  });
  const { phoneNumber = '', smsConfiguration, voiceConfiguration, ...rest } = number;
  assert.match(phoneNumber, /^\+120255501\d\d$/);
  assert.deepEqual(
    { phoneNumber, ...rest, smsConfiguration: NO_SMS, voiceConfiguration: NO_VOICE },
    {
      ...RENTED,
      phoneNumber,
      callbackUrl: 'http://127.0.0.1:1/hook',
    },
  );
  assert.equal(smsConfiguration?.scheduledProvisioning?.servicePlanId, 'plan');
  assert.equal(voiceConfiguration?.scheduledVoiceProvisioning?.type, 'EST');
  assert.equal(voiceConfiguration?.scheduledVoiceProvisioning?.trunkId, 'trunk');
});

testOnEachEngine(
  'the SDK updates a number, and old links stay until new ones work',
  async (start) => {
    await using server = await start();
    const { numbers } = sdkClient(server);
    const phoneNumber = '+12025550134';
    await numbers.rent({
      phoneNumber,
      rentNumberRequestBody: { voiceConfiguration: { type: 'RTC', appId: 'app' } },
    });
    await server.drain();
    const updated = await numbers.update({
      phoneNumber,
      updateActiveNumberRequestBody: {
        displayName: 'Support line',
        smsConfiguration: { servicePlanId: 'plan' },
        voiceConfiguration: { type: 'FAX', serviceId: 'fax' },
        callbackUrl: 'http://127.0.0.1:1/hook',
      },
    });
    assert.deepEqual(updated, {
      ...RENTED,
      displayName: 'Support line',
      smsConfiguration: {
        ...NO_SMS,
        scheduledProvisioning: {
          servicePlanId: 'plan',
          status: 'WAITING',
          lastUpdatedTime: RENTED_AT,
          campaignId: '',
          errorCodes: [],
        },
      },
      voiceConfiguration: {
        ...NO_VOICE,
        appId: 'app',
        scheduledVoiceProvisioning: {
          appId: '',
          status: 'WAITING',
          lastUpdatedTime: RENTED_AT,
          type: 'FAX',
          trunkId: '',
          serviceId: 'fax',
        },
      },
      callbackUrl: 'http://127.0.0.1:1/hook',
    });
    await server.drain();
    const { voiceConfiguration } = await numbers.get({ phoneNumber });
    assert.deepEqual(voiceConfiguration, { ...NO_VOICE, type: 'FAX', serviceId: 'fax' });
  },
);

testOnEachEngine(
  'the SDK releases a number, which stays until it is no longer paid',
  async (start) => {
    await using server = await start();
    const { numbers } = sdkClient(server);
    const phoneNumber = '+12025550134';
    await numbers.rent({ phoneNumber, rentNumberRequestBody: {} });
    const released = { ...RENTED, expireAt: NEXT_CHARGE };
    assert.deepEqual(await numbers.release({ phoneNumber }), released);
    assert.deepEqual(await numbers.get({ phoneNumber }), released);
  },
);

testOnEachEngine('the SDK lists regions, all or those of some types', async (start) => {
  await using server = await start();
  const { numbers } = sdkClient(server);
  const canada = { regionCode: 'CA', regionName: 'Canada', types: ['LOCAL'] };
  const britain = { regionCode: 'GB', regionName: 'United Kingdom', types: ['TOLL_FREE'] };
  const sweden = { regionCode: 'SE', regionName: 'Sweden', types: ['MOBILE'] };
  const america = { regionCode: 'US', regionName: 'United States', types: ['MOBILE', 'LOCAL'] };
  assert.deepEqual(await numbers.availableRegions.list({}), {
    availableRegions: [canada, britain, sweden, america],
  });
  assert.deepEqual(await numbers.availableRegions.list({ types: ['TOLL_FREE', 'MOBILE'] }), {
    availableRegions: [britain, sweden, america],
  });
});

testOnEachEngine('the SDK reads and sets the secret of callbacks', async (start) => {
  await using server = await start();
  const { callbacks } = sdkClient(server).numbers;
  assert.deepEqual(await callbacks.get({}), {
    projectId: PROJECT.id,
    hmacSecret: 'callback-secret-of-project-one',
  });
  // From the SDK's own tests: of 36 characters, with some that are not letters.
  const hmacSecret = 'strongPa$$PhraseWith36CharactersMax';
  const updated = await callbacks.update({
    updateCallbackConfigurationRequestBody: { hmacSecret },
  });
  assert.deepEqual(updated, { projectId: PROJECT.id, hmacSecret });
  assert.deepEqual(await callbacks.get({}), updated);
});
