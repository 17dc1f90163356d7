import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';

import { endRentals } from '../../src/app/end-rentals.ts';
import { SetAside } from '../../src/app/set-aside.ts';
import { takePlatformAnswer } from '../../src/app/take-platform-answer.ts';
import type { Context } from '../../src/context.ts';
import { listCharges } from '../../src/store/charge.ts';
import { takeDueRentals } from '../../src/store/due-rental.ts';
import { findNumber, lockNumber } from '../../src/store/number.ts';
import type { E164 } from '../../src/domain/phone-number.ts';
import type { Timestamp } from '../../src/domain/timestamp.ts';
import type { Store } from '../../src/store/store.ts';
import { testOnEachEngine, testOnEngine } from '../support/engines.ts';
import {
  createOrder,
  fillOrder,
  GERMAN_STOCK,
  getState,
  submit,
} from '../support/number-orders.ts';
import { answering, startOperatorPlatform } from '../support/operator-platform.ts';
import {
  advanceTo,
  change,
  listOutcomes,
  look,
  NUMBER,
  numberAt,
  release,
  rent,
} from '../support/rentals.ts';
import { PROJECT, type TestServer } from '../support/test-server.ts';

testOnEachEngine(
  'a sweep that fails stops neither the others nor the jobs, and is tried again',
  async (start) => {
    await using server = await start();
    await rent(server, { voiceConfiguration: { appId: 'app' } });
    const { nextChargeDate } = await look(server);
    await write(server, 'ALTER TABLE number RENAME COLUMN state_until TO gone');
    await advanceTo(server, nextChargeDate);
    assert.equal((await look(server)).voiceConfiguration.appId, 'app');
    assert.equal(await countPeriods(server, NUMBER), 2);

    await write(server, 'ALTER TABLE number RENAME COLUMN gone TO state_until');
    await release(server);
    await write(
      server,
      `UPDATE number SET state_until = '2026-01-01' WHERE e164 = '${numberAt(1)}'`,
      'UPDATE number SET state = 4 WHERE state_until IS NOT NULL',
    );
    await server.drain();
    assert.notEqual(await stateOf(server, numberAt(1)), 'AVAILABLE', 'it waits a minute');
    await server.advance(60_000);
    assert.equal(await stateOf(server, numberAt(1)), 'AVAILABLE');
  },
);

testOnEachEngine('a rental that cannot be renewed holds up no other', async (start) => {
  await using server = await start();
  for (const i of [0, 1, 2]) await rent(server, {}, numberAt(i));
  const { nextChargeDate } = await look(server);
  // Its next period is charged already, which must not be: `charge_once` refuses another.
  const isSecond = `e164 = '${numberAt(1)}' AND kind = 'PERIOD'`;
  await write(server, `UPDATE charge SET period = 1 WHERE ${isSecond}`);
  await advanceTo(server, nextChargeDate);
  assert.deepEqual(await periodsOfAll(server), [2, 1, 2]);

  await write(server, `UPDATE charge SET period = 0 WHERE ${isSecond}`);
  await server.advance(599_999);
  assert.deepEqual(await periodsOfAll(server), [2, 1, 2]);
  await server.advance(1);
  assert.deepEqual(await periodsOfAll(server), [2, 2, 2]);
});

testOnEachEngine('a rental that cannot be ended holds up no other', async (start) => {
  await using server = await start();
  const numbers = [0, 1, 2].map(numberAt);
  for (const number of numbers) await rent(server, {}, number);
  for (const number of numbers) await release(server, number);
  const { expireAt } = await look(server);
  await write(server, `UPDATE number SET state = 1 WHERE e164 = '${numberAt(1)}'`);
  await advanceTo(server, expireAt);
  const statuses = await Promise.all(
    numbers.map(async (number) => (await server.call('GET', `/activeNumbers/${number}`)).status),
  );
  assert.deepEqual(statuses, [404, 200, 404]);
});

testOnEachEngine(
  'what has changed since a batch was undone is seen by those that follow one by one',
  async (start) => {
    let answer = answering({ status: 'ACCEPTED' }, 202);
    await using platform = await startOperatorPlatform((...asked) => answer(...asked));
    await using server = await start(platform.environment, [
      { name: 'pool', first: NUMBER, size: 2, quarantineDays: 0 },
    ]);
    const { context } = server.server;
    for (const place of [0, 1]) {
      await rent(server, {}, numberAt(place));
      await release(server, numberAt(place));
    }
    const { expireAt } = await look(server);
    await change(server, { voiceConfiguration: { appId: 'app' } });
    await advanceTo(server, expireAt, -1000);
    // The batch of both fails.
    await write(server, `UPDATE number SET state = 1 WHERE e164 = '${numberAt(1)}'`);
    await advanceTo(server, expireAt, 0, { drain: false });
    const store: Store = {
      ...context.store,
      async write(fn, options) {
        try {
          return await context.store.write(fn, options);
        } catch (error) {
          await reportDone(context);
          throw error;
        }
      },
    };
    await endRentals({ ...context, store }, new SetAside());
    answer = answering({ status: 'DONE' });
    await server.drain();
    const outcomes = await listOutcomes(server);
    assert.deepEqual(outcomes, [
      'PROVISIONING_TO_VOICE_PLATFORM SUCCEEDED',
      'DEPROVISIONING_FROM_VOICE_PLATFORM SUCCEEDED',
    ]);
    assert.equal(await stateOf(server, NUMBER), 'AVAILABLE');
  },
);

/** The platform says that the step which is under way, if there is one, is done. */
async function reportDone(context: Context): Promise<void> {
  const [step] = await context.store.read((db) =>
    db.all<{ id: string; stepsDone: number }>(
      `SELECT id, steps_done AS "stepsDone" FROM provisioning WHERE status = 'IN_PROGRESS'`,
    ),
  );
  if (step !== undefined) await takePlatformAnswer(context, step, { outcome: 'DONE' });
}

testOnEachEngine('an order that cannot be ended or reviewed holds up no other', async (start) => {
  await using server = await start({}, GERMAN_STOCK);
  const option = (phoneNumber: string) => ({ numberOrderOption: { phoneNumbers: [phoneNumber] } });
  const create = async (place: number) =>
    (await createOrder(server, option(`+4930231250${String(place).padStart(2, '0')}`)))
      .idNumberOrder as string;
  const expiring = [await create(0), await create(1)];
  const submitted = [await create(2), await create(3)];
  for (const id of submitted) {
    await fillOrder(server, id);
    await submit(server, id);
  }
  const statesOf = (ids: string[]) => Promise.all(ids.map((id) => getState(server, id)));
  const bad = [expiring[0]!, submitted[0]!];
  const setRequest = (text: string) =>
    write(
      server,
      ...bad.map((id) => `UPDATE number_order SET request = '${text}' WHERE id = '${id}'`),
    );
  await setRequest('no JSON');
  await server.drain();
  await setRequest('{}');
  assert.deepEqual(await statesOf(submitted), ['IN_REVIEW', 'COMPLETED']);
  await setRequest('no JSON');
  await server.advance(2 * 86_400_000);
  await setRequest('{}');
  assert.deepEqual(await statesOf(expiring), ['CREATED', 'EXPIRED']);
  await server.advance(600_000);
  assert.deepEqual(await statesOf(bad), ['EXPIRED', 'COMPLETED']);
});

testOnEngine(
  'postgres',
  'workers that sweep at once take different numbers and wait for nobody',
  { because: 'SQLite has one writer at a time' },
  async (start) => {
    await using server = await start();
    const { store } = server.server.context;
    const numbers = [0, 1, 2, 3, 4].map(numberAt) as E164[];
    for (const number of numbers) await rent(server, {}, number);
    const [held = '', ...others] = numbers;
    const later = '2999-01-01T00:00:00.000000Z' as Timestamp;
    const take = (limit: number, meanwhile = async () => {}) =>
      store.write(async (db) => {
        const taken = (await takeDueRentals(db, later, limit)).map(({ e164 }) => e164);
        await meanwhile();
        return taken;
      });
    // A request holds one of them, and two workers come along.
    const taken = await store.write(async (db) => {
      await lockNumber(db, held as E164);
      return outside(async () => {
        let second: E164[] = [];
        const first = await take(2, async () => {
          second = await outside(() => take(9));
        });
        return [first, second];
      });
    });
    assert.deepEqual(
      taken.map(({ length }) => length),
      [2, 2],
    );
    assert.deepEqual(taken.flat().sort(), others);
  },
);

/** As another process would: a store refuses a write inside a write. */
const outside = AsyncLocalStorage.snapshot();

async function write({ server }: TestServer, ...statements: string[]): Promise<void> {
  await server.context.store.write(async (db) => {
    for (const sql of statements) await db.run(sql);
  });
}

function periodsOfAll(server: TestServer): Promise<number[]> {
  return Promise.all([0, 1, 2].map((i) => countPeriods(server, numberAt(i))));
}

async function countPeriods({ server }: TestServer, number: string): Promise<number> {
  const charges = await server.context.store.read((db) => listCharges(db, PROJECT.id));
  return charges.filter(({ kind, e164 }) => kind === 'PERIOD' && e164 === number).length;
}

async function stateOf({ server }: TestServer, number: string): Promise<string | undefined> {
  return (await server.context.store.read((db) => findNumber(db, number as E164)))?.state;
}
