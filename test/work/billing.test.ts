import assert from 'node:assert/strict';

import { type Charge, listCharges } from '../../src/store/charge.ts';
import { testOnEachEngine } from '../support/engines.ts';
import {
  advanceTo,
  listEventTypes,
  look,
  NUMBER,
  numberAt,
  release,
  rent,
} from '../support/rentals.ts';
import { startServerBeside } from '../support/server-beside.ts';
import { PROJECT, TEST_START, type TestServer } from '../support/test-server.ts';

const POOL = { name: 'pool', first: NUMBER, size: 100 };
const TIME = TEST_START.slice('2026-01-31'.length);

testOnEachEngine('a rent is charged its setup and its first period in advance', async (start) => {
  await using server = await start();
  const rented = await rent(server, {});
  assert.equal(rented.nextChargeDate, `2026-02-28${TIME}`);
  const [setup, period, ...others] = await charges(server);
  assert.deepEqual(others, []);
  assert.deepEqual([setup?.kind, setup?.amountMinor, setup?.currencyCode], ['SETUP', 50, 'USD']);
  const { id, rentalId, ...line } = period!;
  assert.ok(id !== setup?.id && rentalId === setup?.rentalId);
  assert.deepEqual(line, {
    projectId: PROJECT.id,
    e164: NUMBER,
    kind: 'PERIOD',
    period: 0,
    periodStart: TEST_START,
    periodEnd: rented.nextChargeDate,
    currencyCode: 'USD',
    amountMinor: 75,
    createdAt: TEST_START,
  });
});

testOnEachEngine('a setup that costs nothing has no line', async (start) => {
  await using server = await start({}, [{ ...POOL, setupPriceMinor: 0 }]);
  await rent(server, {});
  assert.deepEqual(kinds(await charges(server)), ['PERIOD 75']);
});

testOnEachEngine('a number that costs nothing is charged nothing each month', async (start) => {
  await using server = await start({}, [{ ...POOL, setupPriceMinor: 0, monthlyPriceMinor: 0 }]);
  await rent(server, {});
  await advanceTo(server, `2026-02-28${TIME}`);
  assert.deepEqual(kinds(await charges(server)), ['PERIOD 0', 'PERIOD 0']);
});

testOnEachEngine(
  'a rental of the 31st renews at the end of each month, without drifting',
  async (start) => {
    await using server = await start();
    await rent(server, {});
    const ends = ['2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31'].map(
      (day) => `${day}${TIME}`,
    );
    for (const [i, end] of ends.entries()) {
      await advanceTo(server, end, -1);
      assert.equal((await charges(server)).length, 2 + i, `just before ${end}`);
      assert.equal((await look(server)).nextChargeDate, end);
      await advanceTo(server, end);
      const last = (await charges(server)).at(-1);
      assert.deepEqual([last?.kind, last?.period, last?.periodStart], ['PERIOD', i + 1, end]);
    }
    assert.deepEqual(await listEventTypes(server.server), ['RENTED', ...ends.map(() => 'RENEWED')]);
  },
);

testOnEachEngine(
  'a period of three months is charged for three months in advance',
  async (start) => {
    await using server = await start({}, [{ ...POOL, paymentIntervalMonths: 3 }]);
    const rented = await rent(server, {});
    assert.equal(rented.nextChargeDate, `2026-04-30${TIME}`);
    assert.deepEqual([rented.money.amount, rented.paymentIntervalMonths], ['0.75', 3]);
    await advanceTo(server, `2026-04-30${TIME}`);
    assert.deepEqual(kinds(await charges(server)), ['SETUP 50', 'PERIOD 225', 'PERIOD 225']);
    assert.equal((await look(server)).nextChargeDate, `2026-07-31${TIME}`);
  },
);

testOnEachEngine(
  'after a long time without a worker each period is charged once',
  async (start) => {
    await using server = await start();
    await rent(server, {});
    await advanceTo(server, `2027-06-15T00:00:00.000000Z`);
    const periods = (await charges(server)).filter(({ kind }) => kind === 'PERIOD');
    assert.equal(periods.length, 17);
    for (const [i, charge] of periods.entries()) {
      assert.equal(charge.period, i);
      assert.equal(charge.periodStart, i === 0 ? TEST_START : periods[i - 1]?.periodEnd);
    }
    assert.equal((await look(server)).nextChargeDate, `2027-06-30${TIME}`);
  },
);

testOnEachEngine('two workers charge each period once', async (start) => {
  await using server = await start();
  await using beside = await startServerBeside(server);
  const numbers = Array.from({ length: 40 }, (_, i) => numberAt(i));
  for (const number of numbers) await rent(server, {}, number);
  await Promise.all([advanceTo(server, `2026-04-30${TIME}`), beside.drain(), beside.drain()]);
  await server.drain();
  const periods = (await charges(server)).filter(({ kind }) => kind === 'PERIOD');
  assert.equal(periods.length, numbers.length * 4);
  assert.equal(new Set(periods.map((c) => `${c.e164} ${c.period}`)).size, periods.length);
});

testOnEachEngine('a rental keeps its price when its pool becomes dearer', async (start) => {
  await using server = await start();
  await rent(server, {});
  const { store, pools } = server.server.context;
  await store.write((db) =>
    db.run('UPDATE pool SET setup_price_minor = 99, monthly_price_minor = 98'),
  );
  pools.forget();
  await advanceTo(server, `2026-02-28${TIME}`);
  assert.deepEqual(kinds(await charges(server)), ['SETUP 50', 'PERIOD 75', 'PERIOD 75']);
  assert.equal((await look(server)).money.amount, '0.75');

  const dearer = await rent(server, {}, numberAt(1));
  assert.equal(dearer.money.amount, '0.98');
  assert.deepEqual(kinds(await charges(server)).slice(3), ['SETUP 99', 'PERIOD 98']);
});

testOnEachEngine(
  'a released number is not charged again and ends with its paid period',
  async (start) => {
    await using server = await start();
    await rent(server, {});
    await advanceTo(server, `2026-03-15T00:00:00.000000Z`);
    const released = await release(server);
    assert.equal(released.expireAt, `2026-03-31${TIME}`);
    assert.equal(released.nextChargeDate, released.expireAt);
    assert.deepEqual(await release(server), released, 'again changes nothing');

    await advanceTo(server, released.expireAt, -1);
    assert.deepEqual(await look(server), released);
    await advanceTo(server, released.expireAt);
    const gone = await server.call('GET', `/activeNumbers/${NUMBER}`);
    assert.equal(gone.status, 404);
    await advanceTo(server, `2026-09-01T00:00:00.000000Z`);
    assert.deepEqual(kinds(await charges(server)), ['SETUP 50', 'PERIOD 75', 'PERIOD 75']);
  },
);

testOnEachEngine(
  'a release pays for the periods that no worker has come to charge',
  async (start) => {
    await using server = await start();
    await rent(server, {});
    await advanceTo(server, `2026-04-15T00:00:00.000000Z`, 0, { drain: false });
    const released = await release(server);
    assert.equal(released.expireAt, `2026-04-30${TIME}`);
    await server.drain();
    assert.deepEqual(kinds(await charges(server)), [
      'SETUP 50',
      'PERIOD 75',
      'PERIOD 75',
      'PERIOD 75',
    ]);
    assert.equal((await look(server)).expireAt, released.expireAt);
  },
);

testOnEachEngine('another project is charged for its own numbers alone', async (start) => {
  await using server = await start();
  await rent(server, {});
  const others = await server.server.context.store.read((db) =>
    listCharges(db, 'project-two' as typeof PROJECT.id),
  );
  assert.deepEqual(others, []);
});

function charges({ server }: TestServer): Promise<Charge[]> {
  return server.context.store.read((db) => listCharges(db, PROJECT.id));
}

function kinds(lines: Charge[]): string[] {
  return lines.map(({ kind, amountMinor }) => `${kind} ${amountMinor}`);
}
