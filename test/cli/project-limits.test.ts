import assert from 'node:assert/strict';

import { openCommandLine } from '../support/command-line.ts';
import { testOnEachEngine } from '../support/engines.ts';

testOnEachEngine('limits are set, shown and taken away by a command', async (_start, engine) => {
  await using cli = await openCommandLine(engine);
  for (const id of ['acme', 'other']) {
    await cli.mustRun('project', 'create', '--name', id, '--id', id);
  }
  const limits = (...args: string[]) => cli.mustRun('project', 'limits', ...args);
  assert.match(await limits('acme'), /^The project acme has no limits of its own\.$/m);
  const spend = ['--monthly-spend', '100', '--currency', 'usd'];
  const table = await limits('acme', '--holds', '20', '--numbers', '50', ...spend);
  assert.match(table, /^holds at a time +20$/m);
  assert.match(table, /^numbers at a time +50$/m);
  assert.match(table, /^charges a month +100\.00 USD$/m);
  assert.equal(await limits('acme'), table);
  assert.match(await limits('other'), /no limits of its own/);

  const without = await limits('acme', '--holds', 'none', '--requests-per-second', '5');
  assert.doesNotMatch(without, /holds/);
  assert.match(without, /^requests a second +5$/m);
  assert.match(without, /^numbers at a time +50$/m);
});

testOnEachEngine('limits that cannot be are named by their options', async (_start, engine) => {
  await using cli = await openCommandLine(engine);
  await cli.mustRun('project', 'create', '--name', 'Acme', '--id', 'acme');
  const counts = ['--numbers', '-1', '--holds', '1000001', '--requests-per-second', '0'];
  const spend = ['--monthly-spend', '10000000000.01', '--currency', 'USD'];
  const wrong = await cli.run(['project', 'limits', 'acme', ...counts, ...spend]);
  assert.equal(wrong.code, 1);
  for (const line of [
    /--numbers must be a number from 0 to 1000000000, or none/,
    /--holds must be a number from 0 to 1000000, or none/,
    /--requests-per-second must be a number from 1 to 1000000000, or none/,
    /--monthly-spend must be an amount in USD from 0\.00 to 10000000000\.00, with at most 2 decimals, or none/,
  ]) {
    assert.match(wrong.stderr, line);
  }
  assert.match(await cli.mustRun('project', 'limits', 'acme'), /no limits of its own/);
  const most = ['--monthly-spend', '10000000000', '--currency', 'USD'];
  const table = await cli.mustRun('project', 'limits', 'acme', ...most);
  assert.match(table, /10000000000\.00 USD/);
  const nobody = await cli.run(['project', 'limits', 'nobody', '--holds', '1']);
  assert.equal(nobody.code, 1);
  assert.match(nobody.stderr, /There is no project nobody/);
});
