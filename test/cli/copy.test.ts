import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';

import pg from 'pg';

import { systemClock } from '../../src/clock.ts';
import { listCopyProgress } from '../../src/store/copy-progress.ts';
import { migrate } from '../../src/store/schema.ts';
import { openCommandLine, openCommandLineWithoutDatabase } from '../support/command-line.ts';
import { copyWithoutComparing } from '../support/copies.ts';
import { testOnEachEngine, testOnEngine } from '../support/engines.ts';
import { createFullDatabase, dumpTables } from '../support/full-database.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { STOCK } from '../support/test-server.ts';
import { waitUntil } from '../support/wait-until.ts';

const FEW = 300;

testOnEachEngine(
  'copy moves a database to the other engine and says what was compared',
  async (_start, engine) => {
    await using cli = await openCommandLine(engine, STOCK);
    await using target = await createTestDatabase(engine === 'sqlite' ? 'postgres' : 'sqlite');
    const from = withPassword(cli.databaseUrl);
    const command = ['copy', '--from', from, '--to', withPassword(target.url)];
    const done = await cli.run(command);
    assert.deepEqual([done.code, done.stderr], [0, '']);
    assert.match(done.stdout, /^TABLE +ROWS  SHA-256\nproject +2  [0-9a-f]{16}\n/);
    assert.match(done.stdout, /^number +190  [0-9a-f]{16}$/m);
    assert.match(done.stdout, /\n\S+ has all 200 rows of \S+ after \d+\.\d s\.\n$/);
    assert.deepEqual(await dumpTables(target.url), await dumpTables(cli.databaseUrl));

    const again = await cli.run(command);
    assert.deepEqual([again.code, again.stdout], [1, '']);
    assert.match(again.stderr, /^--to: .*: the table project has rows\.\n$/);
    assert.doesNotMatch(done.stdout + again.stderr, /hidden/);
  },
);

test('bad options are one line, and no file is made', async () => {
  await using cli = await openCommandLineWithoutDatabase();
  const rule = 'must be sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE.\n';
  const cases: [from: string, to: string, line: string][] = [
    [
      'sqlite:nope.sqlite',
      'sqlite:new.sqlite',
      '--from: there is no database sqlite:nope.sqlite.\n',
    ],
    ['mysql://x', 'sqlite:new.sqlite', `--from ${rule}`],
    ['sqlite:nope.sqlite', 'new.sqlite', `--to ${rule}`],
  ];
  for (const [from, to, line] of cases) {
    const answer = await cli.run(['copy', '--from', from, '--to', to]);
    assert.deepEqual(answer, { code: 1, stdout: '', stderr: line });
  }
  assert.deepEqual(readdirSync(cli.folder), []);
});

testOnEachEngine(
  'no command works with an unfinished copy, and the same copy finishes it',
  async (_start, engine) => {
    await using source = await createFullDatabase(FEW);
    await using cli = await openCommandLine(engine);
    await copyWithoutComparing(source.url, cli.databaseUrl);
    const commands = [['serve', '--port', '0'], ['migrate']];
    const answers = await Promise.all(commands.map((command) => cli.run(command)));
    for (const { code, stderr } of answers) {
      assert.equal(code, 1);
      assert.match(stderr, /^The database is an unfinished copy of \S.*: run .* to finish it\.\n$/);
    }
    const onward = ['copy', '--from', cli.databaseUrl, '--to', 'sqlite:further.sqlite'];
    assert.match((await cli.run(onward)).stderr, /^--from: .* unfinished copy itself: .*\.\n$/);

    await cli.mustRun('copy', '--from', source.url, '--to', cli.databaseUrl);
    await cli.mustRun('project', 'list');
  },
);

testOnEngine(
  'postgres',
  'Ctrl+C and a lost connection end a copy where it can go on',
  { because: 'a lock on one table is what makes a copy stop at a known place' },
  async () => {
    await using source = await createFullDatabase(FEW);
    await using cli = await openCommandLine('postgres');
    await using store = await cli.openStore();
    await migrate(store, systemClock);
    const command = ['copy', '--from', source.url, '--to', cli.databaseUrl];
    {
      await using lock = await lockJobs(cli.databaseUrl);
      const child = cli.start(command);
      const output = collect(child);
      await lock.someoneWaits();
      await lock.breakWaiting();
      assert.deepEqual(await once(child, 'close'), [1, null]);
      assert.match(
        output.stderr,
        /^The database .*try again\.\nRun the same command again to go on\.\n$/,
      );
    }
    {
      await using lock = await lockJobs(cli.databaseUrl);
      const child = cli.start(command);
      const output = collect(child);
      await lock.someoneWaits();
      child.kill('SIGINT');
      await waitUntil('it has taken notice', () => output.stderr === 'Stopping…\n');
      await lock.release();
      assert.deepEqual(await once(child, 'close'), [130, null]);
      assert.equal(output.stdout, 'Interrupted. Run the same command again to go on.\n');
    }
    const progress = await store.read(listCopyProgress);
    assert.notEqual(progress.get('job')?.rowsCopied, 0, 'what was under way is written');
    assert.equal(progress.get('setting')?.rowsCopied, 0, 'and nothing behind it');
    await cli.mustRun(...command);
    assert.deepEqual(await dumpTables(cli.databaseUrl), await dumpTables(source.url));
  },
);

function withPassword(url: string): string {
  return url.replace('postgres@', 'postgres:hidden@');
}

function collect(child: ChildProcess): { stdout: string; stderr: string } {
  const output = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  return output;
}

interface Lock extends AsyncDisposable {
  /** Resolves when another connection wants to write to the table. */
  someoneWaits(): Promise<void>;
  /** Breaks the connection of whoever waits. */
  breakWaiting(): Promise<void>;
  release(): Promise<void>;
}

/** Lets nobody write to one of the last tables that are copied. */
async function lockJobs(databaseUrl: string): Promise<Lock> {
  await using stack = new AsyncDisposableStack();
  const [locking, watching] = [new pg.Client(databaseUrl), new pg.Client(databaseUrl)];
  for (const client of [locking, watching]) {
    await client.connect();
    stack.defer(() => client.end());
  }
  await locking.query('BEGIN; LOCK TABLE job IN SHARE MODE');
  const waiting = `FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  const owned = stack.move();
  return {
    someoneWaits: () =>
      waitUntil('the copy has come to the table', async () => {
        const { rowCount } = await watching.query(`SELECT pid ${waiting}`);
        return rowCount === 1;
      }),
    async breakWaiting() {
      await watching.query(`SELECT pg_terminate_backend(pid) ${waiting}`);
    },
    async release() {
      await locking.query('ROLLBACK');
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
