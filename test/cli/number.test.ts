import assert from 'node:assert/strict';

import { changeLimits } from '../../src/app/change-limits.ts';
import { checkHistory } from '../../src/app/check-history.ts';
import { recallNumber } from '../../src/app/recall-number.ts';
import { retireNumber } from '../../src/app/retire-number.ts';
import type { E164 } from '../../src/domain/phone-number.ts';
import { listCharges } from '../../src/store/charge.ts';
import { openCommandLine, US_LOCAL } from '../support/command-line.ts';
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

testOnEachEngine('a hold that is over does not keep a number from its recall', async (start) => {
  await using server = await start({}, [{ ...POOL, quarantineDays: 0 }]);
  await rent(server, {});
  const { expireAt } = await release(server);
  await advanceTo(server, expireAt);
  const held = await server.call('POST', '/numberHolds', {
    project: OTHER_PROJECT,
    body: { phoneNumbers: [NUMBER], ttlSeconds: 60 },
  });
  assert.equal(held.status, 200, held.text);
  await assert.rejects(recall(server), /it is HELD/);
  await advanceTo(server, held.json.numberHolds[0].expireTime, 0, { drain: false });
  await recall(server);
  await look(server);
});

testOnEachEngine("a recall goes beyond the project's limits", async (start) => {
  await using server = await start({}, [POOL]);
  await rent(server, {});
  const { expireAt } = await release(server);
  await advanceTo(server, expireAt);
  await changeLimits(server.server.context, PROJECT.id, { numbers: '0' });
  await recall(server);
  await look(server);
});

testOnEachEngine('a retired number is out of stock for good', async (start) => {
  await using server = await start({}, [POOL]);
  const { context } = server.server;
  const retire = (number = NUMBER) => retireNumber(context, number as E164);
  await rent(server, {});
  await assert.rejects(retire(), /it is ACTIVE/);
  const { expireAt } = await release(server);
  await assert.rejects(retire(), /it is RELEASING/);
  await advanceTo(server, expireAt);
  await retire();
  await retire();
  const [first, second] = ['+12025550100', '+12025550101'];
  await retire(second);
  await assert.rejects(retire('+12025559999'), /not in stock/);
  for (const number of [first, second]) {
    const rented = await server.call('POST', `/availableNumbers/${number}:rent`, { body: {} });
    assert.equal(rented.status, 404);
  }
  const found = await server.call('GET', '/availableNumbers?regionCode=US&type=LOCAL');
  assert.deepEqual(found.json.availableNumbers, []);
  await assert.rejects(recall(server), /it is RETIRED/);
  await server.advance(100 * 86_400_000);
  assert.deepEqual((await listEventTypes(server.server)).slice(-2), ['ENDED', 'RETIRED']);
  const differences: string[] = [];
  await checkHistory(context, ({ description }) => {
    differences.push(description);
  });
  assert.deepEqual(differences, []);
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
