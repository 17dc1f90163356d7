import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { backUpSqlite } from '../../src/store/backup.ts';
import { SCHEMA_VERSION } from '../../src/store/schema.ts';
import { openCommandLine } from '../support/command-line.ts';
import { testOnEngine } from '../support/engines.ts';
import { createFullDatabase, dumpTables } from '../support/full-database.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { createTestDatabase, pathOf } from '../support/test-database.ts';
import { createStockedDatabase, STOCK } from '../support/test-server.ts';

const NUMBERS = Array.from({ length: 2000 }, (_, i) => `+1${2025550000 + i}`);
const POOL = { name: 'pool', first: NUMBERS[0]!, size: NUMBERS.length };
const CALLERS = 2;
const RENTS_BEFORE = 20;
/** More than a backup copies in one go. */
const BIG = 20_000;
const SQLITE = { because: 'PostgreSQL has tools of its own for this' };

testOnEngine(
  'sqlite',
  'a backup that is made under load has all that was answered before it, and a server runs on it',
  SQLITE,
  async () => {
    await using database = await createStockedDatabase('sqlite', [POOL]);
    await using cli = await openCommandLine('sqlite');
    const file = path.join(cli.folder, 'backup.sqlite');
    const rented: string[] = [];
    let answeredBefore: string[] = [];
    {
      await using server = await startServerProcess(database.url);
      const { promise: isBusy, resolve: busy } = Promise.withResolvers<void>();
      const rest = NUMBERS.values();
      let isDone = false;
      const callers = Array.from({ length: CALLERS }, async () => {
        for (const number of rest) {
          if (isDone) return;
          assert.equal((await rent(server, number)).status, 200);
          rented.push(number);
          if (rented.length === RENTS_BEFORE) busy();
        }
      });
      await isBusy;
      answeredBefore = [...rented];
      const output = await cli.mustRun('backup', file, '--database', database.url);
      assert.match(output, /^\S+backup\.sqlite has all [\d,]+ rows, checked, after \d+\.\d s\.\n$/);
      isDone = true;
      await Promise.all(callers);
      assert.ok(rented.length > answeredBefore.length, 'others wrote meanwhile');
      assert.equal((await server.stop('SIGTERM')).code, 0);
    }
    // All there is: no partial file, no log.
    assert.deepEqual(readdirSync(cli.folder), ['backup.sqlite']);
    assert.equal(statSync(file).mode & 0o777, 0o600);

    await using restored = await startServerProcess(`sqlite:${file}`);
    for (const number of answeredBefore) {
      assert.equal((await restored.fetch('GET', `/activeNumbers/${number}`)).status, 200, number);
    }
    assert.equal((await rent(restored, NUMBERS.at(-1)!)).status, 200);
    assert.equal((await restored.stop('SIGTERM')).code, 0);
    {
      using copy = new DatabaseSync(file);
      const rows = copy.prepare('PRAGMA integrity_check').all();
      assert.deepEqual(
        rows.map((row) => row['integrity_check']),
        ['ok'],
      );
      assert.deepEqual(copy.prepare('PRAGMA foreign_key_check').all(), []);
    }
  },
);

testOnEngine(
  'sqlite',
  'a backup does not replace a file unless told to, and never the database',
  SQLITE,
  async () => {
    await using cli = await openCommandLine('sqlite', STOCK);
    await cli.write('there.sqlite', 'something else');
    await cli.write('used.sqlite-wal', '');
    const source = cli.databaseUrl.slice('sqlite:'.length);
    const refusals: [args: string[], line: RegExp][] = [
      [['there.sqlite'], /^There is a file there\.sqlite already: add --force to replace it\.\n$/],
      [[source, '--force'], /^\S+ is the database itself\.\n$/],
      [['used.sqlite', '--force'], /^There is a file used\.sqlite-wal: .* in use .*\.\n$/],
      [['no/such.sqlite'], /^There is no folder no\.\n$/],
      [['.'], /^\. is a folder\.\n$/],
      [['new.sqlite', '--database', 'sqlite:none'], /^There is no database sqlite:none\.\n$/],
      [
        ['new.sqlite', '--database', 'sqlite:there.sqlite'],
        /^The database cannot be used: .*\.\n$/,
      ],
    ];
    const answers = await Promise.all(refusals.map(([args]) => cli.run(['backup', ...args])));
    for (const [i, { code, stdout, stderr }] of answers.entries()) {
      assert.deepEqual([code, stdout], [1, '']);
      assert.match(stderr, refusals[i]![1]);
    }
    assert.equal(await cli.read('there.sqlite'), 'something else');
    assert.deepEqual(readdirSync(cli.folder).sort(), ['there.sqlite', 'used.sqlite-wal']);

    await cli.mustRun('backup', 'there.sqlite', '--force');
    const backup = `sqlite:${path.join(cli.folder, 'there.sqlite')}`;
    assert.deepEqual(await dumpTables(backup), await dumpTables(cli.databaseUrl));
  },
);

testOnEngine(
  'sqlite',
  'a backup that is not good or is broken off leaves nothing, and the one before stays',
  SQLITE,
  async () => {
    await using database = await createFullDatabase(BIG);
    await using place = await createTestDatabase('sqlite');
    const file = pathOf(place);
    const backUp = (onProgress: () => void = () => {}) =>
      backUpSqlite(pathOf(database), file, onProgress);
    const rows = await backUp();
    const good = await dumpTables(place.url);
    assert.equal(
      rows,
      // With the migrations, which the dump leaves out.
      Object.values(good).reduce((sum, table) => sum + table.length, SCHEMA_VERSION),
    );

    const stop = new Error('stop');
    await assert.rejects(
      backUp(() => {
        throw stop;
      }),
      (error) => error === stop,
    );
    {
      using damaged = new DatabaseSync(pathOf(database));
      damaged.exec(
        "PRAGMA foreign_keys = OFF; UPDATE rental SET e164 = 'nothing' WHERE id = 'plain'",
      );
    }
    await assert.rejects(backUp(), {
      message:
        'The copy is not good, and so may be the database: it has a reference to nothing in rental.',
    });
    {
      using foreign = new DatabaseSync(`${file}.other`);
      foreign.exec('CREATE TABLE other (id INTEGER)');
    }
    await assert.rejects(
      backUpSqlite(`${file}.other`, file, () => {}),
      /no tables of Numberyard/,
    );
    assert.deepEqual(await dumpTables(place.url), good);
    assert.deepEqual(readdirSync(path.dirname(file)).sort(), ['test.sqlite', 'test.sqlite.other']);
  },
);

testOnEngine(
  'sqlite',
  'a backup has what was there when it began, and does not begin anew with every write',
  SQLITE,
  async () => {
    await using database = await createFullDatabase(BIG);
    await using place = await createTestDatabase('sqlite');
    const before = await dumpTables(database.url);
    using writing = new DatabaseSync(pathOf(database));
    const insert = writing.prepare("INSERT INTO setting (name, value) VALUES (?, 'late')");
    const steps: number[] = [];
    await backUpSqlite(pathOf(database), pathOf(place), (pagesDone, pagesTotal) => {
      assert.ok(pagesDone < pagesTotal);
      steps.push(pagesDone);
      insert.run(`late-${pagesDone}`);
    });
    assert.ok(steps.length > 0, 'it was written to meanwhile');
    assert.deepEqual(
      steps,
      steps.toSorted((a, b) => a - b),
    );
    assert.deepEqual(await dumpTables(place.url), before);
  },
);

testOnEngine(
  'postgres',
  'backup leaves PostgreSQL to its own tools',
  { because: 'it is for SQLite' },
  async () => {
    await using cli = await openCommandLine('postgres');
    const { code, stderr } = await cli.run(['backup', 'new.sqlite']);
    assert.equal(code, 1);
    assert.match(stderr, /^This command is for SQLite\. .* pg_dump .*\.\n$/);
    assert.deepEqual(readdirSync(cli.folder), []);
  },
);

function rent(server: ServerProcess, number: string): Promise<Response> {
  return server.fetch('POST', `/availableNumbers/${number}:rent`, {
    smsConfiguration: { servicePlanId: 'plan' },
  });
}
