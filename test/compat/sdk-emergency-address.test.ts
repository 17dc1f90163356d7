import assert from 'node:assert/strict';

import { RequestFailedError } from '@sinch/sdk-core';

import { toAddressRequest, toShownAddress } from '../support/emergency-addresses.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { NUMBER, rent } from '../support/rentals.ts';
import { sdkClient } from '../support/sdk-client.ts';

testOnEachEngine('the SDK has an emergency address for a number', async (start) => {
  await using server = await start();
  await rent(server, {});
  const { numbers } = sdkClient(server);
  const phoneNumber = NUMBER;
  const request = {
    phoneNumber,
    emergencyAddressRequestBody: toAddressRequest({ location: 'Floor 2' }),
  };
  const shown = toShownAddress({ location: 'Floor 2' });

  const validation = await numbers.validateEmergencyAddress(request);
  assert.equal(validation.validationResult, 'EXACT_MATCH');
  assert.equal(validation.validationMessage, 'Address is a perfect match');
  assert.deepEqual(validation.validatedAddress, shown);
  // As in the fixtures of the SDK, and not as in the reference of the original, which shows {}.
  const nothing = Object.fromEntries(Object.keys(shown).map((field) => [field, '']));
  assert.deepEqual(validation.correctedAddress, nothing);
  assert.deepEqual(validation.candidateAddresses, []);

  assert.deepEqual(await numbers.provisionEmergencyAddress(request), shown);
  assert.deepEqual(await numbers.getEmergencyAddress({ phoneNumber }), shown);
  assert.deepEqual(await numbers.deprovisionEmergencyAddress({ phoneNumber }), {});
  await assert.rejects(numbers.getEmergencyAddress({ phoneNumber }), isStatus(404));
});

testOnEachEngine('the SDK is told of an address that is not known', async (start) => {
  await using server = await start();
  await rent(server, {});
  const { numbers } = sdkClient(server);
  const request = (streetInfo: string) => ({
    phoneNumber: NUMBER,
    emergencyAddressRequestBody: toAddressRequest({ streetInfo }),
  });
  const near = await numbers.validateEmergencyAddress(request('Near Match St'));
  assert.equal(near.validationResult, 'NEAR_MATCH');
  const { streetInfo = '' } = near.correctedAddress ?? {};
  await assert.rejects(numbers.provisionEmergencyAddress(request('Near Match St')), isStatus(400));
  await numbers.provisionEmergencyAddress(request(streetInfo));

  const none = await numbers.validateEmergencyAddress(request('Several Matches St'));
  assert.equal(none.validationResult, 'NO_MATCH');
  assert.equal(none.candidateAddresses?.length, 2);
});

testOnEachEngine('the SDK is told of a number without the feature', async (start) => {
  await using server = await start();
  const phoneNumber = '+13055550100';
  await rent(server, {}, phoneNumber);
  const { numbers } = sdkClient(server);
  await assert.rejects(numbers.getEmergencyAddress({ phoneNumber }), (error) => {
    assert.ok(error instanceof RequestFailedError);
    assert.match(String(error.data), /"Missing E911 feature"/);
    return isStatus(404)(error);
  });
});

function isStatus(status: number) {
  return (error: unknown) => error instanceof RequestFailedError && error.statusCode === status;
}
