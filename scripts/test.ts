/**
 * Runs the tests: all of them, or the files and patterns given (`npm run test:only -- test/http`).
 * Options of `node --test` pass through, written with an equals sign: `--test-name-pattern=redirect`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';

import { startPostgres } from './start-postgres.ts';

const EVERY_TEST = ['src/**/*.test.ts', 'test/**/*.test.ts'];
/** Two files at a time, because continuous integration has two cores. */
const CONCURRENCY = 2;
/** The slowest file takes a fraction of this; a test that hangs must end before somebody gives up on it. */
const TIMEOUT_MS = 120_000;

const options = process.argv.slice(2).filter((argument) => argument.startsWith('-'));
const paths = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
// Tests that need a database server get one, unless one was given: they never go without.
await using postgres =
  process.env['TEST_DATABASE_URL'] === undefined ? await startPostgres() : undefined;
const tests = spawn(
  process.execPath,
  [
    '--test',
    '--test-reporter=spec',
    `--test-concurrency=${CONCURRENCY}`,
    `--test-timeout=${TIMEOUT_MS}`,
    ...options,
    ...(paths.length > 0 ? paths.map(toPattern) : EVERY_TEST),
  ],
  {
    stdio: 'inherit',
    env: { ...process.env, ...(postgres && { TEST_DATABASE_URL: postgres.url }) },
  },
);
const [status] = (await once(tests, 'exit')) as [number | null];
process.exitCode = status ?? 1;

function toPattern(path: string): string {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  return isFolder ? `${path}/**/*.test.ts` : path;
}
