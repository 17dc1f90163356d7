import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { testOnEachEngine } from './support/engines.ts';
import { findOneEngineTests } from './support/one-engine-tests.ts';
import { createTestDatabase, ENGINES, runOnEngine } from './support/test-database.ts';

const ROOT = path.join(import.meta.dirname, '..');

test('every test with a database says on which engines it runs', () => {
  const files = globSync('{src,test}/**/*.test.ts', { cwd: ROOT });
  assert.ok(files.length > 50, 'the glob found the tests');
  const found = files.flatMap((file) =>
    findOneEngineTests(file.replaceAll(path.sep, '/'), readSource),
  );
  assert.deepEqual(found, []);
});

const IMPORTS = `
  import { test } from 'node:test';
  import { openStore, hidePassword } from '../src/store/store.ts';
  import { testOnEachEngine, testOnEngine } from './support/engines.ts';
  import { openCommandLine, openCommandLineWithoutDatabase } from './support/command-line.ts';
  import { startTestServer as start } from './support/test-server.ts';
`;

const UNDECLARED: [code: string, by: string][] = [
  [`test('it', async () => { await using server = await start('sqlite'); });`, 'start'],
  [`test('it', { timeout: 1 }, async () => (await openStore('sqlite:x')).read());`, 'openStore'],
  [`test('it', () => open()); const open = (): unknown => openStore('sqlite:x');`, 'open'],
  [
    `test('it', () => open()); async function open() { return deeper(); }
    class Deeper { start = start; }
    function deeper() { return new Deeper(); }`,
    'open',
  ],
  [`for (const engine of ['sqlite']) test(\`it\${engine}\`, () => start(engine));`, 'start'],
  [`test('it', run); function run() { return openCommandLine('sqlite'); }`, 'run'],
  [`import { spawn } from 'node:child_process'; test('it', () => spawn('numberyard'));`, 'spawn'],
  [
    `import * as sqlite from 'node:sqlite'; test('it', () => new sqlite.DatabaseSync(''));`,
    'sqlite',
  ],
  [`test('it', async () => { const { default: pg } = await import('pg'); });`, 'pg'],
  [`test('it', async () => (await import('../src/server.ts')).startServer());`, 'src/server.ts'],
  [
    `import { startServerBeside } from './support/server-beside.ts'; test('it', () => startServerBeside(null as never));`,
    'startServerBeside',
  ],
  [
    `declare('it'); function declare(name: string) { test(name, () => start('sqlite')); }`,
    'declare',
  ],
];

for (const [code, by] of UNDECLARED) {
  test(`a test that says nothing of engines is caught: ${code.slice(0, 70)}`, () => {
    assert.deepEqual(findIn(IMPORTS + code), [
      `test/new.test.ts:7 reaches a database by ${by} and says nothing of engines`,
    ]);
  });
}

const TIED = [
  `testOnEachEngine('it', async () => { await openStore('sqlite:x'); });`,
  `testOnEachEngine('it', async () => { await openStore(\`sqlite:\${folder}\`); });`,
  `testOnEachEngine('it', async () => open()); const open = () => openStore('postgres://x');`,
];

for (const code of TIED) {
  test(`a test on each engine that is tied to one is caught: ${code.slice(0, 75)}`, () => {
    assert.deepEqual(findIn(IMPORTS + code), [
      'test/new.test.ts:7 runs on each engine and gives openStore the URL of one',
    ]);
  });
}

test('tests that say on which engines they run, and those without a database, are not caught', () => {
  const code = `
    testOnEachEngine('a', async (begin) => { await using server = await begin(); });
    testOnEngine('sqlite', 'b', { because: 'c' }, () => openStore('sqlite:x'));
    for (const engine of ['sqlite'] as const) testOnEachEngine('c', () => start(engine));
    test('d', () => hidePassword('postgres://a:b@c'));
    test('e', () => openCommandLineWithoutDatabase());
    test('f', () => ({ start: 1, open: object.openStore }));
    let server: Awaited<ReturnType<typeof start>>;
    async function open() { await openStore('sqlite:x'); }
    testOnEachEngine('g', async () => { await other(); new RegExp('sqlite:.*'); });
    testOnEachEngine('h', () => openStore(shown).then(() => hidePassword('postgres://a:b@c')));
    const shown = 'sqlite:x';
    const other = () => start('sqlite');
  `;
  assert.deepEqual(findIn(IMPORTS + code), []);
});

/** Where no test has said on which engine it runs. */
const outsideOfTests = AsyncLocalStorage.snapshot();

testOnEachEngine(
  'a database is made only in a test that names its engine',
  async (_start, engine) => {
    const create = async () => {
      await using database = await createTestDatabase(engine);
      assert.match(database.url, new RegExp(`^${engine}`));
    };
    await create();
    await assert.rejects(outsideOfTests(create), /one of testOnEachEngine or testOnEngine/);
  },
);

testOnEachEngine('a test that makes no database of its engine fails', async (_start, engine) => {
  const create = async () => (await createTestDatabase(engine))[Symbol.asyncDispose]();
  await create();
  await runOnEngine(engine, create);
  const other = ENGINES.find((each) => each !== engine) ?? engine;
  const message = `A test on ${other} made no ${other} database.`;
  await assert.rejects(runOnEngine(other, create), { message });
  await assert.rejects(
    runOnEngine(other, async () => {}),
    { message },
  );
});

function findIn(text: string): string[] {
  return findOneEngineTests('test/new.test.ts', (file) =>
    file === 'test/new.test.ts' ? text : readSource(file),
  );
}

function readSource(file: string): string {
  return readFileSync(path.join(ROOT, file), 'utf8');
}
