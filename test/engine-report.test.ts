import assert from 'node:assert/strict';
import { test } from 'node:test';

import { findOmissions, type TestResult } from '../scripts/engine-report.ts';
import { runTests } from './support/test-runner.ts';

const FILE = 'test/http/some.test.ts';
const BROWSER_FILE = 'test/http/docs-browser.test.ts';

function ran(name: string, changes: Partial<TestResult> = {}): TestResult {
  return { name, file: FILE, skipped: false, ...changes };
}

test('a run with every test on its engines has no omissions', () => {
  const results = [
    ran('rents (sqlite)'),
    ran('rents (postgres)'),
    ran('shares a commit (sqlite only)'),
    ran('compares bytes (postgres only)'),
    ran('adds up'),
    ran('is shown (sqlite)', { file: BROWSER_FILE, skipped: 'there is no Chromium' }),
    ran('is shown (postgres)', { file: BROWSER_FILE, skipped: 'there is no Chromium' }),
  ];
  assert.deepEqual(findOmissions(results), []);
});

const OMISSIONS: [what: string, results: TestResult[], found: string[]][] = [
  [
    'a test on one of the engines',
    [ran('rents (postgres)'), ran('adds up')],
    [`${FILE}: "rents" ran on sqlite 0, postgres 1`],
  ],
  [
    'a test that has its other half in another file',
    [ran('rents (sqlite)'), ran('rents (postgres)', { file: 'test/http/other.test.ts' })],
    [
      `${FILE}: "rents" ran on sqlite 1, postgres 0`,
      'test/http/other.test.ts: "rents" ran on sqlite 0, postgres 1',
    ],
  ],
  [
    'a name that is used more often on one engine',
    [ran('rents (sqlite)'), ran('rents (sqlite)'), ran('rents (postgres)')],
    [`${FILE}: "rents" ran on sqlite 2, postgres 1`],
  ],
  ['a test that was skipped', [ran('a', { skipped: true })], [`${FILE}: "a" was skipped`]],
  [
    'a test that was skipped for a reason that does not count there',
    [ran('a', { skipped: 'there is no Chromium' })],
    [`${FILE}: "a" was skipped`],
  ],
  [
    'a browser that was not looked for',
    [ran('a', { file: BROWSER_FILE, skipped: 'not today' })],
    [`${BROWSER_FILE}: "a" was skipped`],
  ],
  [
    'a file without tests',
    [{ name: 'test/http/empty.test.ts', skipped: false }],
    ['test/http/empty.test.ts: has no test'],
  ],
];

for (const [what, results, found] of OMISSIONS) {
  test(`an omission is found: ${what}`, () => assert.deepEqual(findOmissions(results), found));
}

const TESTS = `import { test } from 'node:test';\n`;

test('a run of tests that all pass fails when something was left out of it', async () => {
  const { code, stdout } = await runTests({
    'half.test.ts': `${TESTS} test('rents (sqlite)', () => {}); test('adds up', () => {});`,
    'skipped.test.ts': `${TESTS} test('a', { skip: true }, () => {});
      test('b', { todo: true }, () => {}); test('c', (t) => t.skip());`,
    'empty.test.ts': 'process.exit(0);',
  });
  assert.equal(code, 1);
  const [, omissions = ''] = stdout.split('left out:');
  assert.deepEqual((omissions.match(/\w+\.test\.ts: .*$/gm) ?? []).toSorted(), [
    'empty.test.ts: has no test',
    'half.test.ts: "rents" ran on sqlite 1, postgres 0',
    'skipped.test.ts: "a" was skipped',
    'skipped.test.ts: "b" was skipped',
    'skipped.test.ts: "c" was skipped',
  ]);
});

test('a run succeeds when nothing was left out, or only what an option left out', async () => {
  const halves = `${TESTS} for (const engine of ['sqlite', 'postgres']) {
    test(\`rents (\${engine})\`, () => {});
  }`;
  const both = await runTests({ 'both.test.ts': halves });
  assert.equal(both.code, 0, both.stdout);
  assert.match(both.stdout, /on each engine: sqlite 1, postgres 1/);
  const one = await runTests({ 'both.test.ts': halves }, '--test-name-pattern=sqlite');
  assert.equal(one.code, 0, one.stdout);
  assert.match(one.stdout, /^ℹ tests 1$/m);
});
