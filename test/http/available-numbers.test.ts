import assert from 'node:assert/strict';

import { assertRefused } from '../support/assert-refused.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { OTHER_PROJECT, type TestServer } from '../support/test-server.ts';

const US_LOCAL = '/availableNumbers?regionCode=US&type=LOCAL';
const ALL_US_LOCAL = Array.from(
  { length: 100 },
  (_, i) => `+1202555${String(100 + i).padStart(4, '0')}`,
);

/** The numbers that a search finds, in ascending order. */
async function search(server: TestServer, query: string): Promise<string[]> {
  const answer = await server.call('GET', query);
  assert.equal(answer.status, 200, answer.text);
  return answer.json.availableNumbers.map((n: { phoneNumber: string }) => n.phoneNumber).sort();
}

testOnEachEngine('a search and a check answer exactly these bytes', async (start) => {
  await using server = await start();
  const sweden =
    '{"phoneNumber":"+46701740605","regionCode":"SE","type":"MOBILE","capability":["SMS"],' +
    '"setupPrice":{"currencyCode":"SEK","amount":"0.50"},"monthlyPrice":{"currencyCode":"SEK","amount":"0.75"},' +
    '"paymentIntervalMonths":1,"supportingDocumentationRequired":true}';
  const found = await server.call(
    'GET',
    '/availableNumbers?regionCode=SE&type=MOBILE&numberPattern.pattern=0605&numberPattern.searchPattern=END',
  );
  assert.equal(found.text, `{"availableNumbers":[${sweden}]}`);
  assert.equal(found.headers.get('content-type')?.split(';')[0], 'application/json');
  assert.equal((await server.call('GET', '/availableNumbers/+46701740605')).text, sweden);
  const nothing = await server.call('GET', `${US_LOCAL}&numberPattern.pattern=99999`);
  assert.equal(nothing.status, 200);
  assert.equal(nothing.text, '{"availableNumbers":[]}');
});

testOnEachEngine(
  'a free setup price and a pool of voice only are told as they are',
  async (start) => {
    await using server = await start();
    const mobile = await server.call('GET', '/availableNumbers/+13055550100');
    assert.deepEqual(mobile.json.setupPrice, { currencyCode: 'USD', amount: '0.00' });
    const tollFree = await server.call('GET', '/availableNumbers/+448081570000');
    assert.deepEqual(tollFree.json.capability, ['VOICE']);
  },
);

for (const [query, found, what] of [
  ['pattern=%2B1202555010', ALL_US_LOCAL.slice(0, 10), 'START is meant by a plus sign'],
  ['pattern=%2B1202555010&numberPattern.searchPattern=START', ALL_US_LOCAL.slice(0, 10), 'START'],
  [
    'pattern=202555010&numberPattern.searchPattern=START',
    ALL_US_LOCAL.slice(0, 10),
    'START in national form',
  ],
  ['pattern=302555010&numberPattern.searchPattern=START', [], 'START in national form of none'],
  ['pattern=%2B&numberPattern.searchPattern=START&size=1000', ALL_US_LOCAL, 'a plus sign alone'],
  ['pattern=%2B12025550134&numberPattern.searchPattern=START', ['+12025550134'], 'all of START'],
  ['pattern=%2B120255501340&numberPattern.searchPattern=START', [], 'more than a number'],
  ['pattern=5501340&numberPattern.searchPattern=CONTAINS', [], 'CONTAINS beyond the end'],
  ['pattern=550134&numberPattern.searchPattern=CONTAINS', ['+12025550134'], 'CONTAINS'],
  ['pattern=550134', ['+12025550134'], 'CONTAINS is meant by digits alone'],
  ['pattern=12025550134', ['+12025550134'], 'CONTAINS with the calling code'],
  [
    'pattern=%2B1202555013&numberPattern.searchPattern=CONTAINS',
    ALL_US_LOCAL.slice(30, 40),
    'CONTAINS with a plus sign',
  ],
  ['pattern=34&numberPattern.searchPattern=END', ['+12025550134'], 'END'],
  [
    'pattern=4&numberPattern.searchPattern=END',
    ALL_US_LOCAL.filter((n) => n.endsWith('4')),
    'END of one digit',
  ],
  ['pattern=12025550134&numberPattern.searchPattern=END', ['+12025550134'], 'END of all digits'],
  [
    'pattern=%2B12025550134&numberPattern.searchPattern=END',
    ['+12025550134'],
    'END of a whole number',
  ],
  ['pattern=%2B0134&numberPattern.searchPattern=END', [], 'END with a plus sign in the middle'],
  ['searchPattern=END&size=1000', ALL_US_LOCAL, 'a position without a pattern'],
  ['pattern=&size=1000', ALL_US_LOCAL, 'an empty pattern'],
] as const) {
  testOnEachEngine(`a search finds what it should: ${what}`, async (start) => {
    await using server = await start();
    assert.deepEqual(await search(server, `${US_LOCAL}&numberPattern.${query}`), found);
  });
}

testOnEachEngine('a number is found when it can do all that is asked, and more', async (start) => {
  await using server = await start();
  assert.equal((await search(server, `${US_LOCAL}&capabilities=VOICE`)).length, 20);
  assert.equal(
    (await search(server, `${US_LOCAL}&capabilities=VOICE&capabilities=SMS`)).length,
    20,
  );
  const tollFree = '/availableNumbers?regionCode=GB&type=TOLL_FREE';
  assert.equal((await search(server, `${tollFree}&capabilities=VOICE`)).length, 20);
  assert.deepEqual(await search(server, `${tollFree}&capabilities=SMS`), []);
  assert.deepEqual(await search(server, `${tollFree}&capabilities=SMS&capabilities=VOICE`), []);
});

testOnEachEngine(
  'a search brings 20 numbers, or as many as size says, from 1 to 1000',
  async (start) => {
    await using server = await start({}, [{ name: 'many', first: '+12025550000', size: 1500 }]);
    assert.equal((await search(server, US_LOCAL)).length, 20);
    assert.equal((await search(server, `${US_LOCAL}&size=1`)).length, 1);
    assert.equal(new Set(await search(server, `${US_LOCAL}&size=1000`)).size, 1000);
    for (const size of ['0', '1001', '-1', '1.5', 'ten', '1e2', '99999999999999999999']) {
      assertRefused(await server.call('GET', `${US_LOCAL}&size=${size}`), 'size', size);
    }
  },
);

testOnEachEngine('a search names its region and type, and both must be right', async (start) => {
  await using server = await start();
  for (const [query, field] of [
    ['type=LOCAL', 'regionCode'],
    ['regionCode=US', 'type'],
    ['regionCode=&type=LOCAL', 'regionCode'],
    ['regionCode=usa&type=LOCAL', 'regionCode'],
    ['regionCode=US&type=local', 'type'],
    ['regionCode=US&type=LOCAL&capabilities=FAX', 'capabilities'],
    ['regionCode=US&type=LOCAL&capabilities=SMS&capabilities=FAX', 'capabilities'],
    [
      'regionCode=US&type=LOCAL&numberPattern.pattern=5&numberPattern.searchPattern=CONTAIN',
      'numberPattern.searchPattern',
    ],
  ] as const) {
    assertRefused(await server.call('GET', `/availableNumbers?${query}`), field, query);
  }
  assert.deepEqual(await search(server, '/availableNumbers?regionCode=FR&type=LOCAL'), []);
});

testOnEachEngine(
  'a pattern is digits, perhaps behind a plus sign, and not too many',
  async (start) => {
    await using server = await start();
    for (const pattern of ['12%23', '%2B%2B1', '1%2B2', '1_2', '%25', '-', '12?', '%D9%A1']) {
      const query = `${US_LOCAL}&numberPattern.pattern=${pattern}`;
      assertRefused(await server.call('GET', query), 'numberPattern.pattern', pattern);
    }
    const sixteen = `${US_LOCAL}&numberPattern.pattern=1234567890123456`;
    assert.deepEqual(await search(server, sixteen), [], 'sixteen digits cannot be a number');
    for (const long of ['%2B1234567890123456', `1${'-'.repeat(63)}2`]) {
      const query = `${US_LOCAL}&numberPattern.pattern=${long}`;
      assertRefused(await server.call('GET', query), 'numberPattern.pattern', long);
    }
  },
);

testOnEachEngine('repeated searches bring numbers from all over the stock', async (start) => {
  await using server = await start();
  for (const pattern of ['', '%2B1202', '1202555', '555']) {
    const seen = new Set<string>();
    for (let i = 0; i < 60; i++) {
      const query = `${US_LOCAL}&size=5&numberPattern.pattern=${pattern}`;
      for (const number of await search(server, query)) seen.add(number);
    }
    // Of a hundred; the same five each time would be five.
    assert.ok(seen.size > 60, `${seen.size} numbers for "${pattern}"`);
  }
});

testOnEachEngine('the pool of some projects does not exist for the others', async (start) => {
  await using server = await start();
  const number = '+14165550100';
  const calls: [string, string, object?][] = [
    ['GET', '/availableNumbers?regionCode=CA&type=LOCAL'],
    ['GET', '/availableRegions'],
    ['GET', `/availableNumbers/${number}`],
    ['POST', `/availableNumbers/${number}:rent`, {}],
    ['POST', '/availableNumbers:rentAny', { regionCode: 'CA', type: 'LOCAL' }],
  ];
  const stranger = [];
  for (const [method, path, body] of calls) {
    stranger.push(await server.call(method, path, { project: OTHER_PROJECT, body }));
  }
  assert.deepEqual(
    stranger.map((answer) => answer.status),
    [200, 200, 404, 404, 404],
  );
  assert.equal(stranger[0]!.text, '{"availableNumbers":[]}');
  assert.ok(!stranger[1]!.text.includes('"CA"'));
  // A number that nobody has looks the same.
  const unknown = await server.call('POST', '/availableNumbers/+14165559999:rent', { body: {} });
  assert.equal(stranger[3]!.text, unknown.text.replace('+14165559999', number));

  for (const [method, path, body] of calls) {
    const answer = await server.call(method, path, { body });
    assert.ok(answer.text.includes('"CA"'), `${method} ${path} ${answer.text}`);
    assert.equal(answer.status, 200);
  }
});

testOnEachEngine('a number that is rented is neither found nor available', async (start) => {
  await using server = await start();
  const query = `${US_LOCAL}&numberPattern.pattern=%2B1202555013`;
  assert.equal((await search(server, query)).length, 10);
  await server.call('POST', '/availableNumbers/+12025550134:rent');
  assert.deepEqual(
    await search(server, query),
    ALL_US_LOCAL.slice(30, 40).filter((number) => number !== '+12025550134'),
  );
  for (const project of [undefined, OTHER_PROJECT]) {
    const check = await server.call(
      'GET',
      '/availableNumbers/+12025550134',
      project && { project },
    );
    assert.equal(check.status, 404);
  }
});

testOnEachEngine('a number in a path is E.164 with its plus sign', async (start) => {
  await using server = await start();
  for (const number of [
    '12025550134',
    '%201202',
    '+0123456789',
    '+1202555013x',
    'null',
    '+1234567890123456',
  ]) {
    for (const path of [`/availableNumbers/${number}`, `/activeNumbers/${number}`]) {
      assertRefused(await server.call('GET', path), 'phoneNumber', path);
    }
    const path = `/availableNumbers/${number}:rent`;
    assertRefused(await server.call('POST', path), 'phoneNumber', path);
  }
});
