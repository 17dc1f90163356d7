import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { openCommandLine, openCommandLineWithoutDatabase } from '../support/command-line.ts';
import { testOnEachEngine, testOnEngine } from '../support/engines.ts';

const RULE = 'must be sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE.\n';

testOnEngine(
  'sqlite',
  'the database comes from --data-dir, --database or the environment, in this order',
  { because: 'a folder and the default name a file' },
  async (_start, engine) => {
    await using cli = await openCommandLine(engine);
    const environment = { DATABASE_URL: 'sqlite:from-url.sqlite', NUMBERYARD_DATA_DIR: 'from-env' };
    const exists = (name: string) => existsSync(path.join(cli.folder, name));
    const list = ['project', 'list'];

    await cli.run([...list, '--data-dir', 'from-flag'], { environment });
    assert.ok(exists('from-flag/numberyard.sqlite') && !exists('from-url.sqlite'));
    await cli.run([...list, '--database', 'sqlite:flag.sqlite'], { environment });
    assert.ok(exists('flag.sqlite') && !exists('from-url.sqlite'));
    await cli.run(list, { environment });
    assert.ok(exists('from-url.sqlite') && !exists('from-env'));
    const noUrl = { DATABASE_URL: undefined };
    await cli.run(list, { environment: { ...noUrl, NUMBERYARD_DATA_DIR: 'from-env' } });
    assert.ok(exists('from-env/numberyard.sqlite') && !exists('data'));
    await cli.run(list, { environment: noUrl });
    assert.ok(exists('data/numberyard.sqlite'));
  },
);

testOnEachEngine(
  '--database goes before the environment, and --data-dir before both',
  async (_start, engine) => {
    await using cli = await openCommandLine(engine);
    await cli.mustRun('project', 'create', '--id', 'acme', '--name', 'Acme');
    const list = ['project', 'list'];
    const environment = { DATABASE_URL: 'mysql://elsewhere' };
    const named = await cli.run([...list, '--database', cli.databaseUrl], { environment });
    assert.match(named.stdout, /^acme /m);
    const inFolder = await cli.run([...list, '--data-dir', 'folder']);
    assert.match(inFolder.stdout, /There are no projects/);
  },
);

test('a bad value is one line that names where it came from', async () => {
  await using cli = await openCommandLineWithoutDatabase();
  const fromFlag = await cli.run(['pool', 'list', '--database', 'mysql://x']);
  assert.deepEqual(fromFlag, { code: 1, stdout: '', stderr: `--database ${RULE}` });
  const environment = { DATABASE_URL: 'mysql://x' };
  const fromVariable = await cli.run(['pool', 'list'], { environment });
  assert.equal(fromVariable.stderr, `DATABASE_URL ${RULE}`);

  const flags = ['--port', 'web', '--sandbox', 'maybe'];
  const several = await cli.run(['serve', ...flags], { environment: { HOST: '', PORT: 'ftp' } });
  assert.equal(several.code, 1);
  assert.deepEqual(several.stderr.trim().split('\n').toSorted(), [
    '--port must be a whole number from 0 to 65535, not "web".',
    '--sandbox must be one of on, off, not "maybe".',
    // What else the mode asks for is reported as well: nobody knows yet which one is meant.
    ...(several.stderr.match(/^NUMBERYARD_PLATFORM.*$/gm) ?? []),
  ]);
  const holds = { NUMBERYARD_HOLD_SECONDS: '3601', NUMBERYARD_HOLD_LIFE_SECONDS_MAX: '60' };
  assert.equal(
    (await cli.run(['serve'], { environment: holds })).stderr,
    'NUMBERYARD_HOLD_SECONDS must not be more than NUMBERYARD_HOLD_SECONDS_MAX.\n' +
      'NUMBERYARD_HOLD_SECONDS_MAX must not be more than NUMBERYARD_HOLD_LIFE_SECONDS_MAX.\n',
  );
  const dunning = { NUMBERYARD_DUNNING_GRACE_DAYS: '31' };
  assert.equal(
    (await cli.run(['serve'], { environment: dunning })).stderr,
    'NUMBERYARD_DUNNING_GRACE_DAYS must not be more than NUMBERYARD_DUNNING_END_DAYS.\n',
  );
  const level = await cli.run(['serve'], { environment: { NUMBERYARD_LOG_LEVEL: 'loud' } });
  assert.match(level.stderr, /^NUMBERYARD_LOG_LEVEL must be one of fatal, .*, not "loud"\.\n$/);
});

testOnEngine(
  'sqlite',
  'a file that is no database is one clear line',
  { because: 'PostgreSQL has no such files' },
  async (_start, engine) => {
    await using cli = await openCommandLine(engine);
    await cli.write('text.sqlite', 'This is no database. '.repeat(100));
    const { code, stderr } = await cli.run(['pool', 'list', '--database', 'sqlite:text.sqlite']);
    assert.equal(code, 1);
    assert.match(stderr, /^The database cannot be used: .* something else .*\n$/);
  },
);

testOnEachEngine('a database of a newer program is one clear line', async (_start, engine) => {
  await using cli = await openCommandLine(engine);
  await cli.mustRun('pool', 'list');
  {
    await using store = await cli.openStore();
    const insert = "INSERT INTO schema_migration VALUES (999, 'from the future', '')";
    await store.write((db) => db.run(insert));
  }
  for (const command of [
    ['pool', 'list'],
    ['serve', '--port', '0'],
  ]) {
    const { code, stderr } = await cli.run(command);
    assert.equal(code, 1);
    assert.match(stderr, /^The database has schema 999, .* Use the newer program\.\n$/);
  }
});
