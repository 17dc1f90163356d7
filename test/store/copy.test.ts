import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { systemClock } from '../../src/clock.ts';
import type { ProjectId } from '../../src/domain/project-id.ts';
import { putAccessKey } from '../../src/store/access-key.ts';
import { findUnfinishedCopy, listCopyProgress } from '../../src/store/copy-progress.ts';
import { insertProject } from '../../src/store/project.ts';
import { migrate, SCHEMA_VERSION } from '../../src/store/schema.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { describeTable, listTables, TABLES } from '../../src/store/table.ts';
import { copy, copyWithoutComparing } from '../support/copies.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { createFullDatabase, dumpTables } from '../support/full-database.ts';
import { createTestDatabase, type Engine, type TestDatabase } from '../support/test-database.ts';

/** Rows of a batch. */
const BATCH = 5000;
/** Of a full database, besides the many numbers. */
const ROWS_PER_TABLE = 7;
/** For those who need no more than one batch. */
const FEW = 300;

testOnEachEngine(
  'the tables that are copied are all there are, each behind those that it refers to',
  async (_start, engine) => {
    await using database = await createTestDatabase(engine);
    await using store = await openStore(database.url);
    await migrate(store, systemClock);
    const tables = await store.read(listTables);
    assert.deepEqual(
      tables.toSorted(),
      [...TABLES, 'copy_progress', 'schema_migration'].toSorted(),
      'a new table belongs into TABLES of src/store/table.ts',
    );
    const references = await listReferences(store);
    assert.ok(references.length > 5, 'the references were found');
    for (const { table, to } of references) {
      const [behind, before] = [table, to].map((name) => TABLES.findIndex((each) => each === name));
      assert.ok(before! < behind!, `${table} refers to ${to}, and must be behind it`);
    }
    for (const table of TABLES) {
      const described = await store.read((db) =>
        db.all<{ type: string }>(db.dialect.listColumns, table),
      );
      for (const { type } of described) assert.match(type, /^(text|integer|bigint)$/i, table);
      assert.ok((await store.read((db) => describeTable(db, table))).key.length > 0, table);
    }
  },
);

testOnEachEngine(
  'everything arrives as it was, whichever engine it comes from',
  async (_start, engine) => {
    await using original = await createFullDatabase(BATCH - ROWS_PER_TABLE);
    const expected = await dumpTables(original.url);
    for (const rows of Object.values(expected)) assert.ok(rows.length >= ROWS_PER_TABLE);
    await using between = await createTestDatabase('postgres');
    const first = await copy(original.url, between.url);
    for (const from of [original, between]) {
      await using target = await createTestDatabase(engine);
      // The same checksums, whichever engine the rows were read from.
      assert.deepEqual(await copy(from.url, target.url), first);
      assert.deepEqual(await dumpTables(target.url), expected);
      await using store = await openStore(target.url);
      await migrate(store, systemClock);
      assert.deepEqual(await listBrokenReferences(store), []);
    }
    assert.equal(first?.find(({ name }) => name === 'number')?.rows, BATCH);
  },
);

testOnEachEngine(
  'a copy that was killed within a transaction goes on where it was, and finishes',
  async (_start, engine) => {
    await using source = await createSource(engine === 'sqlite' ? 'postgres' : 'sqlite', 2 * BATCH);
    await using target = await createTestDatabase(engine);
    const script = join(import.meta.dirname, '../support/copy-process.ts');
    const victim = fork(script, [source.url, target.url, String(BATCH)]);
    await once(victim, 'exit');
    assert.equal(victim.signalCode, 'SIGKILL');

    await using store = await openStore(target.url);
    await assert.rejects(migrate(store, systemClock), {
      message:
        'The database is an unfinished copy of the source: run the same "numberyard copy" again to finish it.',
    });
    const progress = await store.read(listCopyProgress);
    assert.equal(progress.get('number')?.rowsCopied, BATCH);
    assert.deepEqual(await store.read((db) => db.column('SELECT count(*) FROM number')), [BATCH]);

    const done: number[] = [];
    await copy(source.url, target.url, {
      onProgress: (step, rowsDone) => void (step === 'COPY' && done.push(rowsDone)),
    });
    const before = [...progress.values()].reduce((sum, { rowsCopied }) => sum + rowsCopied, 0);
    assert.equal(done[0], before, 'it does not begin anew');
    assert.deepEqual(await dumpTables(target.url), await dumpTables(source.url));
    await migrate(store, systemClock);
  },
);

const DAMAGES: { table: string; damage: string; repair: string; row: string }[] = [
  {
    table: 'number',
    damage: "UPDATE number SET locality = 'Koln' WHERE e164 = '+12000000150'",
    repair: "UPDATE number SET locality = 'Köln' WHERE e164 = '+12000000150'",
    row: '+12000000150',
  },
  {
    table: 'number',
    damage: "UPDATE number SET holder_project_id = '' WHERE e164 = '+12000000300'",
    repair: "UPDATE number SET holder_project_id = NULL WHERE e164 = '+12000000300'",
    row: '+12000000300',
  },
  {
    table: 'number',
    damage: "DELETE FROM number WHERE e164 = '+12000000001'",
    repair: `INSERT INTO number (e164, reversed, pool_id, state, locality)
      VALUES ('+12000000001', '20000000011', 10, 1, NULL)`,
    row: '+12000000001',
  },
  {
    table: 'setting',
    damage: "INSERT INTO setting (name, value) VALUES ('zzz', 'one more')",
    repair: "DELETE FROM setting WHERE name = 'zzz'",
    row: 'zzz',
  },
  {
    table: 'charge',
    damage:
      'UPDATE charge SET amount_minor = amount_minor + 1 WHERE amount_minor = 9007199254740993',
    repair:
      'UPDATE charge SET amount_minor = amount_minor - 1 WHERE amount_minor = 9007199254740994',
    row: `it's "quoted" \\ and {"json":[1,null,"\\u00e9"]}`,
  },
];

testOnEachEngine(
  'a row that is not as it was copied is found, and the copy stays unfinished until it is right',
  async (_start, engine) => {
    await using source = await createFullDatabase(FEW);
    await using target = await createTestDatabase(engine);
    await copyWithoutComparing(source.url, target.url);
    await using store = await openStore(target.url);
    for (const { table, damage, repair, row } of DAMAGES) {
      assert.equal(await store.write((db) => db.run(damage)), 1, damage);
      await assert.rejects(copy(source.url, target.url), {
        message: `The table ${table} of the target is not what was copied, from the row ${row} on: copy to a new database.`,
      });
      assert.notEqual(await store.read(findUnfinishedCopy), undefined);
      assert.equal(await store.write((db) => db.run(repair)), 1, repair);
    }
    assert.notEqual(await copy(source.url, target.url), undefined);
    assert.equal(await store.read(findUnfinishedCopy), undefined);
  },
);

testOnEachEngine(
  'a source that has changed since its rows were copied is named as such',
  async (_start, engine) => {
    await using source = await createSource(engine, FEW);
    await using target = await createTestDatabase('sqlite');
    await copyWithoutComparing(source.url, target.url);
    await using store = await openStore(source.url);
    await store.write((db) => db.run("UPDATE number SET state = 5 WHERE e164 = '+12000000001'"));
    await assert.rejects(copy(source.url, target.url), {
      message:
        'The source has changed since it was copied, in the table number from the row +12000000001 on: stop all that writes to it, and copy it to a new database.',
    });
  },
);

testOnEachEngine(
  'a source that is written to is copied as it was at one moment, and then found out',
  async (_start, engine) => {
    await using source = await createSource(engine, FEW);
    await using target = await createTestDatabase('sqlite');
    await using store = await openStore(source.url);
    let isChanged = false;
    let rowsCopied: number | undefined;
    const copied = copy(source.url, target.url, {
      onProgress: (_step, rowsDone) => (rowsCopied = rowsDone),
      // While the projects are written. The keys are read behind them: without one moment for both, the new
      // key would refer to nothing.
      async inWrite() {
        if (rowsCopied !== 0 || isChanged) return;
        isChanged = true;
        await addProjectWithKey(store);
      },
    });
    await assert.rejects(copied, /^DomainError: The source has changed .* the table project /);
    assert.ok(isChanged);
  },
);

testOnEachEngine(
  'a copy that goes on with a source that has changed says so where rows no longer fit',
  async (_start, engine) => {
    await using source = await createSource(engine, FEW);
    await using target = await createTestDatabase('sqlite');
    let rowsCopied = 0;
    const stopped = await copy(source.url, target.url, {
      onProgress: (_step, rowsDone) => (rowsCopied = rowsDone),
      // Behind the projects.
      isInterrupted: () => rowsCopied > 0,
    });
    assert.equal(stopped, undefined);
    await using store = await openStore(source.url);
    await addProjectWithKey(store);
    await assert.rejects(copy(source.url, target.url), {
      message:
        'Rows of the table access_key do not go with those that are copied already: the source has changed since the copy was begun. Stop all that writes to it, and copy it to a new database.',
    });
  },
);

testOnEachEngine('of two copies into one database one gives up', async (_start, engine) => {
  await using source = await createFullDatabase(FEW);
  await using target = await createTestDatabase(engine);
  let rowsCopied = 0;
  let isOvertaken = false;
  const slow = copy(source.url, target.url, {
    onProgress: (_step, rowsDone) => (rowsCopied = rowsDone),
    async beforeWrite() {
      if (isOvertaken || rowsCopied === 0) return;
      isOvertaken = true;
      assert.notEqual(await copy(source.url, target.url), undefined);
    },
  });
  await assert.rejects(slow, { message: 'Another process is copying into the same database.' });
  assert.deepEqual(await dumpTables(target.url), await dumpTables(source.url));
});

testOnEachEngine(
  'databases that cannot be copied from or to are refused, and nothing is written',
  async (_start, engine) => {
    await using full = await createSource(engine, FEW);
    await using other = await createTestDatabase(engine);
    const refusal = async (from: string, to: string) => {
      const before = await readMigrations(to);
      const message = await copy(from, to).then(
        () => 'no refusal',
        (error: Error) => error.message,
      );
      assert.deepEqual(await readMigrations(to), before);
      return message;
    };
    const newer = `the database has schema 999, and this program knows only up to ${SCHEMA_VERSION}: use the newer program`;

    assert.equal(await refusal(full.url, full.url), 'target: this is the source itself');
    assert.equal(
      await refusal(other.url, full.url),
      'source: the database has no tables of Numberyard',
    );
    await using store = await openStore(other.url);
    await migrate(store, systemClock);
    assert.equal(await refusal(other.url, full.url), 'source: the database is empty');
    await setSchema(store, 999);
    assert.equal(await refusal(other.url, full.url), `source: ${newer}`);
    assert.equal(await refusal(full.url, other.url), `target: ${newer}`);
    await setSchema(store, SCHEMA_VERSION - 1);
    assert.equal(
      await refusal(other.url, full.url),
      `source: the database has schema ${SCHEMA_VERSION - 1}, and this program copies schema ${SCHEMA_VERSION}: run "numberyard migrate" on it first`,
    );
    await setSchema(store, SCHEMA_VERSION);
    await store.write((db) => db.run("INSERT INTO setting (name, value) VALUES ('mode', 'x')"));
    assert.equal(
      await refusal(full.url, other.url),
      'target: the database is not empty: the table setting has rows',
    );

    await store.write((db) => db.run('DELETE FROM setting'));
    await store.write((db) => db.run('ALTER TABLE event ADD COLUMN mine TEXT'));
    assert.equal(
      await refusal(full.url, other.url),
      'target: the database has other columns in the table event than the source',
    );
    await store.write((db) => db.run('ALTER TABLE event DROP COLUMN mine'));
    await copyWithoutComparing(full.url, other.url);
    await using another = await createFullDatabase(1);
    assert.equal(
      await refusal(another.url, other.url),
      'target: the database is an unfinished copy of the source',
    );
    assert.equal(
      await refusal(other.url, another.url),
      'source: the database is an unfinished copy itself: finish that one first',
    );
    // None of the refusals has got in its way.
    assert.notEqual(await copy(full.url, other.url), undefined);
  },
);

/** A full database on this engine. */
async function createSource(engine: Engine, numbers: number): Promise<TestDatabase> {
  const original = await createFullDatabase(numbers);
  if (engine === 'sqlite') return original;
  await using stack = new AsyncDisposableStack();
  stack.use(original);
  const database = await createTestDatabase(engine);
  await copy(original.url, database.url);
  return database;
}

async function addProjectWithKey(store: Store): Promise<void> {
  const createdAt = systemClock.now();
  // In front of all others, where a copy that has come further does not look again.
  const id = '!' as ProjectId;
  await store.write(async (db) => {
    await insertProject(db, { id, displayName: 'New', callbackSecret: 'secret', createdAt });
    await putAccessKey(db, {
      id: 'zz',
      projectId: id,
      displayName: 'New',
      secretHash: 'hash',
      createdAt,
      revokedAt: null,
    });
  });
}

/** Makes a database look as if it had another schema. */
async function setSchema(store: Store, version: number): Promise<void> {
  await store.write(async (db) => {
    await db.run('DELETE FROM schema_migration WHERE version >= ?', version);
    await db.run(
      "INSERT INTO schema_migration (version, name, applied_at) VALUES (?, 'any', '2026-01-01T00:00:00.000000Z')",
      version,
    );
  });
}

async function readMigrations(databaseUrl: string): Promise<unknown[]> {
  await using store = await openStore(databaseUrl);
  const tables = await store.read(listTables);
  if (!tables.includes('schema_migration')) return tables;
  return await store.read((db) => db.all<unknown>('SELECT * FROM schema_migration'));
}

interface Reference {
  table: string;
  column: string;
  to: string;
  toColumn: string;
}

function listReferences(store: Store): Promise<Reference[]> {
  const statements: Record<Engine, string> = {
    sqlite: `SELECT schema.name AS "table", key."from" AS "column", key."table" AS "to", key."to" AS "toColumn"
      FROM sqlite_schema AS schema, pragma_foreign_key_list(schema.name) AS key WHERE schema.type = 'table'`,
    postgres: `SELECT conrelid::regclass::text AS "table", confrelid::regclass::text AS "to",
        (SELECT attname FROM pg_attribute WHERE attrelid = conrelid AND attnum = conkey[1]) AS "column",
        (SELECT attname FROM pg_attribute WHERE attrelid = confrelid AND attnum = confkey[1]) AS "toColumn"
      FROM pg_constraint WHERE contype = 'f'`,
  };
  return store.read((db) => db.all<Reference>(statements[store.dialect.engine]));
}

/** Rows that refer to nothing. */
async function listBrokenReferences(store: Store): Promise<unknown[]> {
  const broken: unknown[] = [];
  for (const { table, column, to, toColumn } of await listReferences(store)) {
    const sql = `SELECT "${column}" AS value FROM "${table}"
      WHERE "${column}" IS NOT NULL AND "${column}" NOT IN (SELECT "${toColumn}" FROM "${to}")`;
    broken.push(...(await store.read((db) => db.all(sql))));
  }
  return broken;
}
