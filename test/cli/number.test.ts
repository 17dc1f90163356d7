import assert from 'node:assert/strict';

import { recallNumber } from '../../src/app/recall-number.ts';
import type { E164 } from '../../src/domain/phone-number.ts';
import { listCharges } from '../../src/store/charge.ts';
import { openCommandLine, US_LOCAL } from '../support/command-line.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { advanceTo, change, look, NUMBER, release, rent } from '../support/rentals.ts';
import { OTHER_PROJECT, PROJECT, type TestServer } from '../support/test-server.ts';

const POOL = { name: 'pool', first: NUMBER, size: 2, quarantineDays: 10 };
const LINKS = {
  smsConfiguration: { servicePlanId: 'plan', campaignId: '' },
  voiceConfiguration: { type: 'EST', trunkId: 'trunk' },
  callbackUrl: 'http://127.0.0.1:9/numbers',
};

testOnEachEngine('a recall before the end takes the release back', async (start) => {
  await using server = await start({}, [POOL]);
  const rented = await rent(server, {});
  await release(server);
  await recall(server);
  assert.deepEqual(await look(server), rented);
});

testOnEachEngine(
  'a recall from quarantine begins a rental like the last one, without a setup charge',
  async (start) => {
    await using server = await start({}, [POOL]);
    await rent(server, LINKS);
    await server.drain();
    await change(server, { displayName: 'Desk' });
    const before = await look(server);
    const { expireAt } = await release(server);
    await advanceTo(server, expireAt);
    assert.equal((await server.call('GET', `/activeNumbers/${NUMBER}`)).status, 404);
    // What has become dearer since does not matter.
    await server.server.context.store.write((db) =>
      db.run('UPDATE pool SET monthly_price_minor = 98'),
    );

    await recall(server);
    await server.drain();
    const { nextChargeDate, ...after } = await look(server);
    const { nextChargeDate: _, ...expected } = before;
    assert.deepEqual(after, expected);
    assert.ok(nextChargeDate > expireAt);
    const charges = await server.server.context.store.read((db) => listCharges(db, PROJECT.id));
    assert.deepEqual(
      charges.map(({ kind, amountMinor }) => [kind, amountMinor]),
      [
        ['SETUP', 50],
        ['PERIOD', 75],
        ['PERIOD', 75],
      ],
    );
  },
);

testOnEachEngine('what somebody else has, or nobody ever had, is not recalled', async (start) => {
  await using server = await start({}, [{ ...POOL, quarantineDays: 0 }]);
  await assert.rejects(recall(server), /nobody has ever rented it/);
  await rent(server, {});
  await assert.rejects(recall(server), /it is ACTIVE/);
  const { expireAt } = await release(server);
  await advanceTo(server, expireAt);
  await server.call('POST', `/availableNumbers/${NUMBER}:rent`, {
    project: OTHER_PROJECT,
    body: {},
  });
  await assert.rejects(recall(server), /it is ACTIVE/);
  await assert.rejects(recall(server, '+12025559999'), /not in stock/);
});

testOnEachEngine('the commands say what they did and what is wrong', async (_start, engine) => {
  await using cli = await openCommandLine(engine);
  await cli.mustRun(...US_LOCAL);
  assert.equal(
    (await cli.mustRun('check')).trim(),
    'Checked 0 numbers and 0 events: every number is what its history says.',
  );
  for (const command of ['history', 'recall']) {
    const wrong = await cli.run(['number', command, '2025550100']);
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /is not a number in E\.164 format/);
    assert.match((await cli.run(['number', command, NUMBER])).stderr, /is not in stock/);
  }
});

function recall({ server }: TestServer, e164 = NUMBER) {
  return recallNumber(server.context, e164 as E164);
}
