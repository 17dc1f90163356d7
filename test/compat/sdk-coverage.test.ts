import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  ActiveNumberApi,
  AvailableNumberApi,
  AvailableRegionsApi,
  CallbacksApi,
  NumbersService,
} from '@sinch/sdk-core';

import { testOnEachEngine } from '../support/engines.ts';
import { sdkClient } from '../support/sdk-client.ts';

/** Emergency addresses are a feature of their own, which this server does not have. */
const NOT_OFFERED = /EmergencyAddress$/;
/** Of the client itself: they call nothing. */
const SETTINGS = ['constructor', 'setApiClientConfig', 'setHostname', 'setCredentials'];

test('the SDK has no method that these tests do not know', () => {
  const methodsOf = (api: { prototype: object }) =>
    Object.getOwnPropertyNames(api.prototype)
      .filter((name) => !SETTINGS.includes(name) && !NOT_OFFERED.test(name))
      .toSorted();
  const available = ['checkAvailability', 'rent', 'rentAny'];
  const active = ['get', 'list', 'release', 'update'];
  assert.deepEqual(
    methodsOf(NumbersService),
    [...available, ...active, 'searchForAvailableNumbers'].toSorted(),
  );
  assert.deepEqual(methodsOf(AvailableNumberApi), [...available, 'list'].toSorted());
  assert.deepEqual(methodsOf(ActiveNumberApi), active);
  assert.deepEqual(methodsOf(AvailableRegionsApi), ['list']);
  assert.deepEqual(methodsOf(CallbacksApi), ['get', 'update']);
});

testOnEachEngine('the older names of the SDK do the same as the newer ones', async (start) => {
  await using server = await start();
  const { numbers } = sdkClient(server);
  // oxlint-disable-next-line typescript/no-deprecated -- applications that use them must work too
  const { availableNumber, activeNumber } = numbers;
  const phoneNumber = '+12025550134';
  const search = {
    regionCode: 'US',
    type: 'LOCAL',
    'numberPattern.pattern': phoneNumber,
    'numberPattern.searchPattern': 'START',
  };
  assert.deepEqual(
    await availableNumber.list(search),
    await numbers.searchForAvailableNumbers(search),
  );
  assert.deepEqual(
    await availableNumber.checkAvailability({ phoneNumber }),
    await numbers.checkAvailability({ phoneNumber }),
  );

  const rented = await availableNumber.rent({ phoneNumber, rentNumberRequestBody: {} });
  assert.deepEqual(rented, await numbers.get({ phoneNumber }));
  assert.deepEqual(rented, await activeNumber.get({ phoneNumber }));
  const any = await availableNumber.rentAny({
    rentAnyNumberRequestBody: { regionCode: 'US', type: 'MOBILE' },
  });
  assert.deepEqual((await activeNumber.list({})).data, [rented, any]);
  const named = await activeNumber.update({
    phoneNumber,
    updateActiveNumberRequestBody: { displayName: 'Support line' },
  });
  assert.deepEqual(named, { ...rented, displayName: 'Support line' });
  const released = await activeNumber.release({ phoneNumber });
  assert.deepEqual(released, { ...named, expireAt: rented.nextChargeDate });
});
