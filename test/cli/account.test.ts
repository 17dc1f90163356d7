import assert from 'node:assert/strict';

import { openCommandLine } from '../support/command-line.ts';
import { testOnEachEngine } from '../support/engines.ts';

testOnEachEngine(
  'payments and credit limits are set and shown by commands',
  async (_start, engine) => {
    await using cli = await openCommandLine(engine);
    await cli.mustRun('project', 'create', '--name', 'Acme', '--id', 'acme');
    assert.match(
      await cli.mustRun('account', 'show', 'acme'),
      /has no account: it pays afterwards/,
    );
    const payment = ['--amount', '100.00', '--currency', 'usd', '--reference', 'invoice 1'];
    assert.match(await cli.mustRun('account', 'list'), /^Nobody has an account/);
    for (let time = 0; time < 2; time++) {
      const shown = await cli.mustRun('account', 'credit', 'acme', ...payment);
      assert.match(shown, /USD +100\.00 +0\.00 +0 +0\.00/);
    }
    const other = ['--amount', '1.00', '--currency', 'USD', '--reference', 'invoice 1'];
    const mistaken = await cli.run(['account', 'credit', 'acme', ...other]);
    assert.match(
      mistaken.stderr,
      /--reference: is that of another payment of the project, of 100\.00 USD/,
    );
    const limit = ['--credit-limit', '50.00', '--currency', 'USD'];
    assert.match(await cli.mustRun('account', 'limit', 'acme', ...limit), /USD +100\.00 +50\.00/);
    assert.match(await cli.mustRun('account', 'list'), /acme +USD +100\.00 +50\.00 +0 /);
    assert.match(
      await cli.mustRun('check'),
      /events, and 1 accounts: .*, and every balance what its payments and charges make\.$/m,
    );
    const wrong = await cli.run([
      'account',
      'credit',
      'acme',
      '--amount',
      'x',
      '--currency',
      'USD',
    ]);
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /--amount/);
    await using store = await cli.openStore();
    await store.write((db) => db.run('UPDATE account SET balance_minor = 1'));
    const damaged = await cli.run(['check']);
    assert.equal(damaged.code, 1);
    assert.match(damaged.stdout, /Account of acme: its balance is 0\.01 USD/);
  },
);
