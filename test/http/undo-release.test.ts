import assert from 'node:assert/strict';

import { testOnEachEngine } from '../support/engines.ts';
import {
  advanceTo,
  change,
  listEventTypes,
  look,
  NUMBER,
  release,
  rent,
} from '../support/rentals.ts';
import { TEST_START, type TestServer } from '../support/test-server.ts';

const TIME = TEST_START.slice('2026-01-31'.length);
const MONTH_END = `2026-02-28${TIME}`;

testOnEachEngine('a released number cannot be locked', async (start) => {
  await using server = await start();
  await rent(server, {});
  const { expireAt } = await release(server);
  const lock = (deletionLock: boolean) =>
    server.call('PATCH', `/activeNumbers/${NUMBER}`, { body: { deletionLock } });
  const refused = await lock(true);
  assert.equal(refused.status, 400, refused.text);
  const [violation] = refused.json.error.details[0].violations;
  assert.deepEqual([violation.type, violation.subject], ['RELEASED', NUMBER]);
  assert.equal((await lock(false)).status, 200);
  assert.equal((await release(server)).expireAt, expireAt);
  await server.call('POST', `/activeNumbers/${NUMBER}:undoRelease`);
  assert.equal((await lock(true)).json.deletionLock, true);
});

testOnEachEngine('a release can be taken back until the paid period ends', async (start) => {
  await using server = await start();
  const rented = await rent(server, {});
  await release(server);
  await advanceTo(server, MONTH_END, -1);
  const undone = await undo(server);
  assert.equal(undone.status, 200);
  assert.deepEqual(undone.json, rented);
  await advanceTo(server, `2026-03-31${TIME}`);
  assert.equal((await look(server)).nextChargeDate, `2026-04-30${TIME}`);
  const types = ['RENTED', 'RELEASED', 'RELEASE_UNDONE', 'RENEWED', 'RENEWED'];
  assert.deepEqual(await listEventTypes(server.server), types);
});

testOnEachEngine('when the paid period is over nothing is left to be taken back', async (start) => {
  await using server = await start();
  await rent(server, {});
  await release(server);
  // The worker has not come yet, and still it is too late.
  await advanceTo(server, MONTH_END, 0, { drain: false });
  assert.equal((await undo(server)).status, 404);
  await server.drain();
  assert.equal((await undo(server)).status, 404);
});

testOnEachEngine('taking back what was not released changes nothing', async (start) => {
  await using server = await start();
  const rented = await rent(server, {});
  const answer = await undo(server);
  assert.deepEqual([answer.status, answer.json], [200, rented]);
  assert.deepEqual(await listEventTypes(server.server), ['RENTED']);
});

testOnEachEngine('a locked number cannot be released until the lock is off', async (start) => {
  await using server = await start();
  const rented = await rent(server, {});
  const locked = await change(server, { deletionLock: true });
  assert.deepEqual(locked, { ...rented, deletionLock: true });
  const refused = await server.call('POST', `/activeNumbers/${NUMBER}:release`);
  assert.equal(refused.status, 400);
  assert.equal(refused.json.error.status, 'FAILED_PRECONDITION');
  assert.equal(refused.json.error.details[0].violations[0].type, 'DELETION_LOCK');
  assert.equal((await look(server)).expireAt, null);
  await change(server, { displayName: 'Still locked' });
  assert.equal((await look(server)).deletionLock, true);

  const unlocked = await change(server, { deletionLock: false });
  assert.ok(!('deletionLock' in unlocked), 'without it the answer is that of the original');
  assert.equal((await release(server)).expireAt, rented.nextChargeDate);
});

testOnEachEngine('a release and its undoing at once leave one of both', async (start) => {
  await using server = await start();
  await rent(server, {});
  for (let i = 0; i < 10; i++) {
    const call = (verb: string) => server.call('POST', `/activeNumbers/${NUMBER}:${verb}`);
    const answers = await Promise.all(
      ['release', 'undoRelease', 'release', 'undoRelease'].map(call),
    );
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200, 200],
    );
  }
  const isReleased = (await look(server)).expireAt !== null;
  const types = await listEventTypes(server.server);
  assert.equal(types.at(-1), isReleased ? 'RELEASED' : 'RELEASE_UNDONE');
  const changes = types.slice(1);
  for (const [i, type] of changes.entries()) {
    assert.equal(type, i % 2 === 0 ? 'RELEASED' : 'RELEASE_UNDONE');
  }
});

function undo(server: TestServer) {
  return server.call('POST', `/activeNumbers/${NUMBER}:undoRelease`);
}
