/**
 * Runs the tests: all of them, or the files and patterns given (`npm run test:only -- test/http`).
 * Options of `node --test` pass through, written with an equals sign: `--test-name-pattern=redirect`.
 * A run fails when something was left out of it that was not left out by such an option: see engine-report.ts.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import path from 'node:path';

import { TEMPLATES_VARIABLE } from '../test/support/test-database.ts';
import { createTemplateDatabases } from '../test/support/template-databases.ts';
import { makeRunFolder } from './run-folder.ts';
import { startPostgres } from './start-postgres.ts';

const REPORT = path.join(import.meta.dirname, 'engine-report.ts');
const EVERY_TEST = ['src/**/*.test.ts', 'test/**/*.test.ts'];
/** Files at a time: one more than continuous integration has cores, because many wait for processes of theirs. */
const CONCURRENCY = 3;
/** The slowest file takes a fraction of this; a test that hangs must end before somebody gives up on it. */
const TIMEOUT_MS = 120_000;

/** With these, the tests that are left out are left out on purpose. */
const CHOOSING = /^--test-(name-pattern|skip-pattern|only)/;

const options = process.argv.slice(2).filter((argument) => argument.startsWith('-'));
const paths = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
await using started = new AsyncDisposableStack();
// Whoever asks for a temporary folder gets one in there.
process.env['TMPDIR'] = started.use(await makeRunFolder()).path;
// Nearly all test files load the same modules: a third of their time is compiling what others have compiled.
process.env['NODE_COMPILE_CACHE'] ??= path.join(process.env['TMPDIR'], 'compiled');
// Tests that need a database server get one, unless one was given: they never go without.
const isServerGiven = process.env['TEST_DATABASE_URL'] !== undefined;
process.env['TEST_DATABASE_URL'] ??= started.use(await startPostgres()).url;
try {
  const templates = await createTemplateDatabases();
  // Those on a server of its own go with that, which Ctrl+C has stopped already.
  if (isServerGiven) started.use(templates);
  process.env[TEMPLATES_VARIABLE] = templates.prefix;
} catch (error) {
  console.error(
    'Each test makes its tables and its stock by itself, because here it failed:',
    error,
  );
}
const reporters = ['spec', ...(options.some((option) => CHOOSING.test(option)) ? [] : [REPORT])];
const tests = spawn(
  process.execPath,
  [
    '--test',
    ...reporters.flatMap((reporter) => [
      `--test-reporter=${reporter}`,
      '--test-reporter-destination=stdout',
    ]),
    `--test-concurrency=${CONCURRENCY}`,
    `--test-timeout=${TIMEOUT_MS}`,
    ...options,
    ...(paths.length > 0 ? paths.map(toPattern) : EVERY_TEST),
  ],
  { stdio: 'inherit' },
);
// Ctrl+C and the like end the tests, and their end is the end of this: what was started is cleared away.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => tests.kill(signal));
const [status] = (await once(tests, 'exit')) as [number | null];
process.exitCode = status ?? 1;

function toPattern(given: string): string {
  const isFolder = statSync(given, { throwIfNoEntry: false })?.isDirectory() ?? false;
  return isFolder ? `${given}/**/*.test.ts` : given;
}
