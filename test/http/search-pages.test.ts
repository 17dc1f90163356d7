import assert from 'node:assert/strict';

import { assertRefused } from '../support/assert-refused.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { addStock } from '../support/stock.ts';
import {
  type Answer,
  OTHER_PROJECT,
  PROJECT,
  type TestPool,
  type TestProject,
  type TestServer,
} from '../support/test-server.ts';

const SEARCH = '/availableNumbers?regionCode=US&type=LOCAL';

const usLocal = (place: number) => `+1202555${String(100 + place).padStart(4, '0')}`;
const range = (from: number, below: number) =>
  Array.from({ length: below - from }, (_, i) => usLocal(from + i));

/** Two prices in one currency and one in another; the dearest has the lowest numbers. */
const PRICED: readonly TestPool[] = [
  { name: 'dear', first: '+12025550100', size: 3, monthlyPriceMinor: 1000 },
  { name: 'cheap', first: '+12025550200', size: 3, monthlyPriceMinor: 200 },
  { name: 'cheap too', first: '+12025550150', size: 3, monthlyPriceMinor: 200 },
  { name: 'euros', first: '+12025550050', size: 3, monthlyPriceMinor: 700, currencyCode: 'EUR' },
];

async function search(
  server: TestServer,
  query: string,
  project: TestProject = PROJECT,
): Promise<Answer> {
  const answer = await server.call('GET', `${SEARCH}&${query}`, { project });
  assert.equal(answer.status, 200, answer.text);
  return answer;
}

const numbersOf = ({ json }: Answer): string[] =>
  json.availableNumbers.map((number: { phoneNumber: string }) => number.phoneNumber);

/** All pages from a token on. A token is used as it is, without escaping. */
async function walk(server: TestServer, query: string, from = ''): Promise<string[][]> {
  const pages: string[][] = [];
  for (let token = from; ;) {
    const page = await search(server, `${query}&pageToken=${token}`);
    pages.push(numbersOf(page));
    token = page.json.nextPageToken;
    if (token === '') return pages;
  }
}

testOnEachEngine('an ordered search has pages, and others have none', async (start) => {
  await using server = await start();
  assert.deepEqual(await walk(server, 'orderBy=phoneNumber&size=40'), [
    range(0, 40),
    range(40, 80),
    range(80, 100),
  ]);
  assert.deepEqual(
    (await walk(server, 'orderBy=phoneNumber')).map(({ length }) => length),
    [20, 20, 20, 20, 20],
  );
  // The last page is full, and nothing comes behind it: some clients stop at an empty page.
  assert.equal((await walk(server, 'orderBy=phoneNumber&size=100')).length, 1);
  assert.equal((await walk(server, 'orderBy=phoneNumber&size=99')).length, 2);
  const none = await search(server, 'orderBy=memorability&numberPattern.pattern=999');
  assert.equal(none.text, '{"availableNumbers":[],"nextPageToken":""}');
  const spread = await search(server, 'numberPattern.pattern=999');
  assert.equal(spread.text, '{"availableNumbers":[]}');
});

testOnEachEngine('numbers ordered by price stand by currency, price and number', async (start) => {
  await using server = await start({}, PRICED);
  const expected = [-50, 50, 100, 0].flatMap((place) => range(place, place + 3));
  for (const size of [1, 4, 12, 20]) {
    const pages = await walk(server, `orderBy=monthlyPrice&size=${size}`);
    assert.deepEqual(pages.flat(), expected, `size ${size}`);
  }
});

testOnEachEngine(
  'the memorable ones come first, with the reason, which no other search shows',
  async (start) => {
    await using server = await start({}, []);
    const memorable = ['+12025551234', '+12025558294', '+12025554777', '+12025557777'];
    await addStock(server, { name: 'some' }, [...memorable, '+12025550190', '+12025550170']);
    const { json } = await search(server, 'orderBy=memorability');
    assert.deepEqual(
      json.availableNumbers.map((number: { phoneNumber: string; memorability: object }) => [
        number.phoneNumber,
        number.memorability,
      ]),
      [
        ['+12025557777', { score: 50, reason: 'FOUR_ALIKE', ending: '7777', word: '' }],
        ['+12025551234', { score: 30, reason: 'FOUR_IN_A_ROW', ending: '1234', word: '' }],
        ['+12025558294', { score: 25, reason: 'WORD_OF_FOUR', ending: '8294', word: 'TAXI' }],
        ['+12025554777', { score: 5, reason: 'THREE_ALIKE', ending: '777', word: '' }],
        ['+12025550170', { score: 0, reason: '', ending: '', word: '' }],
        ['+12025550190', { score: 0, reason: '', ending: '', word: '' }],
      ],
    );
    const { memorability, ...rest } = json.availableNumbers[0];
    assert.ok(memorability);
    for (const query of ['orderBy=phoneNumber', 'size=20']) {
      const other = await search(server, query);
      const same = other.json.availableNumbers.find(
        (number: { phoneNumber: string }) => number.phoneNumber === rest.phoneNumber,
      );
      assert.deepEqual(same, rest);
    }
  },
);

for (const orderBy of ['phoneNumber', 'monthlyPrice', 'memorability']) {
  testOnEachEngine(
    `a walk by ${orderBy} sees each number that stays exactly once, whatever comes and goes`,
    async (start) => {
      await using server = await start();
      const query = `orderBy=${orderBy}&size=7`;
      const before = (await walk(server, query)).flat();
      const first = await search(server, query);
      const second = await search(server, `${query}&pageToken=${first.json.nextPageToken}`);
      const seen = [...numbersOf(first), ...numbersOf(second)];
      assert.deepEqual(seen, before.slice(0, 14));

      // Rented meanwhile: the one where the page ended, one that was shown, and some that were not.
      const gone = [before[13]!, before[2]!, before[14]!, before[50]!, before[99]!];
      for (const number of gone) {
        const rented = await server.call('POST', `/availableNumbers/${number}:rent`);
        assert.equal(rented.status, 200, rented.text);
      }
      // A pool of the same price with numbers before and behind that place.
      const added = ['+12025550001', '+12025559382', '+12025552222', '+12025559977'];
      await addStock(server, { name: 'later', monthlyPriceMinor: 75 }, added);
      const rest = (await walk(server, query, second.json.nextPageToken)).flat();
      assert.deepEqual(
        rest.filter((number) => !added.includes(number)),
        before.slice(14).filter((number) => !gone.includes(number)),
      );
      assert.equal(new Set(rest).size, rest.length);
      assert.ok(rest.includes('+12025559382'));
    },
  );
}

testOnEachEngine('a token is URL-safe text that is no date', async (start) => {
  await using server = await start({}, PRICED);
  for (const order of ['phoneNumber', 'monthlyPrice', 'memorability']) {
    let token = '';
    do {
      const page = await search(server, `orderBy=${order}&size=1&pageToken=${token}`);
      token = page.json.nextPageToken;
      assert.match(token, /^[\w-]*$/);
      assert.ok(token === '' || Number.isNaN(Date.parse(token)), token);
    } while (token !== '');
  }
});

testOnEachEngine('a token belongs to one project, search and order', async (start) => {
  await using server = await start();
  const query = 'orderBy=phoneNumber&size=2&numberPattern.pattern=55&capabilities=SMS';
  const { nextPageToken } = (await search(server, query)).json;
  const ask = (path: string, project = PROJECT) =>
    server.call('GET', `${path}&pageToken=${nextPageToken}`, { project });
  for (const changed of [
    'orderBy=monthlyPrice&size=2&numberPattern.pattern=55&capabilities=SMS',
    'orderBy=phoneNumber&size=2&numberPattern.pattern=5&capabilities=SMS',
    'orderBy=phoneNumber&size=2&numberPattern.pattern=55&capabilities=VOICE',
    'orderBy=phoneNumber&size=2&capabilities=SMS',
    `${query}&numberPattern.searchPattern=END`,
    `${query}&sequential=2`,
  ]) {
    assertRefused(await ask(`${SEARCH}&${changed}`), 'pageToken', changed);
  }
  const mobile = `/availableNumbers?regionCode=US&type=MOBILE&${query}`;
  assertRefused(await ask(mobile), 'pageToken', 'another type');
  assertRefused(await ask(`${SEARCH}&${query}`, OTHER_PROJECT), 'pageToken', 'another project');
  // The size of a page and what is ignored are no part of it.
  const same = await ask(`${SEARCH}&${query.replace('size=2', 'size=3')}&unknown=1`);
  assert.deepEqual(numbersOf(same), range(2, 5));
});

testOnEachEngine('a token that we did not write is refused', async (start) => {
  await using server = await start();
  await using other = await start();
  const query = 'orderBy=phoneNumber&size=2';
  const token: string = (await search(server, query)).json.nextPageToken;
  const position = Buffer.from(JSON.stringify({ rank: [], from: '+1' })).toString('base64url');
  for (const number of [usLocal(0), usLocal(1), usLocal(2)]) {
    await server.call('POST', `/availableNumbers/${number}:rent`);
  }
  const active = await server.call('GET', '/activeNumbers?pageSize=1');
  const tampered = Array.from(token, (character, i) => {
    const replaced = character === 'A' ? 'B' : 'A';
    return `${token.slice(0, i)}${replaced}${token.slice(i + 1)}`;
  });
  for (const wrong of [
    ...tampered,
    token.slice(0, -4),
    `${token}AAAA`,
    `${token}=`,
    position,
    'nonsense',
    '%00',
    active.json.nextPageToken,
    (await search(other, query)).json.nextPageToken,
  ]) {
    const answer = await server.call('GET', `${SEARCH}&${query}&pageToken=${wrong}`);
    assertRefused(answer, 'pageToken', wrong);
  }
  const notOrdered = await server.call('GET', `${SEARCH}&pageToken=${token}`);
  assertRefused(notOrdered, 'pageToken', 'without an order');
  assert.match(notOrdered.json.error.message, /orderBy/);
});

testOnEachEngine(
  'an order that there is not is refused in the words of the list',
  async (start) => {
    await using server = await start();
    for (const orderBy of ['price', 'PHONE_NUMBER', 'phoneNumber desc', 'constructor']) {
      const answer = await server.call(
        'GET',
        `${SEARCH}&orderBy=${encodeURIComponent(orderBy)}&sequential=200`,
      );
      // What the schema refuses comes first.
      assertRefused(answer, 'sequential', orderBy);
      const alone = await server.call('GET', `${SEARCH}&orderBy=${encodeURIComponent(orderBy)}`);
      assert.equal(
        alone.text,
        '{"error":{"code":400,"message":"","status":"INVALID_ARGUMENT","details":[{"type":"BadRequest",' +
          `"fieldViolations":[{"field":"order_by","description":"Invalid order_by ${orderBy}"}]}]}}`,
      );
    }
  },
);

testOnEachEngine("another project's pool is in no order and no page", async (start) => {
  await using server = await start({}, [
    { name: 'all', first: '+12025550100', size: 5 },
    {
      name: 'theirs',
      first: '+12025550111',
      size: 5,
      monthlyPriceMinor: 1,
      visibleTo: new Set([OTHER_PROJECT.id]),
    },
  ]);
  for (const orderBy of ['phoneNumber', 'monthlyPrice', 'memorability']) {
    for (const [project, count] of [
      [PROJECT, 5],
      [OTHER_PROJECT, 10],
    ] as const) {
      const page = await search(server, `orderBy=${orderBy}&size=1000`, project);
      assert.equal(numbersOf(page).length, count, `${orderBy} ${project.id}`);
    }
  }
  const runs = await search(server, 'sequential=5&size=1000');
  assert.deepEqual(numbersOf(runs), range(0, 5));
});
