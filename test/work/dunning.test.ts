import assert from 'node:assert/strict';

import { limitCredit } from '../../src/app/change-account.ts';
import { checkHistory } from '../../src/app/check-history.ts';
import { collectUnpaid } from '../../src/app/collect-unpaid.ts';
import { recallNumber } from '../../src/app/recall-number.ts';
import { releaseNumber } from '../../src/app/release-number.ts';
import { renewRentals } from '../../src/app/renew-rentals.ts';
import { SetAside } from '../../src/app/set-aside.ts';
import { suspendUnpaid } from '../../src/app/suspend-unpaid.ts';
import { MovableClock } from '../../src/clock.ts';
import type { E164 } from '../../src/domain/phone-number.ts';
import { addDays, type Timestamp } from '../../src/domain/timestamp.ts';
import { findNumber } from '../../src/store/number.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { accounts, assertBalanced, credit } from '../support/prepaid.ts';
import { quoteRelease } from '../support/quotes.ts';
import { startRecordingListener } from '../support/recording-listener.ts';
import {
  advanceTo,
  change,
  type Json,
  listEventTypes,
  look,
  NUMBER,
  numberAt,
  release,
  rent,
} from '../support/rentals.ts';
import { OTHER_PROJECT, PROJECT, type TestServer } from '../support/test-server.ts';

// A rent costs 0.50 for the setup and 0.75 for each month. Grace is 7 days, the end after 30.

const SMS = { smsConfiguration: { servicePlanId: 'plan', campaignId: 'campaign' } };
const VOICE = { voiceConfiguration: { type: 'EST', trunkId: 'trunk' } };
const ONLY_RENT = '1.25';

testOnEachEngine('a number that is not covered works on for its grace, unpaid', async (start) => {
  await using server = await start();
  const dueAt = await rentUnpaid(server, { ...SMS, ...VOICE });
  const number = await look(server);
  const [suspendTime, endTime] = [addDays(dueAt, 7), addDays(dueAt, 30)];
  assert.deepEqual(number.dunning, {
    state: 'GRACE',
    startTime: dueAt,
    suspendTime,
    endTime,
    amountDue: { currencyCode: 'USD', amount: '0.75' },
  });
  assert.deepEqual([number.nextChargeDate, number.expireAt], [dueAt, endTime]);
  assert.equal(number.smsConfiguration.servicePlanId, 'plan');
  // It can be connected to something else.
  await change(server, { smsConfiguration: { servicePlanId: 'other' } });
  await advanceTo(server, suspendTime, -1);
  assert.equal((await look(server)).smsConfiguration.servicePlanId, 'other');
  assert.deepEqual(await accounts(server), [
    {
      currencyCode: 'USD',
      balance: '0.00',
      creditLimit: '0.00',
      unpaid: { quantity: 1, amountDue: '0.75', suspendTime, endTime },
    },
  ]);
  assert.deepEqual(await listPeriods(server), [0]);
  await assertSound(server, 1);
});

testOnEachEngine('after its grace it is connected to nothing, until it is paid', async (start) => {
  await using server = await start();
  const dueAt = await rentUnpaid(server, { ...SMS, ...VOICE });
  await advanceTo(server, addDays(dueAt, 7));
  const suspended = await look(server);
  assert.equal(suspended.dunning.state, 'SUSPENDED');
  assert.equal(suspended.dunning.endTime, addDays(dueAt, 30));
  assert.deepEqual(linksOf(suspended), ['', '', '']);
  assert.equal((await accounts(server))[0].unpaid.suspendTime, null);

  for (const body of [SMS, VOICE]) {
    const refused = await server.call('PATCH', `/activeNumbers/${NUMBER}`, { body });
    assert.equal(refused.status, 400, refused.text);
    const [violation] = refused.json.error.details[0].violations;
    assert.deepEqual([violation.type, violation.subject], ['SUSPENDED', NUMBER]);
  }
  await change(server, { displayName: 'Support line' });

  await advanceTo(server, addDays(dueAt, 20));
  await credit(server, '0.74');
  await server.drain();
  assert.equal((await look(server)).dunning.state, 'SUSPENDED');
  await credit(server, '0.01');
  await server.drain();
  const paid = await look(server);
  assert.deepEqual(linksOf(paid), ['plan', 'campaign', 'trunk']);
  assert.deepEqual([paid.dunning, paid.expireAt], [undefined, null]);
  // The anniversary is what it was.
  assert.equal(paid.nextChargeDate, dueAt.replace('02-28', '03-31'));
  assert.deepEqual(await listPeriods(server), [0, 1]);
  assert.equal((await accounts(server))[0].balance, '0.00');
  const types = await listEventTypes(server.server);
  assert.deepEqual(
    types.filter((type) => !type.includes('PROVISIONING')),
    ['RENTED', 'DUNNING_STARTED', 'DUNNING_SUSPENDED', 'UPDATED', 'RENEWED', 'DUNNING_RESOLVED'],
  );
  await assertSound(server, 1);
});

testOnEachEngine(
  'it ends when nobody has paid, and its project is told of it all',
  async (start) => {
    await using listener = await startRecordingListener();
    await using server = await start({}, [
      { name: 'pool', first: NUMBER, size: 1, quarantineDays: 10 },
    ]);
    const dueAt = await rentUnpaid(server, { callbackUrl: listener.url });
    const endAt = addDays(dueAt, 30);
    for (const days of [7, 29]) await advanceTo(server, addDays(dueAt, days));
    await advanceTo(server, endAt, -1);
    await look(server);
    await advanceTo(server, endAt);
    assert.equal((await server.call('GET', `/activeNumbers/${NUMBER}`)).status, 404);
    assert.deepEqual(await stateOf(server), ['QUARANTINED', addDays(endAt, 10)]);
    assert.deepEqual(await listPeriods(server), [0]);
    const bodies = listener.requests.map(({ body }) => JSON.parse(body) as Json);
    assert.deepEqual(
      bodies.map(({ eventType, status, timestamp }) => [eventType, status, `${timestamp}Z`]),
      [
        ['DUNNING_STARTED', 'SUCCEEDED', dueAt],
        ['DUNNING_SUSPENDED', 'SUCCEEDED', addDays(dueAt, 7)],
        ['DUNNING_ENDED', 'SUCCEEDED', endAt],
      ],
    );
    const { json } = await server.call('GET', `/numberEvents/${NUMBER}`);
    const started = json.numberEvents.find(
      ({ eventType }: Json) => eventType === 'DUNNING_STARTED',
    );
    assert.deepEqual([started.from, started.to], ['ACTIVE', 'RELEASING']);
    assert.deepEqual(started.details, {
      period: 1,
      amount: { currencyCode: 'USD', amount: '0.75' },
      suspendTime: addDays(dueAt, 7),
      endTime: endAt,
    });
    // Money that comes too late stays where it is.
    await credit(server, '5.00');
    await server.drain();
    assert.equal((await accounts(server))[0].balance, '5.00');
    await assertSound(server, 1);
  },
);

testOnEachEngine('money pays the oldest debt first, as far as it goes', async (start) => {
  await using server = await start();
  await credit(server, '3.75');
  for (const place of [2, 0, 1]) {
    await rent(server, {}, numberAt(place));
    await advanceBy(server, 1);
  }
  await advanceTo(server, '2026-03-05T00:00:00.000000Z');
  assert.deepEqual(await listUnpaid(server), [0, 1, 2].map(numberAt));
  await credit(server, '1.50');
  await server.drain();
  assert.deepEqual(await listUnpaid(server), [numberAt(1)]);
  await limitCredit(server.server.context, PROJECT.id, {
    creditLimit: '0.75',
    currencyCode: 'USD',
  });
  await server.drain();
  assert.deepEqual(await listUnpaid(server), []);
  assert.equal((await accounts(server))[0].balance, '-0.75');
  await assertSound(server, 1);
});

testOnEachEngine(
  'after a standstill over several periods the dates count from its end, and stay',
  async (start) => {
    await using server = await start();
    await credit(server, '2.00');
    await rent(server, {});
    await advanceTo(server, '2026-05-15T00:00:00.000000Z');
    // The balance was enough for February's period, and not for those of March and April.
    const { dunning, nextChargeDate } = await look(server);
    const now = server.server.context.clock.now();
    assert.deepEqual(
      [dunning.startTime, dunning.suspendTime, dunning.endTime],
      [now, addDays(now, 7), addDays(now, 30)],
    );
    assert.equal(nextChargeDate.slice(0, 10), '2026-03-31');
    assert.equal((await accounts(server))[0].unpaid.amountDue, '1.50');
    await advanceBy(server, 10);
    await credit(server, '0.75');
    await server.drain();
    const half = await look(server);
    assert.equal(half.nextChargeDate.slice(0, 10), '2026-04-30');
    assert.deepEqual(half.dunning, { ...dunning, state: 'SUSPENDED' });
    await credit(server, '0.75');
    await server.drain();
    const paid = await look(server);
    assert.deepEqual([paid.dunning, paid.expireAt], [undefined, null]);
    assert.equal(paid.nextChargeDate.slice(0, 10), '2026-05-31');
    assert.deepEqual(await listPeriods(server), [0, 1, 2, 3]);
    await assertSound(server, 1);
  },
);

testOnEachEngine('a jump over all its dates ends it in small steps as well', async (start) => {
  await using server = await start();
  const dueAt = await rentUnpaid(server, VOICE);
  await advanceTo(server, addDays(dueAt, 365));
  assert.equal((await server.call('GET', `/activeNumbers/${NUMBER}`)).status, 404);
  assert.deepEqual(await stateOf(server), ['AVAILABLE', null]);
  assert.deepEqual(await listPeriods(server), [0]);
  await assertSound(server, 1);
});

testOnEachEngine('what was paid in time goes on, however late the worker comes', async (start) => {
  await using server = await start();
  const dueAt = await rentUnpaid(server, VOICE);
  await advanceTo(server, addDays(dueAt, 5), 0, { drain: false });
  await credit(server, '5.00');
  await advanceTo(server, addDays(dueAt, 31), 0, { drain: false });
  await server.drain();
  const number = await look(server);
  assert.deepEqual([number.dunning, number.expireAt], [undefined, null]);
  assert.equal(number.voiceConfiguration.trunkId, 'trunk');
  // March's period has begun too.
  assert.deepEqual(await listPeriods(server), [0, 1, 2]);
  await assertSound(server, 1);
});

testOnEachEngine(
  'a release from dunning is not undone where a clock is behind the one of the release',
  async (start) => {
    await using server = await start();
    const dueAt = await rentUnpaid(server, VOICE);
    await advanceTo(server, addDays(dueAt, 10));
    const { context } = server.server;
    const ahead = { ...context, clock: new MovableClock(context.clock) };
    ahead.clock.advance(2000);
    const caller = { projectId: PROJECT.id, actor: PROJECT.keyId, requestId: 'ahead' };
    const { expireAt } = await releaseNumber(ahead, caller, NUMBER as E164);
    assert.ok(expireAt !== null && expireAt > context.clock.now());
    const undo = await server.call('POST', `/activeNumbers/${NUMBER}:undoRelease`);
    assert.equal(undo.status, 404, undo.text);
    await assert.rejects(recallNumber(context, NUMBER as E164), { code: 'FAILED_PRECONDITION' });
    await server.advance(3000);
    assert.equal((await server.call('GET', `/activeNumbers/${NUMBER}`)).status, 404);
    await assertSound(server, 1);
  },
);

testOnEachEngine('an unpaid number can be released, and ends at once', async (start) => {
  for (const days of [1, 10]) {
    await using server = await start({}, [
      { name: 'pool', first: NUMBER, size: 1, quarantineDays: 10 },
    ]);
    const dueAt = await rentUnpaid(server, VOICE);
    await advanceTo(server, addDays(dueAt, days));
    const now = addDays(dueAt, days);

    const undo = await server.call('POST', `/activeNumbers/${NUMBER}:undoRelease`);
    assert.equal(undo.status, 400, undo.text);
    assert.equal(undo.json.error.details[0].violations[0].type, 'INSUFFICIENT_BALANCE');
    await assert.rejects(recallNumber(server.server.context, NUMBER as E164), {
      code: 'FAILED_PRECONDITION',
    });
    await change(server, { deletionLock: true });
    assert.equal((await server.call('POST', `/activeNumbers/${NUMBER}:release`)).status, 400);
    await change(server, { deletionLock: false });

    const quote = await quoteRelease(server);
    const released = await release(server);
    assert.deepEqual([released.expireAt, released.dunning], [now, undefined]);
    assert.equal(quote.expireAt, now);
    assert.deepEqual(quote.totalDue, { currencyCode: 'USD', amount: '0.00' });
    assert.equal(quote.quarantineUntil, addDays(now, 10));
    assert.equal((await release(server)).expireAt, now);
    // Money is not taken for what has been given back.
    await credit(server, '5.00');
    await server.drain();
    assert.equal((await accounts(server))[0].balance, '5.00');
    assert.deepEqual(await stateOf(server), ['QUARANTINED', addDays(now, 10)]);

    const back = await recallNumber(server.server.context, NUMBER as E164);
    assert.equal(back.projectId, PROJECT.id);
    await server.drain();
    assert.equal((await look(server)).voiceConfiguration.trunkId, 'trunk');
    await assertSound(server, 1);
  }
});

testOnEachEngine(
  'a release that comes before the worker finds what is covered, and its quote too',
  async (start) => {
    for (const [balance, periods] of [
      ['1.25', [0]],
      ['2.00', [0, 1]],
    ] as const) {
      await using server = await start();
      await credit(server, balance);
      await rent(server, {});
      await advanceTo(server, '2026-04-10T00:00:00.000000Z', 0, { drain: false });
      const quote = await quoteRelease(server);
      const released = await release(server);
      assert.equal(quote.expireAt, released.expireAt);
      assert.equal(released.expireAt, server.server.context.clock.now());
      assert.equal(quote.totalDue.amount, periods.length === 1 ? '0.00' : '0.75');
      assert.deepEqual(await listPeriods(server), [...periods]);
      await server.drain();
      assert.equal((await server.call('GET', `/activeNumbers/${NUMBER}`)).status, 404);
      await assertSound(server, 1);
    }
  },
);

testOnEachEngine('without grace a number is suspended at once', async (start) => {
  await using server = await start({
    NUMBERYARD_DUNNING_GRACE_DAYS: '0',
    NUMBERYARD_DUNNING_END_DAYS: '3',
  });
  const dueAt = await rentUnpaid(server, VOICE);
  const number = await look(server);
  assert.deepEqual([number.dunning.state, number.expireAt], ['SUSPENDED', addDays(dueAt, 3)]);
  assert.deepEqual(linksOf(number), ['', '', '']);
});

testOnEachEngine('only who pays in advance is dunned, and by the own account', async (start) => {
  await using server = await start();
  await rent(server, {}, numberAt(1));
  const other = { project: OTHER_PROJECT, body: {} };
  await credit(server, '100.00', OTHER_PROJECT);
  assert.equal(
    (await server.call('POST', `/availableNumbers/${numberAt(2)}:rent`, other)).status,
    200,
  );
  // Rented when the project paid afterwards; it has an account in this currency only.
  const foreign = '+448081570000';
  await rent(server, {}, foreign);
  await rentUnpaid(server, {});
  await server.drain();
  assert.deepEqual(await listUnpaid(server), [NUMBER, numberAt(1)]);
  assert.equal((await accounts(server, OTHER_PROJECT))[0].unpaid, null);
  assert.equal((await accounts(server, OTHER_PROJECT))[0].balance, '98.00');
  await assertSound(server, 2);
});

testOnEachEngine('a number that costs nothing is never unpaid', async (start) => {
  await using server = await start({}, [
    { name: 'free', first: NUMBER, size: 1, setupPriceMinor: 0, monthlyPriceMinor: 0 },
    { name: 'dear', first: '+13125550100', size: 1 },
  ]);
  await credit(server, ONLY_RENT);
  await rent(server, {}, '+13125550100');
  await rent(server, {});
  await advanceTo(server, '2026-03-01T00:00:00.000000Z');
  assert.deepEqual(await listUnpaid(server), ['+13125550100']);
});

testOnEachEngine(
  'workers, payments and releases at once leave no number half paid',
  async (start) => {
    await using server = await start();
    const { context } = server.server;
    const places = Array.from({ length: 12 }, (_, i) => i);
    await credit(server, '15.00');
    for (const place of places) await rent(server, {}, numberAt(place));
    for (let month = 3; month <= 6; month++) {
      await advanceTo(server, `2026-0${month}-05T00:00:00.000000Z`, 0, { drain: false });
      await Promise.all([
        ...[1, 2, 3].flatMap(() => [
          renewRentals(context, new SetAside()),
          collectUnpaid(context, new SetAside()),
          suspendUnpaid(context, new SetAside()),
        ]),
        ...[1, 2, 3, 4].map(() => credit(server, '1.10')),
        server.call('POST', `/activeNumbers/${numberAt(month)}:release`),
        server.call('POST', `/activeNumbers/${numberAt(month)}:undoRelease`),
      ]);
      await server.drain();
      await assertSound(server, 1);
      const [{ balance, unpaid }] = await accounts(server);
      // Whatever the balance still covers is paid.
      assert.ok(unpaid === null || Number(balance) < 0.75, `${balance} is left`);
      assert.ok(Number(balance) >= 0, `the balance is ${balance}`);
    }
  },
);

/** A number whose project can pay the rent and nothing more. @returns when it became unpaid. */
async function rentUnpaid(server: TestServer, body: object): Promise<Timestamp> {
  await credit(server, ONLY_RENT);
  const { nextChargeDate } = await rent(server, body);
  await server.drain();
  await advanceTo(server, nextChargeDate);
  return nextChargeDate;
}

async function advanceBy(server: TestServer, days: number): Promise<void> {
  await server.advance(days * 86_400_000);
}

function linksOf({ smsConfiguration, voiceConfiguration }: Json): string[] {
  return [smsConfiguration.servicePlanId, smsConfiguration.campaignId, voiceConfiguration.trunkId];
}

/** Which periods of the first number were charged. */
async function listPeriods(server: TestServer): Promise<number[]> {
  return server.server.context.store.read((db) =>
    db.column<number>(
      `SELECT period FROM charge WHERE e164 = '${NUMBER}' AND kind = 'PERIOD' ORDER BY period`,
    ),
  );
}

async function listUnpaid(server: TestServer): Promise<string[]> {
  const { json } = await server.call('GET', '/activeNumbers?pageSize=100');
  return json.activeNumbers
    .filter(({ dunning }: Json) => dunning !== undefined)
    .map(({ phoneNumber }: Json) => phoneNumber);
}

async function stateOf(server: TestServer) {
  const number = await server.server.context.store.read((db) => findNumber(db, NUMBER as E164));
  return [number?.state, number?.stateUntil];
}

/** Fails unless balances are payments less charges, and histories lead to what the numbers are. */
async function assertSound(server: TestServer, accountCount: number): Promise<void> {
  await assertBalanced(server, accountCount);
  const differences: string[] = [];
  await checkHistory(server.server.context, ({ e164, description }) => {
    differences.push(`${e164}: ${description}`);
  });
  assert.deepEqual(differences, []);
}
