import assert from 'node:assert/strict';
import { test } from 'node:test';

import { suggestNames, toNameKeys } from './place-name.ts';

const SAME: [string, string][] = [
  ['München', 'munchen'],
  ['München', 'Muenchen'],
  ['Göteborg', 'GOTEBORG'],
  ['Malmö', 'Malmoe'],
  ['Århus', 'Aarhus'],
  ['Łódź', 'Lodz'],
  ['Großräschen', 'Grossraschen'],
  ['Saint-Étienne', 'St. Etienne'],
  ["L'Aquila", 'LAquila'],
  ['L’Aquila', "L'Aquila"],
  ['Ashford (Kent)', 'Ashford'],
  ['The Bronx', 'Bronx'],
  ['Fort Worth', 'Ft. Worth'],
  ['  New   York ', 'new york'],
  ['東京', '東京'],
];

for (const [one, other] of SAME) {
  test(`${one} and ${other} are the same name`, () => {
    const keys = new Set(toNameKeys(one));
    assert.ok(toNameKeys(other).some((key) => keys.has(key)));
  });
}

test('other names stay different', () => {
  const keys = new Set(toNameKeys('Boston'));
  for (const name of ['Bostn', 'Boston City', 'Austin', '']) {
    assert.ok(!toNameKeys(name).some((key) => keys.has(key)), name);
  }
  assert.deepEqual(toNameKeys('—'), []);
});

test('what is suggested is like what was asked, the likest first', () => {
  const known = ['boston', 'austin', 'houston', 'easton', 'bolton', 'boston heights'];
  assert.deepEqual(suggestNames('Bosotn', known, 1), ['boston']);
  assert.deepEqual(suggestNames('boston he', known, 1), ['boston heights']);
  assert.deepEqual(suggestNames('boston', known, 2), ['boston', 'bolton']);
  assert.deepEqual(suggestNames('Reykjavik', known, 3), []);
});
