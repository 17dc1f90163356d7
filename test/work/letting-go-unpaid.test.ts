import assert from 'node:assert/strict';

import { collectUnpaid } from '../../src/app/collect-unpaid.ts';
import { SetAside } from '../../src/app/set-aside.ts';
import { suspendUnpaid } from '../../src/app/suspend-unpaid.ts';
import { addDays, type Timestamp } from '../../src/domain/timestamp.ts';
import { testOnEachEngine } from '../support/engines.ts';
import {
  type KeepingPlatform,
  type Mood,
  startKeepingPlatform,
} from '../support/keeping-platform.ts';
import {
  listAsked,
  type OperatorPlatform,
  type PlatformStep,
  report,
} from '../support/operator-platform.ts';
import { startRecordingListener } from '../support/recording-listener.ts';
import { credit } from '../support/prepaid.ts';
import {
  advanceTo,
  change,
  type Json,
  listOutcomes,
  look,
  NUMBER,
  release,
  rent,
} from '../support/rentals.ts';
import { OTHER_PROJECT, type TestServer } from '../support/test-server.ts';

// A rent costs 0.50 for the setup and 0.75 for each month. Grace is 7 days, the end after 30.

const ONLY_RENT = '1.25';
const A_MONTH = '0.75';
const HOUR_MS = 3_600_000;
const LINKED = {
  smsConfiguration: { servicePlanId: 'plan', campaignId: 'C1' },
  voiceConfiguration: { type: 'EST', trunkId: 'trunk' },
};
const AS_RENTED = ['plan', 'C1', 'trunk'];
const NOTHING = ['', '', ''];

testOnEachEngine(
  'a platform that is away when a number is suspended is asked until it leaves it',
  async (start) => {
    await using platform = await startKeepingPlatform();
    await using receiver = await startRecordingListener();
    await using server = await start(platform.environment);
    const suspendTime = await rentUnpaid(server, { ...LINKED, callbackUrl: receiver.url });
    platform.answer = () => 'AWAY';
    await advanceTo(server, suspendTime);
    assert.deepEqual(scheduledOf(await look(server)), ['IN_PROGRESS', [], 'IN_PROGRESS']);
    await passHours(server, 30);
    const suspended = await look(server);
    assert.equal(suspended.dunning.state, 'SUSPENDED');
    assert.deepEqual(linksOf(suspended), AS_RENTED, 'it is still connected');
    const away = ['IN_PROGRESS', ['PARTNER_SERVICE_UNAVAILABLE'], 'IN_PROGRESS'];
    assert.deepEqual(scheduledOf(suspended), away);
    assert.deepEqual(await listFailures(server), [
      'DEPROVISIONING_FROM_CAMPAIGN FAILED',
      'DEPROVISIONING_FROM_VOICE_PLATFORM FAILED',
    ]);
    const told = receiver.requests.map(({ body }) => JSON.parse(body) as Json);
    assert.equal(told.filter(({ status }) => status === 'FAILED').length, 2);

    platform.answer = () => 'DONE';
    await passHours(server, 1);
    assert.deepEqual(await assertKept(server, platform), NOTHING);
    await assertQuiet(server, platform);
    await credit(server, A_MONTH);
    await server.drain();
    assert.deepEqual(await assertKept(server, platform), AS_RENTED);
  },
);

for (const { refused, asked, codes } of [
  {
    refused: ['C1'],
    asked: ['DEPROVISION C1', 'DEPROVISION plan', 'DEPROVISION C1'],
    codes: ['CAMPAIGN_EXPIRED'],
  },
  { refused: ['plan'], asked: ['DEPROVISION C1', 'DEPROVISION plan'], codes: ['CAMPAIGN_EXPIRED'] },
  {
    refused: ['C1', 'plan', 'trunk'],
    asked: ['DEPROVISION C1', 'DEPROVISION plan', 'DEPROVISION C1'],
    codes: ['CAMPAIGN_EXPIRED'],
  },
  { refused: ['trunk'], asked: ['DEPROVISION C1', 'DEPROVISION plan'], codes: undefined },
] as const) {
  testOnEachEngine(
    `a platform that refuses to let a suspended number leave ${refused.join(' and ')} is asked until it does`,
    async (start) => {
      await using platform = await startKeepingPlatform();
      await using server = await start(platform.environment);
      const suspendTime = await rentUnpaid(server);
      const before = platform.steps.length;
      platform.answer = refusing(refused);
      await advanceTo(server, suspendTime);
      const first = listAsked(platform).slice(before);
      assert.deepEqual(
        first.filter((one) => !one.endsWith('trunk')),
        asked,
      );
      await passHours(server, 30);
      const [smsStatus, smsCodes, voiceStatus] = scheduledOf(await look(server));
      assert.deepEqual(
        [smsStatus, smsCodes],
        codes === undefined ? [undefined, undefined] : ['IN_PROGRESS', codes],
      );
      assert.equal(voiceStatus, refused.some((id) => id === 'trunk') ? 'IN_PROGRESS' : undefined);
      assert.equal((await listFailures(server)).length, refused.length, 'each is told once');

      platform.answer = () => 'DONE';
      await passHours(server, 1);
      assert.deepEqual(await assertKept(server, platform), NOTHING);
      await assertQuiet(server, platform);
    },
  );
}

testOnEachEngine(
  'a platform that accepts to leave a suspended number and never does is asked on after the deadline',
  async (start) => {
    await using platform = await startKeepingPlatform();
    const limits = { NUMBERYARD_PROVISIONING_DEADLINE_SECONDS: '7200' };
    await using server = await start({ ...platform.environment, ...limits });
    const suspendTime = await rentUnpaid(server);
    platform.answer = () => 'ACCEPTED';
    await advanceTo(server, suspendTime);
    await passHours(server, 1);
    assert.deepEqual(scheduledOf(await look(server)), ['IN_PROGRESS', [], 'IN_PROGRESS']);
    await passHours(server, 10);
    const late = ['IN_PROGRESS', ['PARTNER_SERVICE_UNAVAILABLE'], 'IN_PROGRESS'];
    assert.deepEqual(scheduledOf(await look(server)), late);
    assert.equal((await listFailures(server)).length, 2, 'each is told once');

    const steps = platform.steps.filter(({ action }) => action === 'DEPROVISION');
    for (const service of ['CAMPAIGN', 'VOICE']) {
      const { requestId, completionUrl } = steps.findLast((step) => step.service === service)!;
      const { json } = await report(completionUrl, { requestId, status: 'DONE' });
      assert.deepEqual(json, { taken: true });
    }
    platform.answer = () => 'DONE';
    await server.drain();
    assert.deepEqual(linksOf(await look(server)), NOTHING);
    await assertQuiet(server, platform);
  },
);

/** What the platform answers to leaving a number that is paid meanwhile. */
const MEANWHILE: Record<string, (step: PlatformStep) => Mood> = {
  away: () => 'AWAY',
  refusing: () => 'REJECTED',
  'at work': () => 'ACCEPTED',
  'done, and not heard': () => 'UNHEARD',
  'half done, and away': ({ service }) => (service === 'CAMPAIGN' ? 'DONE' : 'AWAY'),
  'half done, and refusing': refusing(['plan', 'trunk']),
  'refusing the first half': refusing(['C1']),
  'done for the messages': ({ service }) => (service === 'VOICE' ? 'REJECTED' : 'DONE'),
};

for (const [what, answer] of Object.entries(MEANWHILE)) {
  for (const hours of [0, 30]) {
    testOnEachEngine(
      `a suspended number that is paid ${hours} hours later, when its platform is ${what}, is connected as it was`,
      async (start) => {
        await using platform = await startKeepingPlatform();
        await using server = await start(platform.environment);
        const suspendTime = await rentUnpaid(server);
        platform.answer = answer;
        await advanceTo(server, suspendTime);
        await passHours(server, hours);
        const leaving = platform.steps.at(-1)!;
        await credit(server, A_MONTH);
        platform.answer = () => 'DONE';
        await server.drain();
        assert.equal((await look(server)).dunning, undefined);
        assert.deepEqual(await assertKept(server, platform), AS_RENTED);
        // A platform that reports what nobody waits for any more changes nothing.
        const { completionUrl, requestId } = leaving;
        const late = await report(completionUrl, { requestId, status: 'DONE' });
        assert.deepEqual(late.json, { taken: false });
        await assertQuiet(server, platform);
        assert.deepEqual(await assertKept(server, platform), AS_RENTED);
      },
    );
  }
}

testOnEachEngine(
  'a number that is paid while its platform is still away can be connected by its project',
  async (start) => {
    await using platform = await startKeepingPlatform();
    await using server = await start(platform.environment);
    const suspendTime = await rentUnpaid(server);
    platform.answer = () => 'UNHEARD';
    await advanceTo(server, suspendTime);
    platform.answer = () => 'AWAY';
    await passHours(server, 12);
    await credit(server, A_MONTH);
    await server.drain();
    await passHours(server, 12);
    const failed = ['FAILED', ['PARTNER_SERVICE_UNAVAILABLE'], 'FAILED'];
    assert.deepEqual(scheduledOf(await look(server)), failed);

    platform.answer = () => 'DONE';
    await change(server, LINKED);
    await server.drain();
    assert.deepEqual(await assertKept(server, platform), AS_RENTED);
  },
);

testOnEachEngine(
  'a number that is paid before its platform was asked to leave it stays connected',
  async (start) => {
    await using platform = await startKeepingPlatform();
    await using server = await start(platform.environment);
    const suspendTime = await rentUnpaid(server);
    const before = platform.steps.length;
    const { context } = server.server;
    await advanceTo(server, suspendTime, 0, { drain: false });
    await suspendUnpaid(context, new SetAside());
    assert.deepEqual(scheduledOf(await look(server)), ['WAITING', [], 'WAITING']);
    await credit(server, A_MONTH);
    await collectUnpaid(context, new SetAside());
    await server.drain();
    assert.equal(platform.steps.length, before);
    assert.deepEqual(await assertKept(server, platform), AS_RENTED);
  },
);

testOnEachEngine(
  'a number that is paid while its platform is leaving it is connected again',
  async (start) => {
    await using platform = await startKeepingPlatform();
    await using server = await start(platform.environment);
    const suspendTime = await rentUnpaid(server);
    platform.answer = async (): Promise<Mood> => {
      platform.answer = () => 'DONE';
      await credit(server, A_MONTH);
      await collectUnpaid(server.server.context, new SetAside());
      return 'DONE';
    };
    await advanceTo(server, suspendTime);
    assert.equal((await look(server)).dunning, undefined);
    assert.deepEqual(await assertKept(server, platform), AS_RENTED);
    await assertQuiet(server, platform);
  },
);

for (const how of ['ends', 'is released'] as const) {
  testOnEachEngine(
    `a suspended number that ${how} before its platform has left it is not sold before that`,
    async (start) => {
      await using platform = await startKeepingPlatform();
      await using server = await start(platform.environment);
      const suspendTime = await rentUnpaid(server);
      platform.answer = ({ service }) => (service === 'CAMPAIGN' ? 'AWAY' : 'REJECTED');
      await advanceTo(server, suspendTime);
      await passHours(server, 12);
      if (how === 'ends') await advanceTo(server, addDays(suspendTime, 23));
      else await release(server);
      await server.drain();
      await passHours(server, 12);
      assert.equal((await server.call('GET', `/activeNumbers/${NUMBER}`)).status, 404);
      assert.equal(await statusForOther(server), 404, 'the platform still holds it');
      const failures = await listFailures(server);
      assert.equal(failures.length, 4, 'each is told once by the suspension and once by the end');

      platform.answer = () => 'DONE';
      await passHours(server, 1);
      assert.deepEqual([...platform.kept.values()], []);
      assert.equal(await statusForOther(server), 200);
      await assertQuiet(server, platform);
    },
  );
}

testOnEachEngine('in grace a refusal is final, as it is for everybody', async (start) => {
  await using platform = await startKeepingPlatform();
  await using server = await start(platform.environment);
  await rentUnpaid(server);
  platform.answer = () => 'REJECTED';
  await change(server, { smsConfiguration: { servicePlanId: '' } });
  await server.drain();
  assert.deepEqual(scheduledOf(await look(server)), ['FAILED', ['CAMPAIGN_EXPIRED'], undefined]);
  await assertQuiet(server, platform);
});

function refusing(targetIds: readonly string[]): (step: PlatformStep) => Mood {
  return ({ targetId }) => (targetIds.includes(targetId) ? 'REJECTED' : 'DONE');
}

/** A connected number whose project can pay the rent and nothing more. @returns when it is to be suspended. */
async function rentUnpaid(server: TestServer, body: object = LINKED): Promise<Timestamp> {
  await credit(server, ONLY_RENT);
  const { nextChargeDate } = await rent(server, body);
  await server.drain();
  await advanceTo(server, nextChargeDate);
  return addDays(nextChargeDate, 7);
}

async function passHours(server: TestServer, hours: number): Promise<void> {
  for (let hour = 0; hour < hours; hour++) await server.advance(HOUR_MS);
}

/** Fails unless the number shows what the platform has, and nothing is left to be done. @returns what that is. */
async function assertKept(server: TestServer, { kept }: KeepingPlatform): Promise<string[]> {
  const number = await look(server);
  const links = linksOf(number);
  assert.deepEqual(
    ['SMS', 'CAMPAIGN', 'VOICE'].map((service) => kept.get(service) ?? ''),
    links,
  );
  assert.deepEqual(scheduledOf(number), [undefined, undefined, undefined]);
  return links;
}

/** Fails when the platform is asked for anything in the next two hours. */
async function assertQuiet(server: TestServer, platform: OperatorPlatform): Promise<void> {
  const asked = platform.steps.length;
  await passHours(server, 2);
  assert.equal(platform.steps.length, asked, 'nothing is left to be done');
}

function linksOf({ smsConfiguration, voiceConfiguration }: Json): string[] {
  return [smsConfiguration.servicePlanId, smsConfiguration.campaignId, voiceConfiguration.trunkId];
}

function scheduledOf({ smsConfiguration, voiceConfiguration }: Json) {
  const sms = smsConfiguration.scheduledProvisioning;
  const voice = voiceConfiguration.scheduledVoiceProvisioning;
  return [sms?.status, sms?.errorCodes, voice?.status];
}

async function listFailures(server: TestServer): Promise<string[]> {
  return (await listOutcomes(server)).filter((outcome) => outcome.endsWith('FAILED')).toSorted();
}

async function statusForOther(server: TestServer): Promise<number> {
  const options = { project: OTHER_PROJECT };
  return (await server.call('GET', `/availableNumbers/${NUMBER}`, options)).status;
}
