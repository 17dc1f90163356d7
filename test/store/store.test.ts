import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';

import { findSetting, putSettingOnce, type SettingName } from '../../src/store/setting.ts';
import { openStore, type SqlValue, type Writer } from '../../src/store/store.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { openTestStore } from '../support/test-server.ts';

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
    // Where there are many connections, either may be the first.
    const first = await store.read((db) => findSetting(db, ONE));
    assert.ok(first === 'beside' || first === 'late');
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

testOnEachEngine('texts, integers and null come back as they went in', async (_start, engine) => {
  await using database = await openTestStore(engine);
  const { store } = database;
  const { text, integer } = store.dialect;
  const texts = ['', 'ä', '\u{1F4DE} \u007F', ' x ', '\\', '?', "'"];
  // PostgreSQL has no text with a NUL in it, which requests may not have either.
  if (engine === 'sqlite') texts.push('a\u0000b');
  const integers = [0, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 7n];
  const rows = texts.flatMap((one) => [...integers, null].map((other) => [one, other] as const));
  await store.write(async (db) => {
    await db.run(`CREATE TABLE value (id ${integer}, a ${text}, b ${integer}, c ${text})`);
    for (const [i, [one, other]] of rows.entries()) {
      await db.run('INSERT INTO value VALUES (?, ?, ?, ?)', i, one, other, null);
    }
  });
  const read = await store.read((db) =>
    db.all<Record<string, SqlValue>>('SELECT a, b, c FROM value ORDER BY id'),
  );
  assert.deepEqual(
    read.map(({ a, b, c }) => [a, b, c]),
    rows.map(([one, other]) => [one, typeof other === 'bigint' ? Number(other) : other, null]),
  );
});

testOnEachEngine(
  'a store that is closed takes no more writes and finishes those it has',
  async (_start, engine) => {
    await using database = await createTestDatabase(engine);
    const store = await openStore(database.url);
    await store.write((db) => db.run('CREATE TABLE counter (value INTEGER NOT NULL)'));
    const count = () => store.write((db) => db.run('INSERT INTO counter VALUES (1)'));
    const last = Promise.all(Array.from({ length: 200 }, count));
    const closed = store[Symbol.asyncDispose]();
    await assert.rejects(count(), /store is closed/);
    await Promise.all([last, closed]);
    await using again = await openStore(database.url);
    assert.deepEqual(await again.read((db) => db.column('SELECT count(*) FROM counter')), [200]);
  },
);

testOnEachEngine(
  'a write waits for another one that is at the same row, and reads go on meanwhile',
  async (_start, engine) => {
    await using database = await createTestDatabase(engine);
    await using first = await openStore(database.url);
    await using second = await openStore(database.url);
    await first.write(async (db) => {
      await db.run('CREATE TABLE counter (value INTEGER NOT NULL)');
      await db.run('INSERT INTO counter VALUES (0)');
    });
    const add = (db: Writer, value: number) =>
      db.run('UPDATE counter SET value = value + ?', value);
    const look = () => second.read((db) => db.column('SELECT value FROM counter'));

    const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
    const { promise: hasBegun, resolve: begun } = Promise.withResolvers<void>();
    const long = first.write(async (db) => {
      await add(db, 1);
      begun();
      await mayEnd;
    });
    await hasBegun;
    let isDone = false;
    const waiting = second.write((db) => add(db, 2)).then(() => (isDone = true));
    for (let i = 0; i < 20; i++) {
      await setImmediate();
      assert.deepEqual(await look(), [0]);
    }
    assert.equal(isDone, false);
    end();
    await Promise.all([long, waiting]);
    assert.deepEqual(await look(), [3]);
  },
);
