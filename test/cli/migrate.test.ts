import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { SCHEMA_VERSION } from '../../src/store/schema.ts';
import type { Store } from '../../src/store/store.ts';
import { listTables, TABLES } from '../../src/store/table.ts';
import { openCommandLine, openCommandLineWithoutDatabase } from '../support/command-line.ts';
import { testOnEachEngine } from '../support/engines.ts';

const AT_ONCE = 4;
/** `pool list` and `serve` are asked by the test of the database options. */
const COMMANDS = [
  ['migrate'],
  ['migrate', '--dry-run'],
  ['project', 'create', '--name', 'Acme'],
  ['work'],
];

testOnEachEngine(
  'migrate shows what is pending, applies it, and says when it was applied',
  async (_start, engine) => {
    await using cli = await openCommandLine(engine);
    await using store = await cli.openStore();
    assert.match(
      await cli.mustRun('migrate', '--dry-run'),
      /^VERSION  NAME .*\n      1  numbers-and-rentals  pending\n[\s\S]*\d pending\. Nothing was changed\.\n$/,
    );
    assert.deepEqual(await store.read(listTables), []);

    const applied = await cli.mustRun('migrate');
    assert.match(applied, /\n      1  numbers-and-rentals  \d{4}-\d\d-\d\dT\S+Z\n/);
    assert.ok(applied.endsWith(`Applied ${SCHEMA_VERSION}.\n`), applied);
    const table = applied.replace(/Applied .*/, '');
    assert.equal(await cli.mustRun('migrate'), `${table.trimEnd()}\nNone was pending.\n`);
  },
);

testOnEachEngine('commands that migrate at once do it once', async (_start, engine) => {
  await using cli = await openCommandLine(engine);
  const outputs = await Promise.all(Array.from({ length: AT_ONCE }, () => cli.mustRun('migrate')));
  const lines = outputs.map((output) => output.trimEnd().split('\n').at(-1) ?? '');
  assert.deepEqual(lines.toSorted(), [
    `Applied ${SCHEMA_VERSION}.`,
    ...Array.from({ length: AT_ONCE - 1 }, () => 'None was pending.'),
  ]);
});

test('a dry run makes no file', async () => {
  await using cli = await openCommandLineWithoutDatabase();
  const output = await cli.mustRun('migrate', '--dry-run', '--database', 'sqlite:new.sqlite');
  assert.equal(output, 'There is no database sqlite:new.sqlite yet: all are pending.\n');
  assert.equal(existsSync(path.join(cli.folder, 'new.sqlite')), false);
});

testOnEachEngine(
  'every command refuses a database that a newer program has changed, and leaves it alone',
  async (_start, engine) => {
    await using cli = await openCommandLine(engine);
    await cli.mustRun('migrate');
    await using store = await cli.openStore();
    await store.write(async (db) => {
      await db.run("INSERT INTO schema_migration VALUES (999, 'from-the-future', '')");
      await db.run('ALTER TABLE project DROP COLUMN created_at');
    });
    const before = await readAll(store);
    const refused =
      `The database has schema 999, and this program knows only up to ${SCHEMA_VERSION}. ` +
      'Use the newer program.\n';
    const answers = await Promise.all(COMMANDS.map((command) => cli.run(command)));
    for (const [i, answer] of answers.entries()) {
      assert.deepEqual(answer, { code: 1, stdout: '', stderr: refused }, String(COMMANDS[i]));
    }
    assert.deepEqual(await readAll(store), before);
  },
);

/** Names, columns and rows of all tables that this test is about. */
function readAll(store: Store): Promise<unknown[]> {
  return store.read(async (db) => [
    await db.all('SELECT * FROM schema_migration'),
    ...(await Promise.all(TABLES.map((table) => db.all<unknown>(db.dialect.listColumns, table)))),
    ...(await Promise.all(TABLES.map((table) => db.all<unknown>(`SELECT * FROM ${table}`)))),
  ]);
}
