import assert from 'node:assert/strict';

import { stoppedClock } from '../../src/clock.ts';
import type { Caller } from '../../src/app/caller.ts';
import { updateActiveNumber } from '../../src/app/update-active-number.ts';
import type { E164 } from '../../src/domain/phone-number.ts';
import type { RunningServer } from '../../src/server.ts';
import { listEvents } from '../../src/store/event.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { startOperatorPlatform } from '../support/operator-platform.ts';
import { startRecordingListener } from '../support/recording-listener.ts';
import { NUMBER, rent } from '../support/rentals.ts';
import { startServerBeside } from '../support/server-beside.ts';
import { PROJECT } from '../support/test-server.ts';

/** An hour before the clock of the first server. */
const slowClock = stoppedClock('2026-01-31T09:20:30.123456Z');
const CALLER: Caller = { projectId: PROJECT.id, actor: PROJECT.keyId, requestId: 'request' };

testOnEachEngine(
  'a change on a machine whose clock is behind counts as the later one',
  async (start) => {
    await using platform = await startOperatorPlatform((request, response) => {
      // The slow machine's plan is begun, and nobody knows how that ended.
      const isSlow = JSON.parse(request.body).targetId === 'of-the-slow';
      response.end(JSON.stringify({ status: isSlow ? 'ACCEPTED' : 'DONE' }));
    });
    await using server = await start(platform.environment);
    await using slow = await startServerBeside(server, slowClock);
    await rent(server, { smsConfiguration: { servicePlanId: 'plan' } });
    await server.drain();
    await changePlan(slow, 'of-the-slow');
    await slow.drain();
    await changePlan(server.server, '');
    await server.drain();

    assert.deepEqual(
      platform.steps.map(({ sequence, action, targetId }) => [sequence, action, targetId]),
      [
        [1, 'PROVISION', 'plan'],
        [2, 'PROVISION', 'of-the-slow'],
        [3, 'DEPROVISION', 'plan'],
        [3, 'DEPROVISION', 'of-the-slow'],
      ],
    );
    // Compared by their ids, the change of the slow machine would be the first.
    const [first = '', second = ''] = platform.steps.map(({ provisioningId }) => provisioningId);
    assert.ok(second < first);
  },
);

testOnEachEngine(
  'of two callbacks the later has the greater eventId, whichever machine made it',
  async (start) => {
    await using receiver = await startRecordingListener();
    await using server = await start();
    await using slow = await startServerBeside(server, slowClock);
    await rent(server, { smsConfiguration: { servicePlanId: '0' }, callbackUrl: receiver.url });
    await server.drain();
    for (const [i, machine] of [slow, server.server, slow, slow, server.server].entries()) {
      await changePlan(machine, `${i + 1}`);
      await machine.drain();
      await server.drain();
    }
    const { store } = server.server.context;
    const events = (await store.read((db) => listEvents(db, NUMBER, 100))).toReversed();
    assert.equal(events.length, 12);
    const ids = events.map(({ id }) => id);
    assert.deepEqual(ids, [...new Set(ids)].sort());
    const told = receiver.requests.map(({ body }) => JSON.parse(body).eventId as string);
    assert.equal(told.length, 6);
    assert.deepEqual(
      told,
      ids.filter((id) => told.includes(id)),
    );
  },
);

async function changePlan({ context }: RunningServer, servicePlanId: string): Promise<void> {
  const sms = { servicePlanId, campaignId: undefined };
  await updateActiveNumber(context, CALLER, NUMBER as E164, { sms });
}
