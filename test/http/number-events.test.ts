import assert from 'node:assert/strict';

import { testOnEachEngine } from '../support/engines.ts';
import {
  advanceTo,
  change,
  type Json,
  listEventTypes,
  NUMBER,
  release,
  rent,
} from '../support/rentals.ts';
import { OTHER_PROJECT, PROJECT, type TestServer } from '../support/test-server.ts';

testOnEachEngine('a project reads what has happened to its number', async (start) => {
  await using server = await start();
  await rent(server, { voiceConfiguration: { appId: 'app' } });
  await server.drain();
  await change(server, { displayName: 'Desk' });
  const { expireAt } = await release(server);
  const { numberEvents, totalSize, nextPageToken } = await history(server);
  assert.deepEqual([totalSize, nextPageToken], [4, '']);
  assert.deepEqual(
    numberEvents.map((event: Json) => [event.eventType, event.from, event.to, event.actor]),
    [
      ['RELEASED', 'ACTIVE', 'RELEASING', PROJECT.keyId],
      ['UPDATED', '', '', PROJECT.keyId],
      ['PROVISIONING_TO_VOICE_PLATFORM', '', '', 'worker'],
      ['RENTED', 'AVAILABLE', 'ACTIVE', PROJECT.keyId],
    ],
  );
  const [released, , , rented] = numberEvents;
  assert.deepEqual(released.details, { expireAt });
  assert.deepEqual(rented.details, {
    pool: 'us-local',
    setupPrice: { currencyCode: 'USD', amount: '0.50' },
    monthlyPrice: { currencyCode: 'USD', amount: '0.75' },
  });
  assert.ok(released.eventId > rented.eventId && released.requestId !== rented.requestId);
});

testOnEachEngine(
  "a history has a project's own periods, also when they are over",
  async (start) => {
    await using server = await start();
    await rent(server, {});
    const { expireAt } = await release(server);
    await advanceTo(server, expireAt);
    const mine = await history(server);
    assert.deepEqual(
      mine.numberEvents.map(({ eventType }: Json) => eventType),
      ['ENDED', 'RELEASED', 'RENTED'],
    );
    const path = `/availableNumbers/${NUMBER}:rent`;
    assert.equal(
      (await server.call('POST', path, { project: OTHER_PROJECT, body: {} })).status,
      200,
    );
    assert.deepEqual(await history(server), mine);
    const theirs = await server.call('GET', `/numberEvents/${NUMBER}`, { project: OTHER_PROJECT });
    assert.deepEqual(
      theirs.json.numberEvents.map(({ eventType }: Json) => eventType),
      ['RENTED'],
    );
  },
);

testOnEachEngine('that a number is on sale again is told to nobody', async (start) => {
  for (const [body, quarantineDays] of [
    [{}, 10],
    // Back on sale when its platform has let it go.
    [{ voiceConfiguration: { appId: 'app' } }, 0],
  ] as const) {
    await using server = await start({}, [
      { name: 'pool', first: NUMBER, size: 1, quarantineDays },
    ]);
    await rent(server, body);
    await server.drain();
    const { expireAt } = await release(server);
    await advanceTo(server, expireAt);
    await server.advance(11 * 86_400_000);
    const types = await listEventTypes(server.server);
    assert.equal(types.at(-1), 'BACK_ON_SALE');
    const { numberEvents } = await history(server);
    assert.equal(numberEvents.length, types.length - 1);
  }
});

testOnEachEngine('a long history has pages, the newest first', async (start) => {
  await using server = await start();
  await rent(server, {});
  for (let i = 1; i < 10; i++) await change(server, { displayName: `Name ${i}` });
  const whole = await history(server);
  const seen: Json[] = [];
  let token = '';
  do {
    const page = await history(server, `?pageSize=4${token && `&pageToken=${token}`}`);
    seen.push(...page.numberEvents);
    token = page.nextPageToken;
    // What happens meanwhile does not move the pages.
    await change(server, { displayName: 'Another' });
  } while (token !== '' && seen.length < 100);
  assert.deepEqual(seen.slice(0, 4), whole.numberEvents.slice(0, 4));
  assert.deepEqual(seen, whole.numberEvents);
});

async function history(server: TestServer, query = ''): Promise<Json> {
  const answer = await server.call('GET', `/numberEvents/${NUMBER}${query}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}
