import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ADDRESS_FIELDS, formatAddress, toAddress } from './emergency-address.ts';

const ADDRESS = toAddress({ streetNumber: '1', streetInfo: 'Main St', city: 'Reno', state: 'NV' });

test('an address has all of its fields, and none of those that are not its own', () => {
  const address = toAddress({ city: 'Reno', state: 7, postalCode: null, country: 'US' });
  assert.deepEqual(Object.keys(address), ADDRESS_FIELDS);
  assert.deepEqual(
    Object.values(address).filter((text) => text !== ''),
    ['Reno'],
  );
});

test('an address is shown in one line, without what it does not have', () => {
  assert.equal(formatAddress(ADDRESS), '1 Main St, Reno, NV');
  const complete = {
    ...ADDRESS,
    location: 'Floor 2',
    postalCode: '89501',
    postalCodePlusFour: '1',
  };
  assert.equal(formatAddress(complete), '1 Main St, Floor 2, Reno, NV 89501-1');
  assert.equal(formatAddress(toAddress({})), '');
});
