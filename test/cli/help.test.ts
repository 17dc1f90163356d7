import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { formatVariables } from '../../src/cli/environment-help.ts';
import { VARIABLES } from '../../src/config.ts';
import { openCommandLineWithoutDatabase } from '../support/command-line.ts';

test('--help names every command and every environment variable', async () => {
  await using cli = await openCommandLineWithoutDatabase();
  const help = await cli.mustRun('--help');
  for (const command of [
    'serve',
    'work',
    'pool',
    'import',
    'project',
    'key',
    'backup',
    'copy',
    'migrate',
  ]) {
    assert.match(help, new RegExp(`^  ${command} `, 'm'));
  }
  const serveHelp = await cli.mustRun('serve', '--help');
  for (const [name, [fallback]] of Object.entries(VARIABLES)) {
    assert.ok(help.includes(`  ${name} `), name);
    assert.ok(serveHelp.includes(`  ${name} `), name);
    assert.ok(serveHelp.includes(fallback), `${name}'s default`);
  }
});

for (const width of [80, 100]) {
  test(`the variables fit ${width} columns, with nothing lost by the wrapping`, () => {
    const text = formatVariables(width);
    for (const line of text.split('\n')) assert.ok(line.length <= width, line);
    const words = text.replaceAll(/\s+/g, '');
    for (const [name, [fallback, meaning]] of Object.entries(VARIABLES)) {
      assert.ok(words.includes(`${name}${meaning}`.replaceAll(' ', '')), name);
      assert.ok(words.includes(fallback), name);
    }
  });
}

test('no line of a help text is longer than 80 columns', async () => {
  await using cli = await openCommandLineWithoutDatabase();
  const single = ['serve', 'work', 'import', 'backup', 'copy', 'migrate'].map((name) => [name]);
  const commands = [...single, ['pool', 'create'], ['key', 'create']];
  const texts = await Promise.all(commands.map((command) => cli.mustRun(...command, '--help')));
  for (const line of texts.join('\n').split('\n')) assert.ok(line.length <= 80, line);
});

test('--version is the version of the package', async () => {
  await using cli = await openCommandLineWithoutDatabase();
  const manifest = new URL('../../package.json', import.meta.url);
  const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { version: string };
  assert.equal(await cli.mustRun('--version'), `${version}\n`);
});

test('a wrong command or option is named, with exit code 1 and no stack trace', async () => {
  await using cli = await openCommandLineWithoutDatabase();
  const cases: [args: string[], message: RegExp][] = [
    [['sreve'], /unknown command 'sreve'[\s\S]*Did you mean serve\?/],
    [['serve', '--prot', '1'], /unknown option '--prot'/],
    [['import', 'x.csv'], /'--pool <name>' not specified/],
    [['pool', 'create', 'x', '--interval-months', 'few'], /'--interval-months <n>' .*whole number/],
    [['pool', 'list', '--database', 'sqlite:a', '--data-dir', 'b'], /cannot be used with/],
  ];
  for (const [args, message] of cases) {
    const { code, stderr } = await cli.run(args);
    assert.equal(code, 1, args.join(' '));
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /\n {4}at /);
  }
});
