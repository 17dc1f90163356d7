import assert from 'node:assert/strict';

import { testOnEachEngine } from '../support/engines.ts';
import { answering, listAsked, startOperatorPlatform } from '../support/operator-platform.ts';
import type { Responder } from '../support/recording-listener.ts';
import { change, listOutcomes, look, NUMBER, release, rent } from '../support/rentals.ts';
import { OTHER_PROJECT, type TestServer } from '../support/test-server.ts';

const DONE = { status: 'DONE' };
const HOUR_MS = 3_600_000;
const MONTH_MS = 31 * 24 * HOUR_MS;

testOnEachEngine(
  'what a platform accepted is left again, however many changes come before it is done',
  async (start) => {
    let answer = answering({ status: 'ACCEPTED' }, 202);
    await using platform = await startOperatorPlatform(changing(() => answer));
    await using server = await start(platform.environment);
    await rent(server, { voiceConfiguration: { appId: 'app' } });
    await server.drain();
    for (const appId of ['', '']) await change(server, { voiceConfiguration: { appId } });
    answer = answering({ status: 'DONE' });
    await server.drain();
    assert.deepEqual(listAsked(platform), ['PROVISION app', 'DEPROVISION app']);
  },
);

testOnEachEngine(
  'a campaign that was begun is left, although a later change was begun too',
  async (start) => {
    let answer = answering({ status: 'ACCEPTED' }, 202);
    await using platform = await startOperatorPlatform(changing(() => answer));
    await using server = await start(platform.environment);
    const plan = (campaignId: string) => ({ servicePlanId: 'plan', campaignId });
    await rent(server, { smsConfiguration: plan('C1') });
    await server.drain();
    await change(server, { smsConfiguration: plan('C2') });
    await server.drain();
    await change(server, { smsConfiguration: plan('C3') });
    answer = answering({ status: 'DONE' });
    await server.drain();
    const asked = listAsked(platform);
    assert.ok(asked.includes('DEPROVISION C1') && asked.includes('DEPROVISION C2'), asked.join());
    assert.equal(asked.at(-1), 'PROVISION C3');
  },
);

testOnEachEngine('a number is not on sale before it has left its platforms', async (start) => {
  let answer = answering({ status: 'DONE' });
  await using platform = await startOperatorPlatform(changing(() => answer));
  await using server = await start(platform.environment);
  await rent(server, { voiceConfiguration: { appId: 'app' } });
  await server.drain();
  await release(server);
  answer = answering({}, 503);
  await server.advance(MONTH_MS);
  for (let hour = 0; hour < 50; hour++) await server.advance(HOUR_MS);
  assert.equal(await statusForOther(server), 404, 'the platform still holds it');

  answer = answering({ status: 'DONE' });
  await server.advance(HOUR_MS);
  assert.equal(listAsked(platform).at(-1), 'DEPROVISION app');
  assert.equal(await statusForOther(server), 200);
});

testOnEachEngine(
  'a gateway that refuses everything keeps a number from being sold',
  async (start) => {
    let answer = answering({ status: 'DONE' });
    await using platform = await startOperatorPlatform(changing(() => answer));
    await using server = await start(platform.environment);
    await rent(server, { voiceConfiguration: { appId: 'app' } });
    await server.drain();
    await release(server);
    answer = answering({ error: 'unknown signature' }, 401);
    await server.advance(MONTH_MS);
    for (let hour = 0; hour < 50; hour++) await server.advance(HOUR_MS);
    assert.equal(await statusForOther(server), 404);

    answer = answering({ status: 'DONE' });
    await server.advance(HOUR_MS);
    assert.equal(await statusForOther(server), 200);
  },
);

for (const [refused, first] of [
  [['C1'], ['DEPROVISION C1', 'DEPROVISION plan', 'DEPROVISION C1']],
  [['plan'], ['DEPROVISION C1', 'DEPROVISION plan']],
  [
    ['C1', 'plan'],
    ['DEPROVISION C1', 'DEPROVISION plan', 'DEPROVISION C1'],
  ],
] as const) {
  testOnEachEngine(
    `a platform that refuses to let ${refused.join(' and ')} go is asked until it does, and leaves the rest`,
    async (start) => {
      let refusedNow: readonly string[] = [];
      await using platform = await startOperatorPlatform((request, ...exchange) => {
        const { targetId } = JSON.parse(request.body) as { targetId: string };
        const isRefused = refusedNow.includes(targetId);
        const answer = isRefused ? { status: 'REJECTED', code: 'CAMPAIGN_EXPIRED' } : DONE;
        answering(answer)(request, ...exchange);
      });
      await using server = await start(platform.environment);
      await rent(server, { smsConfiguration: { servicePlanId: 'plan', campaignId: 'C1' } });
      await server.drain();
      await release(server);
      refusedNow = refused;
      await server.advance(MONTH_MS);
      assert.deepEqual(listAsked(platform).slice(2), first);
      for (let hour = 0; hour < 50; hour++) await server.advance(HOUR_MS);
      assert.equal(await statusForOther(server), 404, 'the platform still holds it');
      const failures = (await listOutcomes(server)).filter((event) => event.includes('FAILED'));
      assert.equal(failures.length, refused.length, 'each is told once');

      refusedNow = [];
      await server.advance(HOUR_MS);
      assert.equal(await statusForOther(server), 200);
      const asked = listAsked(platform).length;
      await server.advance(24 * HOUR_MS);
      assert.equal(listAsked(platform).length, asked, 'nothing is left to be done');
    },
  );
}

testOnEachEngine('a campaign that failed is not carried into a new plan', async (start) => {
  await using server = await start();
  const smsConfiguration = { servicePlanId: 'plan', campaignId: 'GOOD' };
  await rent(server, { smsConfiguration });
  await server.drain();
  const expired = { servicePlanId: 'plan', campaignId: 'CAMPAIGN_EXPIRED' };
  await change(server, { smsConfiguration: expired });
  await server.drain();
  await change(server, { smsConfiguration: { servicePlanId: 'other' } });
  await server.drain();
  const { scheduledProvisioning, ...linked } = (await look(server)).smsConfiguration;
  assert.equal(scheduledProvisioning, null);
  assert.deepEqual(linked, { servicePlanId: 'other', campaignId: 'GOOD' });
});

/** A platform that changes its mind. */
function changing(current: () => Responder): Responder {
  return (...exchange) => current()(...exchange);
}

async function statusForOther(server: TestServer): Promise<number> {
  const options = { project: OTHER_PROJECT };
  return (await server.call('GET', `/availableNumbers/${NUMBER}`, options)).status;
}
