import assert from 'node:assert/strict';

import { getActiveNumber } from '../../src/app/get-active-number.ts';
import { addMilliseconds } from '../../src/domain/timestamp.ts';
import type { E164 } from '../../src/domain/phone-number.ts';
import { claimJobs, type Job } from '../../src/store/job.ts';
import type { MovableClock } from '../../src/clock.ts';
import type { RunningServer } from '../../src/server.ts';
import { deliver } from '../../src/work/deliver.ts';
import { provision } from '../../src/work/provision.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { startHoldingListener } from '../support/holding-listener.ts';
import { startOperatorPlatform } from '../support/operator-platform.ts';
import { startRecordingListener } from '../support/recording-listener.ts';
import { listDeliveryRecords, listEventTypes, NUMBER, numberAt, rent } from '../support/rentals.ts';
import { startServerBeside } from '../support/server-beside.ts';
import { PROJECT } from '../support/test-server.ts';

const LEASE_MS = 90_000;
/** Longer than the lease of any job with the time-outs that are the default. */
const BEYOND_LEASE_MS = 120_000;

testOnEachEngine(
  'the jobs of a worker that died are done when its lease is over',
  async (start) => {
    await using server = await start();
    await rent(server, { voiceConfiguration: { appId: 'app' } });
    const [job] = await claimAll(server.server, LEASE_MS);
    assert.equal(job?.kind, 'provision');

    await server.drain();
    await server.advance(LEASE_MS - 1);
    assert.equal(await voiceStatus(server.server), 'WAITING');
    await server.advance(1);
    assert.equal(await voiceStatus(server.server), 'app');
  },
);

testOnEachEngine(
  'a provisioning that waits when the server stops is finished by the next one',
  async (start) => {
    await using server = await start({ NUMBERYARD_SANDBOX_DELAY_MS: '500' });
    await rent(server, {
      smsConfiguration: { servicePlanId: 'plan' },
      voiceConfiguration: { appId: 'app' },
    });
    await server.drain();
    const { clock } = server.server.context;
    await server.server[Symbol.asyncDispose]();

    await using next = await startServerBeside(server);
    await next.drain();
    assert.equal(await voiceStatus(next), 'IN_PROGRESS');
    (clock as MovableClock).advance(500);
    await next.drain();
    assert.equal(await voiceStatus(next), 'app');
    assert.equal((await look(next)).sms.servicePlanId, 'plan');
  },
);

testOnEachEngine('two servers on one database do every job once', async (start) => {
  await using platform = await startOperatorPlatform();
  await using receiver = await startRecordingListener();
  await using server = await start(platform.environment);
  await using beside = await startServerBeside(server);
  const numbers = Array.from({ length: 60 }, (_, i) => numberAt(i));
  const voiceConfiguration = { appId: 'app' };
  for (const number of numbers) {
    await rent(server, { voiceConfiguration, callbackUrl: receiver.url }, number);
  }
  await Promise.all([server.drain(), beside.drain(), server.drain(), beside.drain()]);
  // One of them may have seen nothing due while the other was at work.
  await server.drain();
  const steps = platform.listener.requests.map(
    ({ body }) => JSON.parse(body).phoneNumber as string,
  );
  assert.deepEqual(steps.sort(), numbers);
  const told = receiver.requests.map(({ body }) => JSON.parse(body).resourceId as string);
  assert.deepEqual(told.sort(), numbers);
});

testOnEachEngine(
  'a server that hangs loses its job to another, and its late answer changes nothing',
  async (start) => {
    const asked = Promise.withResolvers<void>();
    const mayAnswer = Promise.withResolvers<void>();
    await using platform = await startOperatorPlatform((_request, response, earlier) => {
      const answer = (status: object) => response.end(JSON.stringify(status));
      if (earlier > 0) return void answer({ status: 'DONE' });
      asked.resolve();
      void mayAnswer.promise.then(() => answer({ status: 'REJECTED', code: 'INTERNAL_ERROR' }));
    });
    await using server = await start(platform.environment);
    await using beside = await startServerBeside(server);
    await rent(server, { voiceConfiguration: { appId: 'app' } });
    const hanging = server.drain();
    await asked.promise;

    await beside.drain();
    assert.equal(platform.listener.requests.length, 1, 'it is the first one’s job');
    (server.server.context.clock as MovableClock).advance(BEYOND_LEASE_MS);
    await beside.drain();
    assert.equal(await voiceStatus(beside), 'app');
    mayAnswer.resolve();
    await hanging;
    assert.equal(await voiceStatus(server.server), 'app');
    const [first, second] = platform.listener.requests;
    assert.equal(second?.headers['idempotency-key'], first?.headers['idempotency-key']);
    assert.deepEqual(await listEventTypes(server.server), [
      'RENTED',
      'PROVISIONING_TO_VOICE_PLATFORM',
    ]);
  },
);

testOnEachEngine('a clock that is moved does not make a server do a job twice', async (start) => {
  await using receiver = await startHoldingListener();
  await using server = await start();
  await rent(server, { voiceConfiguration: { appId: 'app' }, callbackUrl: receiver.url });
  const first = server.drain();
  await receiver.untilCalled(1);
  const second = server.advance(BEYOND_LEASE_MS);
  receiver.answer();
  await Promise.all([first, second]);
  assert.equal(receiver.requests.length, 1);
  const [record] = await listDeliveryRecords(server.server);
  assert.deepEqual([record?.delivery.status, record?.attempts.length], ['DELIVERED', 1]);
});

testOnEachEngine('a step that is done again after a crash leaves one event', async (start) => {
  await using server = await start();
  await rent(server, { voiceConfiguration: { appId: 'app' } });
  const [job] = await claimAll(server.server, LEASE_MS);
  const { context } = server.server;
  await Promise.all([provision(context, job!), provision(context, job!)]);
  await provision(context, job!);
  assert.deepEqual(await listEventTypes(server.server), [
    'RENTED',
    'PROVISIONING_TO_VOICE_PLATFORM',
  ]);
  assert.equal(await voiceStatus(server.server), 'app');
});

testOnEachEngine(
  'a callback that was delivered is not sent again by the same job',
  async (start) => {
    await using receiver = await startRecordingListener();
    await using server = await start();
    await rent(server, { voiceConfiguration: { appId: 'app' }, callbackUrl: receiver.url });
    const [provisioning] = await claimAll(server.server, LEASE_MS);
    await provision(server.server.context, provisioning!);
    const [delivering] = await claimAll(server.server, LEASE_MS);
    await deliver(server.server.context, delivering!);
    await deliver(server.server.context, delivering!);
    assert.equal(receiver.requests.length, 1);
  },
);

testOnEachEngine(
  'of two workers that deliver one callback, one records the attempt',
  async (start) => {
    await using receiver = await startRecordingListener();
    await using server = await start();
    await rent(server, { voiceConfiguration: { appId: 'app' }, callbackUrl: receiver.url });
    const [provisioning] = await claimAll(server.server, LEASE_MS);
    await provision(server.server.context, provisioning!);
    const [late] = await claimAll(server.server, 0);
    const [taken] = await claimAll(server.server, LEASE_MS);
    assert.equal(taken?.id, late?.id);
    await deliver(server.server.context, late!);
    const [pending] = await listDeliveryRecords(server.server);
    assert.deepEqual([pending?.delivery.status, pending?.attempts], ['PENDING', []]);

    await deliver(server.server.context, taken!);
    const [done] = await listDeliveryRecords(server.server);
    assert.deepEqual([done?.delivery.status, done?.attempts.length], ['DELIVERED', 1]);
    // At least once, with the same event: the receiver knows it by that.
    const ids = receiver.requests.map(({ body }) => JSON.parse(body).eventId);
    assert.equal(ids.length, 2);
    assert.equal(new Set(ids).size, 1);
  },
);

/** What a worker does before it dies. */
async function claimAll({ context }: RunningServer, leaseMs: number): Promise<Job[]> {
  const now = context.clock.now();
  const leaseEnd = addMilliseconds(now, leaseMs);
  const claimId = context.ids.ulid();
  const limits = { limit: 10, perLaneMax: 10, running: [], fromLane: '' };
  return context.store.write(async (db) => {
    const provisions = await claimJobs(db, {
      kind: 'provision',
      claimId,
      now,
      leaseEnd,
      ...limits,
    });
    const deliveries = await claimJobs(db, { kind: 'deliver', claimId, now, leaseEnd, ...limits });
    return [...provisions.jobs, ...deliveries.jobs];
  });
}

function look({ context }: RunningServer) {
  return getActiveNumber(context, PROJECT.id, NUMBER as E164);
}

/** The status of what is scheduled, or what is linked when nothing is. */
async function voiceStatus(server: RunningServer): Promise<string> {
  const { scheduledVoice, voice } = await look(server);
  return scheduledVoice?.status ?? voice.targetId;
}
