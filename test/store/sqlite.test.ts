import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';

import { openStore, type SqlValue } from '../../src/store/store.ts';
import { openDatabaseFile } from '../support/database-file.ts';

test('writes that wait together share a commit, and writes one after the other do not', async () => {
  await using file = await openDatabaseFile();
  await using store = await openStore(file.url);
  await store.write((db) => db.run('CREATE TABLE counter (value INTEGER NOT NULL) STRICT'));
  const count = () => store.write((db) => db.run('INSERT INTO counter VALUES (1)'));
  const grownBy = async (work: () => Promise<unknown>) => {
    const before = statSync(`${file.path}-wal`).size;
    await work();
    return statSync(`${file.path}-wal`).size - before;
  };

  const together = await grownBy(() => Promise.all(Array.from({ length: 50 }, count)));
  const alone = await grownBy(async () => {
    for (let i = 0; i < 50; i++) await count();
  });
  // Each commit appends the changed page to the log.
  assert.ok(together < 5 * 4200, `${together} bytes for 50 writes at once`);
  assert.ok(alone > 50 * 4096, `${alone} bytes for 50 writes one by one`);
});

test('texts, numbers, big integers and null come back as they went in', async () => {
  await using file = await openDatabaseFile();
  await using store = await openStore(file.url);
  const values = ['', 'ä\u0000x', 0, -1, Number.MAX_SAFE_INTEGER, null];
  const row = await store.read((db) =>
    db.get<Record<string, SqlValue>>(
      'SELECT ? AS a, ? AS b, ? AS c, ? AS d, ? AS e, ? AS f',
      ...values,
    ),
  );
  assert.deepEqual(Object.values(row ?? {}), values);
  assert.deepEqual(await store.read((db) => db.column('SELECT ? AS a', 7n)), [7]);
});

test('a store that is closed takes no more writes and finishes those it has', async () => {
  await using file = await openDatabaseFile();
  const store = await openStore(file.url);
  await store.write((db) => db.run('CREATE TABLE counter (value INTEGER NOT NULL) STRICT'));
  const last = Promise.all(
    Array.from({ length: 200 }, () =>
      store.write((db) => db.run('INSERT INTO counter VALUES (1)')),
    ),
  );
  const closed = store[Symbol.asyncDispose]();
  await assert.rejects(
    store.write((db) => db.run('INSERT INTO counter VALUES (1)')),
    /store is closed/,
  );
  await Promise.all([last, closed]);
  await using again = await openStore(file.url);
  assert.deepEqual(await again.read((db) => db.column('SELECT count(*) FROM counter')), [200]);
});

test('a write waits for another connection that is writing, and reads go on meanwhile', async () => {
  await using file = await openDatabaseFile();
  await using first = await openStore(file.url);
  await using second = await openStore(file.url);
  await first.write((db) => db.run('CREATE TABLE counter (value INTEGER NOT NULL) STRICT'));

  const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
  const { promise: hasBegun, resolve: begun } = Promise.withResolvers<void>();
  const long = first.write(async (db) => {
    await db.run('INSERT INTO counter VALUES (1)');
    begun();
    await mayEnd;
  });
  await hasBegun;
  let isDone = false;
  const waiting = second
    .write((db) => db.run('INSERT INTO counter VALUES (2)'))
    .then(() => (isDone = true));
  for (let i = 0; i < 20; i++) {
    await setImmediate();
    assert.deepEqual(await second.read((db) => db.column('SELECT value FROM counter')), []);
  }
  assert.equal(isDone, false);
  end();
  await Promise.all([long, waiting]);
  assert.deepEqual(await second.read((db) => db.column('SELECT value FROM counter')), [1, 2]);
});
