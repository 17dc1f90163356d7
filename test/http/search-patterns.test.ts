import assert from 'node:assert/strict';

import { assertRefused } from '../support/assert-refused.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { rent } from '../support/rentals.ts';
import { addStock } from '../support/stock.ts';
import type { TestServer } from '../support/test-server.ts';

const LONDON = ['+442079460018', '+442079460555', '+442079461234'];
const LEEDS = ['+441134960000', '+441134968294', '+441134960555'];
const NEW_YORK = ['+12125550100', '+12125558294', '+12125550199'];
const CHICAGO = ['+13125550100', '+13125551234'];

async function addStocks(server: TestServer): Promise<void> {
  await addStock(server, { name: 'gb', regionCode: 'GB' }, [...LONDON, ...LEEDS]);
  await addStock(server, { name: 'us' }, [...NEW_YORK, ...CHICAGO]);
}

/** What a search finds, sorted. */
async function search(
  server: TestServer,
  regionCode: string,
  parameters: [string, string][],
): Promise<string[]> {
  const query = new URLSearchParams([
    ['regionCode', regionCode],
    ['type', 'LOCAL'],
    ['size', '1000'],
    ...parameters,
  ]);
  const answer = await server.call('GET', `/availableNumbers?${query.toString()}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json.availableNumbers.map((n: { phoneNumber: string }) => n.phoneNumber).sort();
}

const CASES: {
  region: 'GB' | 'US';
  patterns?: string[];
  position?: 'START' | 'CONTAINS' | 'END';
  excluded?: string[];
  found: string[];
}[] = [
  { region: 'US', patterns: ['212'], position: 'START', found: NEW_YORK },
  { region: 'US', patterns: ['+1212'], position: 'START', found: NEW_YORK },
  { region: 'US', patterns: ['1 (212)'], position: 'START', found: NEW_YORK },
  {
    region: 'US',
    patterns: ['(212) 555-01'],
    position: 'START',
    found: ['+12125550100', '+12125550199'],
  },
  { region: 'US', patterns: ['*12'], position: 'START', found: [...NEW_YORK, ...CHICAGO] },
  { region: 'US', patterns: ['+1 *12.555/82'], found: ['+12125558294'] },
  { region: 'US', patterns: ['TAXI'], position: 'END', found: ['+12125558294'] },
  { region: 'US', patterns: ['taxi'], found: ['+12125558294'] },
  { region: 'US', patterns: ['8**4'], found: ['+12125558294'] },
  { region: 'US', patterns: ['1*9'], position: 'END', found: ['+12125550199'] },
  { region: 'US', patterns: ['***'], found: [...NEW_YORK, ...CHICAGO] },
  { region: 'GB', patterns: ['0207 946'], position: 'START', found: LONDON },
  { region: 'GB', patterns: ['207 946'], position: 'START', found: LONDON },
  { region: 'GB', patterns: ['+44 207 946'], position: 'START', found: LONDON },
  { region: 'GB', patterns: ['0113'], position: 'START', found: LEEDS },
  { region: 'GB', patterns: ['0'], position: 'START', found: [...LONDON, ...LEEDS] },
  // Contained digits are those of the complete number: it has no 0 behind its calling code.
  { region: 'GB', patterns: ['0207946'], found: [] },
  { region: 'GB', patterns: ['442079'], found: LONDON },
  { region: 'US', patterns: ['0100', '1234'], found: ['+12125550100', ...CHICAGO] },
  { region: 'US', patterns: ['0100,1234'], position: 'END', found: ['+12125550100', ...CHICAGO] },
  { region: 'US', patterns: ['+1212', '+1312'], found: [...NEW_YORK, ...CHICAGO] },
  { region: 'US', patterns: ['212', '+1312'], position: 'START', found: [...NEW_YORK, ...CHICAGO] },
  { region: 'US', excluded: ['+1212'], found: CHICAGO },
  { region: 'US', excluded: ['+1*12'], found: [] },
  { region: 'US', excluded: ['01'], found: ['+12125558294', '+13125551234'] },
  { region: 'US', excluded: ['0100', 'TAXI'], found: ['+12125550199', '+13125551234'] },
  {
    region: 'US',
    patterns: ['212'],
    position: 'START',
    excluded: ['5*01'],
    found: ['+12125558294'],
  },
  // The calling code is not meant, nor what it makes with the digit behind it.
  { region: 'US', excluded: ['13'], found: [...NEW_YORK, ...CHICAGO] },
  { region: 'GB', excluded: ['44'], found: [...LONDON, ...LEEDS] },
  { region: 'GB', excluded: ['4'], found: [] },
  { region: 'GB', excluded: ['41'], found: [...LONDON, ...LEEDS] },
  { region: 'GB', excluded: ['34'], found: ['+442079460018', '+442079460555'] },
  { region: 'GB', excluded: ['+4411'], found: LONDON },
];

testOnEachEngine('a pattern may be written as people write numbers', async (start) => {
  await using server = await start({}, []);
  await addStocks(server);
  for (const { region, patterns = [], position, excluded = [], found } of CASES) {
    const parameters: [string, string][] = [
      ...patterns.map((text): [string, string] => ['numberPattern.pattern', text]),
      ...excluded.map((text): [string, string] => ['excludePattern', text]),
    ];
    if (position !== undefined) parameters.push(['numberPattern.searchPattern', position]);
    const told = JSON.stringify({ region, patterns, position, excluded });
    assert.deepEqual(await search(server, region, parameters), found.toSorted(), told);
  }
});

testOnEachEngine('a space in front of a digit is a plus sign that a decoder ate', async (start) => {
  await using server = await start({}, []);
  await addStocks(server);
  for (const [text, found] of [
    ['%201212', NEW_YORK],
    ['+1212', NEW_YORK],
    ['%20(212)', NEW_YORK],
    ['%201', [...NEW_YORK, ...CHICAGO]],
    ['1+212+555+8294', ['+12125558294']],
    ['+1+212', NEW_YORK],
    ['+1212,+1312', [...NEW_YORK, ...CHICAGO]],
  ] as const) {
    const path = `/availableNumbers?regionCode=US&type=LOCAL&numberPattern.pattern=${text}`;
    const answer = await server.call('GET', path);
    const numbers = answer.json.availableNumbers.map((n: { phoneNumber: string }) => n.phoneNumber);
    assert.deepEqual(numbers.sort(), found.toSorted(), text);
  }
});

testOnEachEngine('a rent of any number takes the same patterns, one or a list', async (start) => {
  await using server = await start({}, []);
  await addStocks(server);
  for (const [body, rented] of [
    [{ numberPattern: { pattern: '212 555 TAXI', searchPattern: 'START' } }, '+12125558294'],
    [{ number_pattern: { pattern: ['9999', '+1 312 *** 1234'] } }, '+13125551234'],
    [{ excludePattern: ['+1212'] }, '+13125550100'],
    [{ exclude_pattern: '0100' }, '+12125550199'],
    [{ numberPattern: { pattern: [] }, excludePattern: [] }, '+12125550100'],
  ] as const) {
    const answer = await server.call('POST', '/availableNumbers:rentAny', {
      body: { regionCode: 'US', type: 'LOCAL', ...body },
    });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.json.phoneNumber, rented);
  }
});

testOnEachEngine(
  'patterns that are too many, too long or none are refused by their names',
  async (start) => {
    await using server = await start({}, []);
    const path = '/availableNumbers?regionCode=US&type=LOCAL';
    const eleven = Array.from({ length: 11 }, (_, i) => String(i));
    for (const name of ['numberPattern.pattern', 'excludePattern']) {
      for (const texts of [['12#'], ['1', '++1'], ['12345678901234567'], eleven, ['1,,2']]) {
        const query = texts.map((text) => `&${name}=${encodeURIComponent(text)}`).join('');
        assertRefused(await server.call('GET', path + query), name, texts);
      }
      const ten = eleven.slice(1).map((text) => `&${name}=${text}`);
      assert.equal((await server.call('GET', path + ten.join(''))).status, 200);
    }
    for (const [body, field] of [
      [{ numberPattern: { pattern: ['1', 'é'] } }, 'numberPattern.pattern'],
      [{ number_pattern: { pattern: '1#' } }, 'number_pattern.pattern'],
      [{ numberPattern: { pattern: 5 } }, 'numberPattern.pattern'],
      [{ numberPattern: { pattern: [5] } }, 'numberPattern.pattern'],
      [{ numberPattern: { pattern: '' } }, 'numberPattern.pattern'],
      [{ excludePattern: { a: 1 } }, 'excludePattern'],
      [{ exclude_pattern: eleven }, 'exclude_pattern'],
      [{ excludePattern: 'x'.repeat(65) }, 'excludePattern'],
    ] as const) {
      const answer = await server.call('POST', '/availableNumbers:rentAny', {
        body: { regionCode: 'US', type: 'LOCAL', ...body },
      });
      assertRefused(answer, field, body);
    }
  },
);

testOnEachEngine(
  'the list of active numbers takes stars, letters and separators too',
  async (start) => {
    await using server = await start({}, []);
    await addStocks(server);
    for (const number of [...NEW_YORK, ...CHICAGO]) await rent(server, {}, number);
    for (const [query, found] of [
      ['pattern=%2B1*12', [...NEW_YORK, ...CHICAGO]],
      ['pattern=%2B1*12555****', [...NEW_YORK, ...CHICAGO]],
      ['pattern=%2B1*12555*****', []],
      ['pattern=TAXI&numberPattern.searchPattern=END', ['+12125558294']],
      ['pattern=55 50-1*0', ['+12125550100', '+13125550100']],
      ['pattern=*1212', []],
      ['pattern=*12125550100&numberPattern.searchPattern=END', []],
      ['pattern=*12125550100&numberPattern.searchPattern=START', []],
      ['pattern=*********', [...NEW_YORK, ...CHICAGO]],
      ['pattern=****************', []],
    ] as const) {
      const answer = await server.call('GET', `/activeNumbers?numberPattern.${query}`);
      assert.equal(answer.status, 200, `${query} ${answer.text}`);
      const numbers = answer.json.activeNumbers.map((n: { phoneNumber: string }) => n.phoneNumber);
      assert.deepEqual(numbers, found.toSorted(), query);
    }
  },
);
