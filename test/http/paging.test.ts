import assert from 'node:assert/strict';

import { assertRefused } from '../support/assert-refused.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { type Answer, OTHER_PROJECT, type TestServer } from '../support/test-server.ts';

const DAY_MS = 86_400_000;

const usLocal = (place: number) => `+1202555${String(100 + place).padStart(4, '0')}`;
const range = (from: number, below: number) =>
  Array.from({ length: below - from }, (_, i) => usLocal(from + i));

async function rent(server: TestServer, numbers: readonly string[]): Promise<void> {
  for (const number of numbers) {
    const rented = await server.call('POST', `/availableNumbers/${number}:rent`);
    assert.equal(rented.status, 200, rented.text);
  }
}

async function getPage(server: TestServer, query: string, pageToken = ''): Promise<Answer> {
  const answer = await server.call('GET', `/activeNumbers?${query}&pageToken=${pageToken}`);
  assert.equal(answer.status, 200, answer.text);
  return answer;
}

const numbersOf = ({ json }: Answer): string[] =>
  json.activeNumbers.map((number: { phoneNumber: string }) => number.phoneNumber);

/** All pages from a token on. A token is used as it is, without escaping. */
async function walk(server: TestServer, query: string, from = ''): Promise<string[][]> {
  const pages: string[][] = [];
  for (let token = from; ;) {
    const page = await getPage(server, query, token);
    pages.push(numbersOf(page));
    token = page.json.nextPageToken;
    if (token === '') return pages;
  }
}

testOnEachEngine(
  'a page has 20 numbers, or as many as pageSize says, from 1 to 1000',
  async (start) => {
    await using server = await start();
    await rent(server, range(0, 40));
    assert.deepEqual(await walk(server, ''), [range(0, 20), range(20, 40)]);
    assert.deepEqual(await walk(server, 'pageSize=1000'), [range(0, 40)]);
    assert.equal((await walk(server, 'pageSize=1')).length, 40);
    // The last page is full, and nothing comes behind it: some clients stop at an empty page.
    assert.deepEqual(await walk(server, 'pageSize=40'), [range(0, 40)]);
    assert.deepEqual(await walk(server, 'pageSize=39'), [range(0, 39), range(39, 40)]);
    for (const pageSize of ['0', '1001', '-1', '2.5', 'all']) {
      const answer = await server.call('GET', `/activeNumbers?pageSize=${pageSize}`);
      assertRefused(answer, 'pageSize', pageSize);
    }
  },
);

testOnEachEngine('totalSize counts all pages, and only what passes the filter', async (start) => {
  await using server = await start();
  await rent(server, [...range(0, 5), '+13055550100', '+46701740605']);
  for (const [query, total] of [
    ['pageSize=2', 7],
    ['pageSize=2&regionCode=US', 6],
    ['pageSize=2&regionCode=US&type=LOCAL&capability=VOICE', 5],
    ['pageSize=2&numberPattern.pattern=0100', 2],
    ['pageSize=2&regionCode=GB', 0],
  ] as const) {
    const first = await getPage(server, query);
    assert.equal(first.json.totalSize, total, query);
    if (total < 3) continue;
    const second = await getPage(server, query, first.json.nextPageToken);
    assert.equal(second.json.totalSize, total, query);
  }
});

testOnEachEngine(
  'a walk sees each number that stays exactly once, whatever comes and goes',
  async (start) => {
    await using server = await start();
    await rent(server, range(10, 30));
    // Two will be gone by the time the second page is asked for; one of them is where the first page ends.
    for (const number of [usLocal(14), usLocal(20)]) {
      await server.call('POST', `/activeNumbers/${number}:release`);
    }
    const first = await getPage(server, 'pageSize=5');
    assert.deepEqual(numbersOf(first), range(10, 15));

    await server.advance(28 * DAY_MS);
    await rent(server, [usLocal(0), usLocal(40), ...range(50, 53)]);
    const rest = await walk(server, 'pageSize=5', first.json.nextPageToken);
    assert.deepEqual(rest.flat(), [
      ...range(15, 20),
      ...range(21, 30),
      usLocal(40),
      ...range(50, 53),
    ]);
    assert.ok(rest.slice(0, -1).every((page) => page.length === 5));
  },
);

testOnEachEngine(
  'numbers may be ordered by name, and those of one name by number',
  async (start) => {
    await using server = await start();
    const names = ['b', 'a', '', 'b', 'ä', 'B', 'a', '', '"', '2026-01-31'];
    await rent(server, range(0, names.length));
    for (const [i, displayName] of names.entries()) {
      await server.call('PATCH', `/activeNumbers/${usLocal(i)}`, { body: { displayName } });
    }
    // By code point: digits, capital letters, small ones, all others.
    const expected = [2, 7, 8, 9, 5, 1, 6, 0, 3, 4].map(usLocal);
    for (const pageSize of [1, 3, 10]) {
      const pages = await walk(server, `orderBy=displayName&pageSize=${pageSize}`);
      assert.deepEqual(pages.flat(), expected, `pageSize ${pageSize}`);
    }
    assert.deepEqual((await walk(server, 'orderBy=phoneNumber')).flat(), range(0, names.length));
  },
);

testOnEachEngine('an unknown order is refused in the words of the original', async (start) => {
  await using server = await start();
  for (const orderBy of ['XXX', 'phonenumber', 'displayName desc']) {
    const answer = await server.call(
      'GET',
      `/activeNumbers?orderBy=${encodeURIComponent(orderBy)}`,
    );
    assert.equal(
      answer.text,
      '{"error":{"code":400,"message":"","status":"INVALID_ARGUMENT","details":[{"type":"BadRequest",' +
        `"fieldViolations":[{"field":"order_by","description":"Invalid order_by ${orderBy}"}]}]}}`,
    );
  }
});

testOnEachEngine('a token is URL-safe text that is no date', async (start) => {
  await using server = await start();
  await rent(server, range(0, 12));
  for (const query of ['pageSize=1', 'pageSize=1&orderBy=displayName']) {
    let token = '';
    do {
      token = (await getPage(server, query, token)).json.nextPageToken;
      assert.match(token, /^[\w-]*$/);
      assert.ok(token === '' || Number.isNaN(Date.parse(token)), token);
    } while (token !== '');
  }
});

testOnEachEngine('a token belongs to one project, filter and order', async (start) => {
  await using server = await start();
  await rent(server, range(0, 6));
  const query = 'regionCode=US&type=LOCAL&pageSize=2';
  const { nextPageToken } = (await getPage(server, query)).json;
  const ask = (changed: string, project?: typeof OTHER_PROJECT) =>
    server.call(
      'GET',
      `/activeNumbers?${changed}&pageToken=${nextPageToken}`,
      project && { project },
    );
  for (const changed of [
    'pageSize=2',
    'regionCode=US&pageSize=2',
    'regionCode=CA&type=LOCAL&pageSize=2',
    `${query}&capability=SMS`,
    `${query}&numberPattern.pattern=5`,
    `${query}&orderBy=displayName`,
  ]) {
    assertRefused(await ask(changed), 'pageToken', changed);
  }
  assertRefused(await ask(query, OTHER_PROJECT), 'pageToken', 'another project');
  // The size of a page, the default order and what is ignored are no part of it.
  const same = await ask('regionCode=US&type=LOCAL&pageSize=3&orderBy=phoneNumber&unknown=1');
  assert.deepEqual(numbersOf(same), range(2, 5));
});

testOnEachEngine('a token that we did not write is refused', async (start) => {
  await using server = await start();
  await using other = await start();
  for (const each of [server, other]) await rent(each, range(0, 6));
  const { nextPageToken: token } = (await getPage(server, 'pageSize=2')).json;
  const cursor = Buffer.from(JSON.stringify({ e164: '+1', displayName: '' })).toString('base64url');
  const tampered = Array.from(token as string, (character, i) => {
    const replaced = character === 'A' ? 'B' : 'A';
    return `${token.slice(0, i)}${replaced}${token.slice(i + 1)}`;
  });
  for (const wrong of [
    ...tampered,
    token.slice(0, -4),
    `${token}AAAA`,
    `${token}=`,
    `.${token}`,
    cursor,
    'nonsense',
    '%00',
    'CgtwaG9uZU51bWJlchJqCnQ2pAI=',
    (await getPage(other, 'pageSize=2')).json.nextPageToken,
  ]) {
    const answer = await server.call('GET', `/activeNumbers?pageSize=2&pageToken=${wrong}`);
    assertRefused(answer, 'pageToken', wrong);
  }
});
