import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { parseSync, Visitor } from 'rolldown/utils';

/** Values that everyone may use; none of them knows a use case. */
const SHARED = [
  'assets',
  'clock',
  'config',
  'context',
  'errors',
  'ids',
  'log',
  'metrics',
  'outgoing',
  'signal',
];

/**
 * What each part of src/ may import besides itself: domain ← store ← app ← http | work | cli. A part is a
 * folder or a file of the root; `folder/file` allows that one file. A part that is not here fails the test.
 */
const MAY_IMPORT: Record<string, string[]> = {
  domain: [],
  store: ['domain', 'clock', 'errors', 'ids'],
  platforms: ['domain'],
  app: ['domain', 'store', 'platforms/platform', ...SHARED],
  // A platform that accepted a step reports its end over HTTP, in the format of platforms/http.
  http: ['domain', 'store', 'app', 'platforms/platform', 'platforms/http', ...SHARED],
  work: ['domain', 'store', 'app', 'platforms/platform', ...SHARED],
  cli: ['domain', 'store', 'app', 'server', ...SHARED],
  server: ['domain', 'store', 'platforms', 'app', 'http', 'work', 'banner', ...SHARED],
  main: ['cli', 'assets'],

  assets: [],
  banner: ['app', 'config', 'store/store'],
  clock: ['domain'],
  config: [
    'domain',
    'errors',
    'log',
    'number-order-config',
    'policy-config',
    'store/store',
    'store/postgres-url',
  ],
  'number-order-config': ['domain'],
  'policy-config': ['domain'],
  context: ['store', 'platforms/platform', 'app', ...SHARED],
  errors: [],
  ids: ['clock'],
  log: ['clock'],
  metrics: [],
  outgoing: ['domain'],
  signal: [],
};

/** Packages that belong to some parts only: SQL to the store, schemas and requests to the way in. */
const PACKAGE_HOMES: Record<string, string[]> = {
  'node:sqlite': ['store'],
  pg: ['store'],
  fastify: ['http', 'server'],
  typebox: ['http'],
  commander: ['cli', 'main'],
};

/** Rules without I/O: of Node's own modules the domain may only compute with this one. */
const DOMAIN_BUILTINS = ['node:crypto'];

/** Time and chance come from the context, so that a test can own them. */
const ONLY_IN: { use: string; parts: string[] }[] = [
  { use: 'Date.now', parts: ['clock'] },
  { use: 'new Date()', parts: ['clock'] },
  { use: 'Temporal.Now', parts: ['clock'] },
  { use: 'Math.random', parts: ['ids'] },
  { use: 'crypto.randomUUID', parts: ['ids'] },
  { use: 'crypto.getRandomValues', parts: ['ids'] },
];

/** Names that say nothing about what is inside. */
const EMPTY_NAMES = ['utils', 'util', 'helpers', 'helper', 'common', 'lib', 'misc', 'shared'];

/** Longer than this, a file holds more than one idea. */
const LINES_MAX = 400;

interface SourceFile {
  /** Relative to src/, with forward slashes. */
  path: string;
  text: string;
}

test('the source keeps the rules', () => {
  const src = path.join(import.meta.dirname, '../src');
  const files = globSync('**/*.ts', { cwd: src })
    .filter((file) => !file.endsWith('.test.ts'))
    .map((file) => ({
      path: file.replaceAll(path.sep, '/'),
      text: readFileSync(path.join(src, file), 'utf8'),
    }));

  assert.ok(files.length > 10, 'the glob found the source');
  assert.deepEqual(files.flatMap(findViolations), []);
});

const BAD_FILES: { path: string; text: string; violation: RegExp }[] = [
  {
    path: 'domain/money.ts',
    text: `import type { Store } from '../store/store.ts';`,
    violation: /^domain\/money\.ts imports store\/store\.ts$/,
  },
  {
    path: 'domain/money.ts',
    text: `import { DomainError } from '../errors.ts';`,
    violation: /imports errors\.ts$/,
  },
  {
    path: 'domain/money.ts',
    text: `import { readFile } from 'node:fs/promises';`,
    violation: /imports node:fs\/promises$/,
  },
  {
    path: 'store/rental.ts',
    text: `export { rentNumber } from '../app/rent-number.ts';`,
    violation: /imports app\/rent-number\.ts$/,
  },
  {
    path: 'app/rent-number.ts',
    text: `const sqlite = await import('node:sqlite');`,
    violation: /imports node:sqlite$/,
  },
  {
    path: 'app/rent-number.ts',
    text: `export * from '../platforms/sandbox.ts';`,
    violation: /imports platforms\/sandbox\.ts$/,
  },
  {
    path: 'http/v1/numbers.ts',
    text: `let worker: import('../../work/worker.ts').Worker;`,
    violation: /imports work\/worker\.ts$/,
  },
  {
    path: 'work/worker.ts',
    text: `import { Type } from 'typebox/type';`,
    violation: /imports typebox\/type$/,
  },
  {
    path: 'cli/serve.ts',
    text: `import { createApp } from '../http/app.ts';`,
    violation: /imports http\/app\.ts$/,
  },
  {
    path: 'main.ts',
    text: `import { startServer } from './server.ts';`,
    violation: /imports server\.ts$/,
  },
  { path: 'stray.ts', text: '', violation: /^stray\.ts has no place in MAY_IMPORT$/ },
  { path: 'app/a.ts', text: 'Date.now();', violation: /^app\/a\.ts uses Date\.now$/ },
  { path: 'app/a.ts', text: 'new Date();', violation: /uses new Date\(\)$/ },
  { path: 'app/a.ts', text: 'Temporal.Now.instant();', violation: /uses Temporal\.Now$/ },
  { path: 'clock.ts', text: 'Math.random();', violation: /uses Math\.random$/ },
  { path: 'app/a.ts', text: 'let a: string | any[];', violation: /has an any$/ },
  { path: 'app/a.ts', text: 'enum A { B }', violation: /has an enum$/ },
  { path: 'app/a.ts', text: 'const = ;', violation: /cannot be parsed/ },
  { path: 'app/a.ts', text: '\n'.repeat(LINES_MAX + 1), violation: /has 401 lines/ },
  { path: 'http/helpers/a.ts', text: '', violation: /is named "helpers"/ },
  { path: 'app/utils.ts', text: '', violation: /is named "utils"/ },
];

for (const { violation, ...file } of BAD_FILES) {
  test(`a file that breaks a rule is caught: ${file.path} with ${file.text.trim().slice(0, 60)}`, () => {
    const found = findViolations(file);
    assert.equal(found.length, 1, found.join('\n'));
    assert.match(found[0] ?? '', violation);
  });
}

test('a file that keeps the rules is not caught', () => {
  const text = `
    // Date.now() and any in a comment are only words.
    import { randomInt } from 'node:crypto';
    import type { Pool } from '../domain/pool.ts';
    import { PlatformUnavailableError } from '../platforms/platform.ts';
    import type { Context } from '../context.ts';
    import { findNumber } from './find-number.ts';
    export const text: string = 'new Date()';
    export const converted = new Date(0);
    export const at = Temporal.Instant.from('2026-01-01T00:00:00Z');
  `;
  assert.deepEqual(findViolations({ path: 'app/rent-number.ts', text }), []);
});

function findViolations(file: SourceFile): string[] {
  const { program, errors } = parseSync(file.path, file.text);
  if (errors.length > 0) return [`${file.path} cannot be parsed: ${errors[0]?.message}`];

  const part = partOf(file.path);
  const found = new Set<string>();
  const checkImport = (specifier: string) => {
    const imported = specifier.startsWith('.')
      ? path.posix.join(path.posix.dirname(file.path), specifier)
      : specifier;
    const allowed = specifier.startsWith('.')
      ? mayImportFile(part, imported)
      : mayImportPackage(part, imported);
    if (!allowed) found.add(`imports ${imported}`);
  };
  const checkUse = (name: string) => {
    const rule = ONLY_IN.find(({ use }) => use === name);
    if (rule !== undefined && !rule.parts.includes(part)) found.add(`uses ${name}`);
  };

  if (!(part in MAY_IMPORT)) found.add('has no place in MAY_IMPORT');
  for (const name of file.path.replace(/\.ts$/, '').split('/')) {
    if (EMPTY_NAMES.includes(name)) found.add(`is named "${name}"`);
  }
  const lines = file.text.replace(/\n$/, '').split('\n').length;
  if (lines > LINES_MAX) found.add(`has ${lines} lines; ${LINES_MAX} is the most`);

  new Visitor({
    ImportDeclaration: ({ source }) => checkImport(source.value),
    ExportAllDeclaration: ({ source }) => checkImport(source.value),
    ExportNamedDeclaration({ source }) {
      if (source !== null) checkImport(source.value);
    },
    ImportExpression({ source }) {
      if (source.type === 'Literal') checkImport(String(source.value));
    },
    TSImportType: ({ source }) => checkImport(source.value),
    NewExpression({ callee, arguments: given }) {
      // With an argument it only converts; without one it reads the machine's clock.
      if (callee.type === 'Identifier' && given.length === 0) checkUse(`new ${callee.name}()`);
    },
    MemberExpression({ object, property }) {
      if (object.type !== 'Identifier' || property.type !== 'Identifier') return;
      checkUse(`${object.name}.${property.name}`);
    },
    TSAnyKeyword: () => found.add('has an any'),
    TSEnumDeclaration: () => found.add('has an enum'),
  }).visit(program);

  return [...found].map((violation) => `${file.path} ${violation}`);
}

function mayImportFile(part: string, imported: string): boolean {
  const target = partOf(imported);
  const allowed = MAY_IMPORT[part] ?? [];
  return (
    target === part || allowed.includes(target) || allowed.includes(imported.replace(/\.ts$/, ''))
  );
}

function mayImportPackage(part: string, specifier: string): boolean {
  if (part === 'domain' && specifier.startsWith('node:'))
    return DOMAIN_BUILTINS.includes(specifier);
  const home = Object.keys(PACKAGE_HOMES).find(
    (name) => specifier === name || specifier.startsWith(`${name}/`),
  );
  return home === undefined || PACKAGE_HOMES[home]?.includes(part) === true;
}

/** `store/rental.ts` belongs to `store`, `clock.ts` to `clock`. */
function partOf(file: string): string {
  return (file.split('/')[0] ?? '').replace(/\.ts$/, '');
}
