/**
 * A reporter of `node --test` that makes a run fail when something was left out of it: a test that was skipped,
 * a file without tests, a test that ran on one engine only and does not say so.
 */
import path from 'node:path';
import type { TestEvent } from 'node:test/reporters';

import { ENGINES } from '../test/support/test-database.ts';

/** A browser is the one thing that a machine may lack: other tests ask for the same pages without one. */
const MAY_BE_SKIPPED = [
  { file: 'test/http/docs-browser.test.ts', because: 'there is no Chromium' },
];

export interface TestResult {
  name: string;
  /** Relative to the repository; absent when the file had no test, and the name is that of the file. */
  file?: string;
  /** Whether it was skipped, and for what reason if it gave one. */
  skipped: string | boolean;
}

// oxlint-disable-next-line import/no-default-export -- a reporter is what its module exports by default
export default async function* reportEngines(
  events: AsyncIterable<TestEvent>,
): AsyncGenerator<string> {
  const results: TestResult[] = [];
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const { name, entryFile, skip, todo } = data;
    const skipped = skip ?? todo ?? false;
    results.push({
      name,
      skipped,
      ...(entryFile === undefined ? {} : { file: path.relative('.', entryFile) }),
    });
  }
  const omissions = findOmissions(results);
  if (omissions.length > 0) process.exitCode = 1;
  yield omissions.length === 0
    ? `ℹ on each engine: ${ENGINES.map((engine) => `${engine} ${countOn(results, engine)}`).join(', ')}\n`
    : `\n✖ left out:\n${omissions.map((omission) => `  ${omission}\n`).join('')}`;
}

/** What was left out of a run, a sentence for each. A test that is declared for one engine is no omission. */
export function findOmissions(results: readonly TestResult[]): string[] {
  const found = new Set<string>();
  for (const { file, name, skipped } of results) {
    if (file === undefined) found.add(`${name}: has no test`);
    if (skipped === false) continue;
    const mayBe = MAY_BE_SKIPPED.some((known) => known.file === file && known.because === skipped);
    if (!mayBe) found.add(`${file}: "${name}" was skipped`);
  }
  for (const { file, name } of results) {
    const engine = ENGINES.find((each) => name.endsWith(suffixOf(each)));
    if (engine === undefined) continue;
    const base = name.slice(0, -suffixOf(engine).length);
    const timesOn = ENGINES.map((each) => {
      const wanted = `${base}${suffixOf(each)}`;
      return results.filter((result) => result.file === file && result.name === wanted).length;
    });
    if (new Set(timesOn).size === 1) continue;
    const told = ENGINES.map((each, i) => `${each} ${timesOn[i]}`).join(', ');
    found.add(`${file}: "${base}" ran on ${told}`);
  }
  return [...found];
}

/** As `testOnEachEngine` ends a test's name. `(sqlite only)` is another one, which has no other half. */
function suffixOf(engine: string): string {
  return ` (${engine})`;
}

function countOn(results: readonly TestResult[], engine: string): number {
  return results.filter(({ name }) => name.endsWith(suffixOf(engine))).length;
}
