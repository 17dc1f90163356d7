import assert from 'node:assert/strict';

import type { MovableClock } from '../../src/clock.ts';
import { DomainError } from '../../src/errors.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { holdWrites } from '../support/held-writes.ts';
import { assertReplay, callWithKey, countKeys, isReplay } from '../support/keyed.ts';
import { listEventTypes, NUMBER, numberAt } from '../support/rentals.ts';
import { startServerBeside } from '../support/server-beside.ts';
import { type Answer, basicAuth, PROJECT, type TestServer } from '../support/test-server.ts';

/** Longer than a claim lives whose request never ends. */
const LEASE_MS = 120_000;
const ANY = { regionCode: 'US', type: 'LOCAL' };
const RENT_ANY = '/availableNumbers:rentAny';
const RENT = `/availableNumbers/${NUMBER}:rent`;

testOnEachEngine('twenty requests with one key at once have one effect', async (start) => {
  await using server = await start();
  await using beside = await startServerBeside(server);
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      callWithKey(i % 2 === 0 ? server : beside, 'POST', RENT_ANY, 'a', ANY),
    ),
  );
  const done = answers.filter(({ status }) => status === 200);
  assert.equal(done.filter((answer) => !isReplay(answer)).length, 1);
  assert.equal(new Set(done.map(({ text }) => text)).size, 1);
  for (const answer of answers.filter(({ status }) => status !== 200)) assertRunning(answer);
  assert.equal(await countRentals(server), 1);
  for (const { url } of [server, beside]) {
    assertReplay(await callWithKey({ url }, 'POST', RENT_ANY, 'a', ANY), done[0]!);
  }
});

testOnEachEngine('a client that tries again until it is answered rents once', async (start) => {
  await using server = await start();
  await using beside = await startServerBeside(server);
  const clients = Array.from({ length: 30 }, async (_, client) => {
    const texts = new Set<string>();
    for (let i = 0; texts.size === 0 || i < 6; i++) {
      const target = (client + i) % 2 === 0 ? server : beside;
      // Three of each key, all at once.
      const answer = await callWithKey(target, 'POST', RENT_ANY, `key-${client % 10}`, ANY);
      assert.ok([200, 409].includes(answer.status), answer.text);
      if (answer.status === 200) texts.add(answer.text);
    }
    return [...texts];
  });
  const texts = await Promise.all(clients);
  assert.ok(texts.every(({ length }) => length === 1));
  assert.equal(new Set(texts.flat()).size, 10);
  assert.equal(await countRentals(server), 10);
});

testOnEachEngine('failures beside it in one commit neither undo nor repeat it', async (start) => {
  await using server = await start();
  const misfit = { smsConfiguration: { servicePlanId: 'plan', campaignId: 'campaign' } };
  const send = () =>
    Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        i % 2 === 0
          ? callWithKey(server, 'POST', `/availableNumbers/${numberAt(i)}:rent`, `key-${i}`)
          : callWithKey(server, 'POST', '/availableNumbers/+13055550100:rent', `key-${i}`, misfit),
      ),
    );
  const first = await send();
  assert.deepEqual(
    first.map(({ status }) => status),
    Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 200 : 400)),
  );
  for (const [i, answer] of (await send()).entries()) assertReplay(answer, first[i]!);
  assert.equal(await countRentals(server), 20);
});

testOnEachEngine('while the first is under way, the second is told to wait', async (start) => {
  await using server = await start();
  await using beside = await startServerBeside(server);
  // The claim is written; the rent waits.
  const held = holdWrites(server, 1);
  const impatient = new AbortController();
  const given = fetch(`${server.url}/v1/projects/${PROJECT.id}${RENT}`, {
    method: 'POST',
    headers: { authorization: basicAuth(PROJECT), 'idempotency-key': 'a' },
    signal: impatient.signal,
  });
  await held.arrived;
  assertRunning(await callWithKey(beside, 'POST', RENT, 'a'));
  // Another request with the key is wrong in any case.
  assert.equal((await callWithKey(beside, 'POST', RENT, 'a', {})).status, 422);
  impatient.abort();
  await assert.rejects(given, { name: 'AbortError' });
  held.release();
  const answer = await callUntilDone(beside);
  assert.deepEqual([answer.status, isReplay(answer)], [200, true]);
  assert.equal(await countRentals(server), 1);
});

testOnEachEngine('a claim is taken over when its lease ends, and not before', async (start) => {
  await using server = await start();
  await using beside = await startServerBeside(server);
  const clock = server.server.context.clock as MovableClock;
  const held = holdWrites(server, 1);
  const first = callWithKey(server, 'POST', RENT_ANY, 'a', ANY);
  await held.arrived;
  clock.advance(LEASE_MS - 1);
  assertRunning(await callWithKey(beside, 'POST', RENT_ANY, 'a', ANY));
  clock.advance(1);
  // Only for the same request: whoever reuses a key is wrong whatever became of the first.
  assert.equal((await callWithKey(beside, 'POST', RENT_ANY, 'a', {})).status, 400);
  const more = { ...ANY, callbackUrl: 'https://example.com/' };
  assert.equal((await callWithKey(beside, 'POST', RENT_ANY, 'a', more)).status, 422);
  const second = await callWithKey(beside, 'POST', RENT_ANY, 'a', ANY);
  assert.deepEqual([second.status, isReplay(second)], [200, false]);

  // The first was not dead. It wanted to rent, and cannot any more.
  held.release();
  assertRunning(await first);
  assert.equal(await countRentals(server), 1);
  assertReplay(await callWithKey(server, 'POST', RENT_ANY, 'a', ANY), second);
});

testOnEachEngine('a change whose claim was taken over is undone', async (start) => {
  await using server = await start();
  await using beside = await startServerBeside(server);
  await server.call('POST', RENT);
  const path = `/activeNumbers/${NUMBER}`;
  const held = holdWrites(server, 1);
  const first = callWithKey(server, 'PATCH', path, 'a', { displayName: 'x' });
  await held.arrived;
  (server.server.context.clock as MovableClock).advance(LEASE_MS);
  const second = await callWithKey(beside, 'PATCH', path, 'a', { displayName: 'x' });
  assert.equal(second.status, 200);
  held.release();
  assertRunning(await first);
  const updates = (await listEventTypes(server.server)).filter((type) => type === 'UPDATED');
  assert.equal(updates.length, 1);
});

testOnEachEngine('an error whose claim was taken over takes nothing back', async (start) => {
  await using server = await start();
  await using beside = await startServerBeside(server);
  const path = `/activeNumbers/${NUMBER}:release`;
  // The release has failed; what is held is the keeping of its error.
  const held = holdWrites(server, 2);
  const first = callWithKey(server, 'POST', path, 'a');
  await held.arrived;
  (server.server.context.clock as MovableClock).advance(LEASE_MS);
  assert.equal((await callWithKey(beside, 'POST', RENT, 'b')).status, 200);
  const second = await callWithKey(beside, 'POST', path, 'a');
  assert.equal(second.status, 200);
  held.release();
  assertRunning(await first);
  assertReplay(await callWithKey(server, 'POST', path, 'a'), second);
  assert.equal(await countKeys(server), 2);
});

testOnEachEngine('after a commit in doubt the same key brings what became of it', async (start) => {
  await using server = await start();
  for (const [key, isDone] of [
    ['done', true],
    ['undone', false],
  ] as const) {
    loseSecondWrite(server, isDone);
    const doubtful = await callWithKey(server, 'POST', RENT_ANY, key, ANY);
    assert.deepEqual([doubtful.status, isReplay(doubtful)], [503, false]);
    const answer = await callWithKey(server, 'POST', RENT_ANY, key, ANY);
    assert.deepEqual([answer.status, isReplay(answer)], [200, isDone]);
    assertReplay(await callWithKey(server, 'POST', RENT_ANY, key, ANY), answer);
  }
  assert.equal(await countRentals(server), 2);
});

/** Has the database go away when the next but one write commits: just after that, or just before. */
function loseSecondWrite({ server: { context } }: TestServer, isDone: boolean): void {
  const { store } = context;
  let seen = 0;
  context.store = {
    ...store,
    async write(fn, options) {
      if (++seen !== 2) return store.write(fn, options);
      context.store = store;
      if (isDone) await store.write(fn, options);
      throw new DomainError('UNAVAILABLE', 'The database went away.');
    },
  };
}

function assertRunning(answer: Answer): void {
  assert.deepEqual([answer.status, isReplay(answer)], [409, false], answer.text);
  assert.deepEqual(answer.json.error, {
    code: 409,
    message: 'The first request with this Idempotency-Key is still under way; try again.',
    status: 'ABORTED',
    details: [],
  });
  assert.equal(answer.headers.get('retry-after'), '1');
}

async function callUntilDone(server: { url: string }): Promise<Answer> {
  for (;;) {
    const answer = await callWithKey(server, 'POST', RENT, 'a');
    if (answer.status !== 409) return answer;
  }
}

async function countRentals(server: TestServer): Promise<number> {
  const list = await server.call('GET', '/activeNumbers?regionCode=US&type=LOCAL');
  return list.json.totalSize as number;
}
