import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { parseE164, reverseDigits, toE164 } from './phone-number.ts';

test('a plus sign and 7 to 15 digits without a leading zero are E.164', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^\+[1-9]\d{6,14}$/), (text) => {
      assert.equal(parseE164(text), text);
    }),
  );
});

test('anything else is not E.164', () => {
  const wrong = ['', '+', '12025550134', '+02025550134', '+123456', '+1234567890123456'];
  wrong.push('+1202555013a', '+1 2025550134', ' +12025550134', '+12025550134\n', '+1202555013٤');
  for (const text of wrong) assert.equal(parseE164(text), undefined, JSON.stringify(text));
});

test('the reversed text ends with the plus sign', () => {
  assert.equal(reverseDigits('+1202'), '2021+');
});

test('reversing twice gives the number back', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^\+[1-9]\d{6,14}$/), (text) => {
      assert.equal(reverseDigits(reverseDigits(text)), text);
    }),
  );
});

test('a number is read as people write it', () => {
  const written: [text: string, regionCode: string, e164: string][] = [
    ['+12025550134', 'GB', '+12025550134'],
    ['(202) 555-0134', 'US', '+12025550134'],
    ['1.202.555.0134', 'US', '+12025550134'],
    ['+1 202 555 0134', 'DE', '+12025550134'],
    ['020 7946 0123', 'GB', '+442079460123'],
    ['+44 (0)20 7946 0123', 'GB', '+442079460123'],
    ['0044 20 7946 0123', 'GB', '+442079460123'],
    ['07700 900123', 'GB', '+447700900123'],
    ['030/23125 000', 'DE', '+493023125000'],
    ['06 39 98 00 00', 'FR', '+33639980000'],
    ['070-174 06 05', 'SE', '+46701740605'],
    ['1800 975 707', 'AU', '+611800975707'],
  ];
  for (const [text, regionCode, e164] of written) {
    assert.equal(toE164(text, regionCode), e164, `${text} in ${regionCode}`);
  }
});

test('text that is more or less than a number is refused', () => {
  const refused = ['', '12', '+1', '1-800-FLOWERS', 'call +12025550134', '+1 202 555 0134 ext 5'];
  refused.push('202 555 0134, 202 555 0135', '2'.repeat(1000));
  for (const text of refused) assert.equal(toE164(text, 'US'), undefined, text);
});

test('a national number needs a region that exists', () => {
  assert.equal(toE164('(202) 555-0134', 'UK'), undefined);
});

test('reading never throws', () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^\+?[\d ().-]{0,30}$/),
      fc.constantFrom('US', 'GB', 'XX'),
      (text, region) => {
        const e164 = toE164(text, region);
        assert.ok(e164 === undefined || parseE164(e164) === e164);
      },
    ),
  );
});
