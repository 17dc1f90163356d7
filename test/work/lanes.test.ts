import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';

import { addMilliseconds, type Timestamp } from '../../src/domain/timestamp.ts';
import { type ClaimOptions, claimJobs, putJob } from '../../src/store/job.ts';
import type { Store } from '../../src/store/store.ts';
import { testOnEachEngine, testOnEngine } from '../support/engines.ts';
import { startRecordingListener } from '../support/recording-listener.ts';
import { listDeliveryRecords, look, numberAt, rentWithCallback } from '../support/rentals.ts';
import { TEST_START } from '../support/test-server.ts';

const PER_ORIGIN_MAX = 4;
const START = TEST_START as Timestamp;
/** More callbacks than the worker has slots for. */
const HANGING = 80;

testOnEachEngine(
  'callbacks that hang hold up neither those of others nor provisioning',
  async (start) => {
    const held: ServerResponse[] = [];
    const full = Promise.withResolvers<void>();
    let isHanging = true;
    await using hanging = await startRecordingListener((_request, response) => {
      if (!isHanging) return void response.end();
      if (held.push(response) === PER_ORIGIN_MAX) full.resolve();
    });
    const told = Promise.withResolvers<void>();
    await using healthy = await startRecordingListener((_request, response) => {
      response.end();
      told.resolve();
    });
    await using server = await start({ NUMBERYARD_CALLBACK_TIMEOUT_SECONDS: '60' });
    for (let i = 0; i < HANGING; i++) {
      await rentWithCallback(server, `${hanging.url}/${i}`, numberAt(i));
    }
    const draining = server.drain();
    await full.promise;
    await rentWithCallback(server, healthy.url, numberAt(HANGING));
    const drainingToo = server.drain();
    await told.promise;
    assert.equal((await look(server, numberAt(HANGING))).voiceConfiguration.appId, 'app');
    assert.equal(hanging.requests.length, PER_ORIGIN_MAX);

    isHanging = false;
    for (const response of held) response.end();
    await Promise.all([draining, drainingToo]);
    for (const { delivery, attempts } of await listDeliveryRecords(server.server)) {
      assert.deepEqual([delivery.status, attempts.length], ['DELIVERED', 1]);
    }
    assert.equal(hanging.requests.length, HANGING);
  },
);

testOnEachEngine('a claim gives every lane a slot before any gets a second', async (start) => {
  await using server = await start();
  const { store } = server.server.context;
  await putJobs(store, { a: 9, b: 9, c: 1 });
  const claimed: string[] = [];
  for (const limit of [4, 3, 9, 9]) claimed.push((await claim(store, { limit })).lanes);
  assert.deepEqual(claimed, ['a a b c', 'a b b', 'a b', '']);
});

testOnEachEngine('a lane is free again when the leases of its claims end', async (start) => {
  await using server = await start();
  const { store } = server.server.context;
  await putJobs(store, { a: 9 });
  await claim(store, {});
  const later = { now: addMilliseconds(START, 1000) };
  assert.equal((await claim(store, {})).lanes, '');
  assert.equal((await claim(store, later)).lanes, 'a a a a');
});

testOnEachEngine('jobs that run here count although their lease has ended', async (start) => {
  await using server = await start();
  const { store } = server.server.context;
  await putJobs(store, { a: 9 });
  await claim(store, { limit: 3 });
  const running = await store.read((db) =>
    db.column<string>('SELECT id FROM job WHERE claim_id IS NOT NULL'),
  );
  const later = { now: addMilliseconds(START, 1000), running };
  assert.equal((await claim(store, later)).lanes, 'a');
});

testOnEachEngine('a job that has put itself back keeps its lane until it ends', async (start) => {
  await using server = await start();
  const { store } = server.server.context;
  await putJobs(store, { a: 2 });
  const [running = ''] = await store.read((db) =>
    db.column<string>("SELECT id FROM job WHERE lane = 'a' ORDER BY id"),
  );
  assert.equal((await claim(store, { perLaneMax: 1, running: [running] })).lanes, '');
  assert.equal((await claim(store, { perLaneMax: 1 })).lanes, 'a');
});

testOnEachEngine('more lanes than one claim looks at are gone through in turn', async (start) => {
  await using server = await start();
  const { store, clock } = server.server.context;
  const lanes = Array.from({ length: 450 }, (_, i) => `lane-${String(i).padStart(3, '0')}`);
  await putJobs(store, Object.fromEntries(lanes.map((lane) => [lane, 1])), '2999' as Timestamp);
  await putJobs(store, { 'lane-001': 1, 'lane-449': 1 }, clock.now());
  const first = await claim(store, {});
  assert.deepEqual(first, { lanes: 'lane-001', count: 1, nextLane: 'lane-200' });
  const second = await claim(store, { fromLane: first.nextLane });
  assert.deepEqual(second, { lanes: '', count: 0, nextLane: 'lane-400' });
  const third = await claim(store, { fromLane: second.nextLane });
  assert.deepEqual(third, { lanes: 'lane-449', count: 1, nextLane: '' });
});

testOnEngine(
  'postgres',
  'of two claims at once one passes by the lanes that the other is taking from',
  { because: 'SQLite has one writer at a time, and the second claim sees the first' },
  async (start) => {
    await using server = await start();
    const { store } = server.server.context;
    await putJobs(store, { a: 9 });
    const taken = Promise.withResolvers<void>();
    const mayCommit = Promise.withResolvers<void>();
    const first = claim(store, { limit: 1 }, async () => {
      taken.resolve();
      await mayCommit.promise;
    });
    await taken.promise;
    await putJobs(store, { b: 1 });
    const second = await claim(store, {});
    mayCommit.resolve();
    assert.deepEqual([(await first).lanes, second.lanes], ['a', 'b']);
    assert.equal((await claim(store, {})).lanes, 'a a a');
  },
);

testOnEachEngine('a lane without a limit is passed by by nobody', async (start) => {
  await using server = await start();
  const { store } = server.server.context;
  await putJobs(store, { '': 20 });
  const perLaneMax = Infinity;
  const [one, two] = await Promise.all([
    claim(store, { perLaneMax }),
    claim(store, { perLaneMax }),
  ]);
  assert.equal(one.count + two.count, 18);
  assert.equal((await claim(store, { perLaneMax })).count, 2);
});

let jobs = 0;

async function putJobs(
  store: Store,
  counts: Record<string, number>,
  runAt: Timestamp = START,
): Promise<void> {
  await store.write(async (db) => {
    for (const [lane, count] of Object.entries(counts)) {
      for (let i = 0; i < count; i++) {
        const id = `job-${++jobs}`;
        const times = { runAt, createdAt: START };
        await putJob(db, { id, kind: 'deliver', lane, subjectId: id, ...times });
      }
    }
  });
}

/** Claims for a second, and tells whose jobs it got. */
async function claim(
  store: Store,
  options: Partial<ClaimOptions>,
  beforeCommit: () => Promise<void> = async () => {},
): Promise<{ lanes: string; count: number; nextLane: string }> {
  const now = options.now ?? START;
  return store.write(async (db) => {
    const { jobs: claimed, nextLane } = await claimJobs(db, {
      kind: 'deliver',
      claimId: 'claim',
      now,
      leaseEnd: addMilliseconds(now, 1000),
      limit: 9,
      perLaneMax: PER_ORIGIN_MAX,
      running: [],
      fromLane: '',
      ...options,
    });
    const ids = JSON.stringify(claimed.map(({ id }) => id));
    const sql = `SELECT lane FROM job WHERE id IN ${db.dialect.jsonTextList} ORDER BY lane`;
    const lanes = (await db.column<string>(sql, ids)).join(' ');
    await beforeCommit();
    return { lanes, count: claimed.length, nextLane };
  });
}
