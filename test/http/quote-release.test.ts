import assert from 'node:assert/strict';

import type { E164 } from '../../src/domain/phone-number.ts';
import { findNumber } from '../../src/store/number.ts';
import { toAddressRequest } from '../support/emergency-addresses.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { listSteps, quoteRelease, sumCharges } from '../support/quotes.ts';
import { advanceTo, change, look, NUMBER, rent } from '../support/rentals.ts';
import type { TestServer } from '../support/test-server.ts';

const SMS = { smsConfiguration: { servicePlanId: 'plan' } };
const CAMPAIGN = { smsConfiguration: { servicePlanId: 'plan', campaignId: 'campaign' } };
const VOICE = { voiceConfiguration: { type: 'EST', trunkId: 'trunk' } };
const isIt = (number: string) => number === NUMBER;

/** What a number may be connected to, and how far its platforms are. */
const CONNECTIONS: ((server: TestServer, number: string) => Promise<unknown>)[] = [
  async () => {},
  async (server, number) => {
    await change(server, { ...CAMPAIGN, ...VOICE }, number);
    await server.drain();
    const path = `/activeNumbers/${number}/emergencyAddress:provision`;
    const answer = await server.call('POST', path, { body: toAddressRequest() });
    assert.equal(answer.status, 200, answer.text);
  },
  async (server, number) => {
    await change(server, { ...SMS, ...VOICE }, number);
    await server.drain();
    // On their way when the number is released.
    await change(server, { ...CAMPAIGN, voiceConfiguration: { appId: 'app' } }, number);
  },
  async (server, number) => {
    await change(
      server,
      { smsConfiguration: { servicePlanId: 'a', campaignId: 'CAMPAIGN_EXPIRED' } },
      number,
    );
    await server.drain();
  },
  async (server, number) => {
    // The platform has been asked, and nobody knows what came of it.
    await change(server, { ...VOICE, smsConfiguration: { servicePlanId: 'SLOW' } }, number);
    await server.drain();
  },
];

/** Days of quarantine, and months of a period. */
const TERMS = [
  [0, 3],
  [45, 1],
] as const;

testOnEachEngine('a release does what its quote said', async (start) => {
  for (const [i, connect] of CONNECTIONS.entries()) {
    for (const [quarantineDays, paymentIntervalMonths] of TERMS) {
      await using server = await start({}, [
        {
          name: 'pool',
          first: NUMBER,
          size: 10,
          emergencyAddresses: true,
          currencyCode: 'JPY',
          quarantineDays,
          paymentIntervalMonths,
        },
      ]);
      await rent(server, {});
      await advanceTo(server, '2026-04-30T11:00:00.000000Z');
      await connect(server, NUMBER);
      await assertReleased(server, `connection ${i}, ${quarantineDays} ${paymentIntervalMonths}`);
    }
  }
});

async function assertReleased(server: TestServer, where: string): Promise<void> {
  const shown = await look(server);
  const paid = await sumCharges(server, isIt);
  const quote = await quoteRelease(server);
  const released = await server.call('POST', `/activeNumbers/${NUMBER}:release`);
  assert.equal(quote.expireAt, released.json.expireAt, where);
  const { scheduledProvisioning } = shown.smsConfiguration;
  assert.deepEqual(quote.scheduledProvisioning, scheduledProvisioning, where);
  const { scheduledVoiceProvisioning } = shown.voiceConfiguration;
  assert.deepEqual(quote.scheduledVoiceProvisioning, scheduledVoiceProvisioning, where);
  assert.deepEqual(await sumCharges(server, isIt), paid, where);

  await advanceTo(server, quote.undoUntil, -1, { drain: false });
  const undo = () => server.call('POST', `/activeNumbers/${NUMBER}:undoRelease`);
  const release = () => server.call('POST', `/activeNumbers/${NUMBER}:release`);
  assert.equal((await undo()).status, 200, where);
  assert.equal((await release()).json.expireAt, quote.expireAt, where);
  await advanceTo(server, quote.undoUntil, 0, { drain: false });
  assert.equal((await undo()).status, 404, where);

  const asked = (await listSteps(server, NUMBER)).length;
  await server.drain();
  assert.deepEqual((await listSteps(server, NUMBER)).slice(asked), quote.provisioningSteps, where);
  const { store } = server.server.context;
  const number = await store.read((db) => findNumber(db, NUMBER as E164));
  const state = quote.quarantineUntil === null ? 'AVAILABLE' : 'QUARANTINED';
  assert.deepEqual([number?.state, number?.stateUntil], [state, quote.quarantineUntil], where);
  const address = await server.server.context.store.read((db) =>
    db.column<number>("SELECT count(*) FROM event WHERE type = 'EMERGENCY_ADDRESS_DEPROVISIONED'"),
  );
  assert.equal(address[0] === 1, quote.emergencyAddressRemoved, where);
}

testOnEachEngine(
  'a release quote tells what is due, locked, or released already',
  async (start) => {
    await using server = await start();
    await rent(server, {});
    // Two periods have begun that the worker has not charged.
    await advanceTo(server, '2026-04-15T00:00:00.000000Z', 0, { drain: false });
    const quote = await quoteRelease(server);
    assert.deepEqual(quote.totalDue, { currencyCode: 'USD', amount: '1.50' });
    assert.deepEqual(quote.paidPeriod, {
      startTime: '2026-03-31T10:20:30.123456Z',
      endTime: '2026-04-30T10:20:30.123456Z',
      price: { currencyCode: 'USD', amount: '0.75' },
    });
    await change(server, { deletionLock: true });
    const [problem] = (await quoteRelease(server)).problems;
    const refused = await server.call('POST', `/activeNumbers/${NUMBER}:release`);
    assert.deepEqual(problem, refused.json.error);
    await change(server, { deletionLock: false });
    const released = await server.call('POST', `/activeNumbers/${NUMBER}:release`);
    assert.equal(released.json.expireAt, quote.expireAt);
    const charged = await sumCharges(server, isIt);
    assert.deepEqual(charged, [{ currencyCode: 'USD', amount: '2.75' }]);
    const again = await quoteRelease(server);
    assert.deepEqual([again.expireAt, again.totalDue.amount], [quote.expireAt, '0.00']);
  },
);
