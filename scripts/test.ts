/**
 * Runs the tests: all of them, or the files and patterns given (`npm run test:only -- test/http`).
 * Options of `node --test` pass through, written with an equals sign: `--test-name-pattern=redirect`.
 */
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';

const EVERY_TEST = ['src/**/*.test.ts', 'test/**/*.test.ts'];
/** Two files at a time, because continuous integration has two cores. */
const CONCURRENCY = 2;
/** The slowest file takes a fraction of this; a test that hangs must end before somebody gives up on it. */
const TIMEOUT_MS = 120_000;

const options = process.argv.slice(2).filter((argument) => argument.startsWith('-'));
const paths = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const { status, error } = spawnSync(
  process.execPath,
  [
    '--test',
    '--test-reporter=spec',
    `--test-concurrency=${CONCURRENCY}`,
    `--test-timeout=${TIMEOUT_MS}`,
    ...options,
    ...(paths.length > 0 ? paths.map(toPattern) : EVERY_TEST),
  ],
  { stdio: 'inherit' },
);
if (error !== undefined) throw error;
process.exitCode = status ?? 1;

function toPattern(path: string): string {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  return isFolder ? `${path}/**/*.test.ts` : path;
}
