import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';

import type { E164 } from './phone-number.ts';
import { callingCode, createRegionFinder, isRegionCode, regionName } from './region.ts';

function findReason(e164: string, regionCode: string): string | undefined {
  return createRegionFinder()(e164 as E164, regionCode);
}

test('regions are ISO codes in upper case', () => {
  for (const code of ['US', 'GB', 'DE', 'AX', 'XK']) assert.ok(isRegionCode(code), code);
  for (const code of ['UK', 'us', 'XX', 'USA', '', '001', 'constructor']) {
    assert.ok(!isRegionCode(code), code);
  }
});

test('regions have English names', () => {
  assert.equal(regionName('US'), 'United States');
  assert.equal(regionName('GB'), 'United Kingdom');
  assert.equal(regionName('not a region'), 'not a region');
});

test('regions have calling codes', () => {
  assert.equal(callingCode('US'), '1');
  assert.equal(callingCode('CA'), '1');
  assert.equal(callingCode('GB'), '44');
  assert.equal(callingCode('FI'), '358');
  assert.equal(callingCode('UK'), undefined);
});

test('a number belongs to the region of its leading digits', () => {
  assert.equal(findReason('+12025550134', 'US'), undefined);
  assert.equal(findReason('+12045550134', 'CA'), undefined);
  assert.equal(findReason('+12045550134', 'US'), 'belongs to CA, not US');
  assert.equal(findReason('+12025550134', 'CA'), 'belongs to US, not CA');
  assert.equal(findReason('+12685550134', 'US'), 'belongs to AG, not US');
  assert.equal(findReason('+447781234567', 'GB'), 'belongs to GG, not GB');
  assert.equal(findReason('+77011234567', 'RU'), 'belongs to KZ, not RU');
});

test('a range that regions share belongs to each of them', () => {
  for (const regionCode of ['US', 'CA', 'JM']) {
    assert.equal(findReason('+18005550123', regionCode), undefined);
  }
  assert.equal(findReason('+358401234567', 'FI'), undefined);
  assert.equal(findReason('+358401234567', 'AX'), undefined);
});

test('a number that no plan knows belongs to any region of its calling code', () => {
  assert.equal(findReason('+447700900123', 'GB'), undefined);
  assert.equal(findReason('+33639981234', 'FR'), undefined);
});

test('a wrong calling code, length or form is named', () => {
  assert.equal(findReason('+442079460123', 'US'), 'does not begin with +1, the calling code of US');
  assert.equal(findReason('+1202555013', 'US'), 'has a wrong number of digits for US');
  assert.equal(findReason('+120255501345', 'US'), 'has a wrong number of digits for US');
  assert.equal(findReason('+4402079460123', 'GB'), 'has a trunk prefix after +44');
  assert.equal(findReason('+12025550134', 'XX'), 'cannot belong to XX, which is not a region');
});

test('Christmas Island keeps its blocks of a thousand among the numbers of Australia', () => {
  const find = createRegionFinder();
  assert.equal(find('+61891641234' as E164, 'AU'), 'belongs to CX, not AU');
  assert.equal(find('+61891650000' as E164, 'AU'), undefined);
});

test('remembering an answer does not change any', () => {
  const remembering = createRegionFinder();
  const calling = fc.constantFrom(
    '1',
    '1800',
    '7',
    '44',
    '447',
    '39066',
    '6189',
    '212',
    '358',
    '590',
  );
  const regionCode = fc.constantFrom(
    'US',
    'CA',
    'RU',
    'KZ',
    'GB',
    'GG',
    'IT',
    'VA',
    'AU',
    'CX',
    'FI',
  );
  fc.assert(
    fc.property(calling, fc.stringMatching(/^\d{7,10}$/), regionCode, (code, rest, region) => {
      const e164 = `+${code}${rest}`;
      const reason = remembering(e164 as E164, region);
      assert.equal(reason, findReason(e164, region));
    }),
    { numRuns: 3000 },
  );
});

test('a million numbers are answered from a thousand parses', () => {
  const find = createRegionFinder();
  const started = performance.now();
  for (let i = 0; i < 1_000_000; i++) find(`+44207${1_000_000 + i}` as E164, 'GB');
  // About half a second; parsing each would take half a minute.
  assert.ok(performance.now() - started < 10_000);
});
