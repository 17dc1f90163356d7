import assert from 'node:assert/strict';

import { testOnEachEngine } from '../support/engines.ts';
import { OTHER_PROJECT, type TestServer } from '../support/test-server.ts';

const NUMBER = '+12025550134';
const ACTIVE = `/activeNumbers/${NUMBER}`;
const DAY_MS = 86_400_000;
/** From the start of every test, the last day of January, to the end of the period that a rent pays for. */
const PERIOD_MS = 28 * DAY_MS;

async function rent(server: TestServer, ...numbers: string[]): Promise<void> {
  for (const number of numbers) {
    const rented = await server.call('POST', `/availableNumbers/${number}:rent`);
    assert.equal(rented.status, 200, rented.text);
  }
}

async function list(server: TestServer, query = ''): Promise<string[]> {
  const answer = await server.call('GET', `/activeNumbers${query}`);
  assert.equal(answer.status, 200, answer.text);
  const numbers = answer.json.activeNumbers.map((n: { phoneNumber: string }) => n.phoneNumber);
  assert.equal(answer.json.nextPageToken, '');
  assert.equal(answer.json.totalSize, numbers.length);
  return numbers;
}

testOnEachEngine('the list of a project without numbers is empty in every way', async (start) => {
  await using server = await start();
  const answer = await server.call('GET', '/activeNumbers');
  assert.equal(answer.text, '{"activeNumbers":[],"nextPageToken":"","totalSize":0}');
});

testOnEachEngine('a list shows each number as it is shown alone', async (start) => {
  await using server = await start();
  await rent(server, '+46701740605', NUMBER);
  const alone = [];
  for (const number of [NUMBER, '+46701740605']) {
    alone.push((await server.call('GET', `/activeNumbers/${number}`)).text);
  }
  const answer = await server.call('GET', '/activeNumbers');
  assert.equal(
    answer.text,
    `{"activeNumbers":[${alone.join(',')}],"nextPageToken":"","totalSize":2}`,
  );
  assert.match(
    alone[1]!,
    /"capability":\["SMS"\],"money":\{"currencyCode":"SEK","amount":"0.75"\}/,
  );
});

testOnEachEngine(
  'a list may be filtered by region, type, capabilities and pattern',
  async (start) => {
    await using server = await start();
    const [local, mobile, british, swedish, canadian] = [
      NUMBER,
      '+13055550100',
      '+448081570001',
      '+46701740605',
      '+14165550100',
    ] as const;
    await rent(server, local, mobile, british, swedish, canadian);
    for (const [query, found] of [
      ['', [local, mobile, canadian, british, swedish]],
      ['?regionCode=&type=&numberPattern.pattern=', [local, mobile, canadian, british, swedish]],
      ['?regionCode=US', [local, mobile]],
      ['?type=MOBILE', [mobile, swedish]],
      ['?regionCode=US&type=MOBILE', [mobile]],
      ['?regionCode=FR', []],
      ['?capability=SMS', [local, mobile, canadian, swedish]],
      ['?capability=SMS&capability=VOICE', [local, mobile, canadian]],
      ['?numberPattern.pattern=%2B1&numberPattern.searchPattern=START', [local, mobile, canadian]],
      ['?numberPattern.pattern=1&numberPattern.searchPattern=START', []],
      ['?numberPattern.pattern=0100', [mobile, canadian]],
      ['?numberPattern.pattern=70&numberPattern.searchPattern=CONTAINS', [british, swedish]],
      ['?numberPattern.pattern=1&numberPattern.searchPattern=END', [british]],
      ['?numberPattern.pattern=%2B46701740605&numberPattern.searchPattern=END', [swedish]],
      ['?numberPattern.searchPattern=END', [local, mobile, canadian, british, swedish]],
    ] as const) {
      assert.deepEqual(await list(server, query), [...found].toSorted(), query);
    }
  },
);

testOnEachEngine('a list is of one project alone', async (start) => {
  await using server = await start();
  await rent(server, NUMBER);
  await server.call('POST', '/availableNumbers/+12025550135:rent', { project: OTHER_PROJECT });
  assert.deepEqual(await list(server), [NUMBER]);
  const theirs = await server.call('GET', '/activeNumbers', { project: OTHER_PROJECT });
  assert.deepEqual(
    theirs.json.activeNumbers.map((n: { phoneNumber: string; projectId: string }) => [
      n.phoneNumber,
      n.projectId,
    ]),
    [['+12025550135', OTHER_PROJECT.id]],
  );
});

testOnEachEngine('a released number stays until the period that is paid ends', async (start) => {
  await using server = await start();
  await rent(server, NUMBER);
  const before = await server.call('GET', ACTIVE);
  await server.advance(5 * DAY_MS);
  const released = await server.call('POST', `${ACTIVE}:release`);
  assert.equal(released.status, 200);
  const expected = before.text.replace(
    '"expireAt":null',
    '"expireAt":"2026-02-28T10:20:30.123456Z"',
  );
  assert.equal(released.text, expected);

  const again = await server.call('POST', `${ACTIVE}:release`);
  assert.deepEqual([again.status, again.text], [200, expected]);
  await server.advance(PERIOD_MS - 5 * DAY_MS - 1);
  assert.equal((await server.call('GET', ACTIVE)).text, expected);
  assert.deepEqual(await list(server), [NUMBER]);
  assert.equal((await server.call('GET', `/availableNumbers/${NUMBER}`)).status, 404);

  await server.advance(1);
  assert.deepEqual(await list(server), []);
  for (const [method, path] of [
    ['GET', ACTIVE],
    ['PATCH', ACTIVE],
    ['POST', `${ACTIVE}:release`],
  ] as const) {
    const gone = await server.call(method, path);
    assert.equal(gone.status, 404);
    assert.equal(gone.json.error.details[0].resourceType, 'ActiveNumber');
  }
  // This pool has no quarantine: the number is on sale again.
  assert.equal((await server.call('GET', `/availableNumbers/${NUMBER}`)).status, 200);
  await rent(server, NUMBER);
});

testOnEachEngine('a release takes the period that is being paid, not the first', async (start) => {
  await using server = await start();
  await rent(server, NUMBER);
  await server.advance(PERIOD_MS);
  const renewed = await server.call('GET', ACTIVE);
  // Months are counted from the 31st, so February did not shorten them.
  assert.equal(renewed.json.nextChargeDate, '2026-03-31T10:20:30.123456Z');
  assert.equal(renewed.json.expireAt, null);
  const released = await server.call('POST', `${ACTIVE}:release`);
  assert.equal(released.json.expireAt, '2026-03-31T10:20:30.123456Z');
  assert.equal(released.json.nextChargeDate, '2026-03-31T10:20:30.123456Z');
});

testOnEachEngine(
  'a release cancels what is being provisioned and keeps what is linked',
  async (start) => {
    await using server = await start();
    await server.call('POST', `/availableNumbers/${NUMBER}:rent`, {
      body: { smsConfiguration: { servicePlanId: 'plan' }, voiceConfiguration: { appId: 'SLOW' } },
    });
    await server.drain();
    const { json } = await server.call('POST', `${ACTIVE}:release`);
    assert.equal(json.smsConfiguration.servicePlanId, 'plan');
    assert.equal(json.voiceConfiguration.scheduledVoiceProvisioning, null);
    await server.advance(DAY_MS);
    const { voiceConfiguration } = (await server.call('GET', ACTIVE)).json;
    assert.deepEqual([voiceConfiguration.appId, voiceConfiguration.type], ['', 'RTC']);
  },
);

testOnEachEngine('a released number can still be updated', async (start) => {
  await using server = await start();
  await rent(server, NUMBER);
  await server.call('POST', `${ACTIVE}:release`);
  const body = { displayName: 'Until February', voiceConfiguration: { appId: 'app' } };
  await server.call('PATCH', ACTIVE, { body });
  await server.drain();
  const { json } = await server.call('GET', ACTIVE);
  assert.equal(json.displayName, 'Until February');
  assert.equal(json.voiceConfiguration.appId, 'app');
  assert.equal(json.expireAt, '2026-02-28T10:20:30.123456Z');
});
