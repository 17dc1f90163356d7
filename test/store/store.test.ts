import assert from 'node:assert/strict';

import { findSetting, putSettingOnce, type SettingName } from '../../src/store/setting.ts';
import type { SqlValue, Writer } from '../../src/store/store.ts';
import { testOnEachEngine } from '../support/engines.ts';

const ONE = 'test-one' as SettingName;
const TWO = 'test-two' as SettingName;

testOnEachEngine(
  'a write that fails half-way leaves nothing behind, and its error arrives as it is',
  async (start) => {
    await using server = await start({}, []);
    const { store } = server.server.context;
    const failure = new Error('half-way');
    await assert.rejects(
      store.write(async (db) => {
        await putSettingOnce(db, ONE, 'a');
        await putSettingOnce(db, TWO, 'b');
        throw failure;
      }),
      (error) => error === failure,
    );
    assert.equal(await store.read((db) => findSetting(db, ONE)), undefined);
    assert.equal(await store.read((db) => findSetting(db, TWO)), undefined);
  },
);

testOnEachEngine(
  'of writes that wait together, those that fail take no other with them',
  async (start) => {
    await using server = await start({}, []);
    const { store } = server.server.context;
    const outcomes = await Promise.allSettled(
      Array.from({ length: 40 }, (_, i) =>
        store.write(async (db) => {
          await putSettingOnce(db, `name-${i}` as SettingName, 'x');
          if (i % 10 === 3) throw new Error(`number ${i} fails`);
          // A constraint of the database ends the statement, and so must end this write alone.
          if (i % 10 === 7) await db.run("INSERT INTO setting (name) VALUES ('no value')");
          return i;
        }),
      ),
    );
    const names = await store.read((db) => db.column<string>('SELECT name FROM setting'));
    for (const [i, outcome] of outcomes.entries()) {
      const failed = i % 10 === 3 || i % 10 === 7;
      assert.equal(outcome.status, failed ? 'rejected' : 'fulfilled', `write ${i}`);
      if (outcome.status === 'fulfilled') assert.equal(outcome.value, i);
      assert.equal(names.includes(`name-${i}`), !failed, `row ${i}`);
    }
  },
);

testOnEachEngine('a handle that is kept beyond its transaction refuses to work', async (start) => {
  await using server = await start({}, []);
  const { store } = server.server.context;
  const kept: Writer[] = [];
  await store.write(async (db) => kept.push(db));
  await assert.rejects(
    store.write(async (db) => {
      kept.push(db);
      throw new Error('rolled back');
    }),
  );
  for (const db of kept) {
    for (const use of [
      async () => putSettingOnce(db, ONE, 'x'),
      async () => db.get('SELECT 1'),
      async () => db.all('SELECT 1'),
      async () => db.column('SELECT 1'),
    ]) {
      await assert.rejects(use(), /This transaction has ended/);
    }
  }
  assert.equal(await store.read((db) => findSetting(db, ONE)), undefined);
});

testOnEachEngine(
  'a write inside a write is refused instead of waiting for itself',
  async (start) => {
    await using server = await start({}, []);
    const { store } = server.server.context;
    await assert.rejects(
      store.write(async (db) => {
        await putSettingOnce(db, ONE, 'outer');
        await store.write((inner) => putSettingOnce(inner, ONE, 'inner'));
      }),
      /write inside a write/,
    );
    // One beside it, from code that is not inside, is the ordinary case.
    const beside = store.write((db) => putSettingOnce(db, ONE, 'beside'));
    await Promise.all([beside, store.write((db) => putSettingOnce(db, ONE, 'late'))]);
    assert.equal(await store.read((db) => findSetting(db, ONE)), 'beside');
  },
);

testOnEachEngine('a parameter that no column can hold is refused', async (start) => {
  await using server = await start({}, []);
  const { store } = server.server.context;
  const refused = { name: 'TypeError', message: /Not a value for a column/ };
  for (const value of [undefined, new Date(0), true, {}, Symbol('x')]) {
    const parameter = value as unknown as SqlValue;
    const what = typeof value;
    await assert.rejects(
      store.write((db) => db.run('UPDATE setting SET value = ?', parameter)),
      refused,
      what,
    );
    await assert.rejects(
      store.read((db) => db.get('SELECT name FROM setting WHERE value = ?', parameter)),
      refused,
      what,
    );
  }
});

testOnEachEngine(
  'a read sees what is committed, and nothing of a write that is under way',
  async (start) => {
    await using server = await start({}, []);
    const { store } = server.server.context;
    const seen: (string | undefined)[] = [];
    const look = async () => seen.push(await store.read((db) => findSetting(db, ONE)));
    await store.write(async (db) => {
      await putSettingOnce(db, ONE, 'new');
      await look();
      assert.equal(await findSetting(db, ONE), 'new', 'the write itself sees it');
    });
    await look();
    assert.deepEqual(seen, [undefined, 'new']);
  },
);
