import assert from 'node:assert/strict';

import { openCommandLine } from '../support/command-line.ts';
import { testOnEachEngine } from '../support/engines.ts';

testOnEachEngine('amounts that cannot be are refused with their bounds', async (_start, engine) => {
  await using cli = await openCommandLine(engine);
  await cli.mustRun('project', 'create', '--name', 'Acme', '--id', 'acme');
  const credit = (amount: string) => ['account', 'credit', 'acme', '--amount', amount];
  const limit = (amount: string) => ['account', 'limit', 'acme', '--credit-limit', amount];
  for (const [args, currency, line] of [
    [
      credit('10000000000.01'),
      'USD',
      '--amount must be an amount in USD from 0.01 to 10000000000.00',
    ],
    [credit('1.234'), 'USD', 'with at most 2 decimals'],
    [
      credit('0'),
      'JPY',
      '--amount must be an amount in JPY from 1 to 1000000000000, without decimals',
    ],
    [limit('10000000000.01'), 'USD', '--credit-limit must be an amount in USD from 0.00 to'],
  ] as const) {
    const { code, stderr } = await cli.run([...args, '--currency', currency]);
    assert.equal(code, 1);
    assert.ok(stderr.includes(line), stderr);
  }
  await using store = await cli.openStore();
  await cli.mustRun(...credit('10000000000'), '--currency', 'USD');
  await store.write((db) => db.run('UPDATE account SET balance_minor = 999000000000001'));
  const over = await cli.run([...credit('10000000000'), '--currency', 'USD']);
  assert.match(over.stderr, /--amount: makes a balance of 10000000000000\.01 USD, beyond/);
});

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
      /events, and 1 account: .*, and every balance what its payments and charges make\.$/m,
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

testOnEachEngine('payments are listed, and corrected by a negative one', async (_start, engine) => {
  await using cli = await openCommandLine(engine);
  await cli.mustRun('project', 'create', '--name', 'Acme', '--id', 'acme');
  const credit = (amount: string, reference: string, currency = 'USD') => {
    const paid = ['--amount', amount, '--currency', currency, '--reference', reference];
    return cli.run(['account', 'credit', 'acme', ...paid]);
  };
  const payments = (...flags: string[]) => cli.mustRun('account', 'payments', 'acme', ...flags);
  assert.match(await payments(), /^The project acme has paid nothing in advance\.$/m);

  const nothing = await credit('-1.00', 'correction of nothing');
  assert.match(nothing.stderr, /--currency: is one in which the project has no account to correct/);
  assert.equal((await credit('10000.00', 'invoice 7')).code, 0);
  for (const reference of ['', ' ']) {
    const unexplained = await credit('-9900.00', reference);
    assert.match(unexplained.stderr, /--reference must say what is corrected/);
  }
  for (const amount of ['-0', '--1', '-0.001']) {
    assert.match((await credit(amount, 'wrong')).stderr, /--amount must be an amount in USD from/);
  }
  for (let time = 0; time < 2; time++) {
    const corrected = await credit('-9900.00', 'correction of invoice 7');
    assert.match(corrected.stdout, /USD +100\.00 +0\.00 /, corrected.stderr);
  }
  for (const limit of ['50.00', '50.00', '20.00']) {
    await cli.mustRun('account', 'limit', 'acme', '--credit-limit', limit, '--currency', 'USD');
  }
  await cli.mustRun('account', 'limit', 'acme', '--credit-limit', '5', '--currency', 'JPY');

  const shown = (await payments())
    .trim()
    .split('\n')
    .map((line) => line.replaceAll(/ +/g, ' '));
  const [header, newest, oldest, , changesHeader, ...changes] = shown;
  assert.equal(header, 'WHEN (UTC) AMOUNT CURRENCY REFERENCE BY');
  assert.match(newest!, /^\S+ \S+ -9900\.00 USD correction of invoice 7 operator$/);
  assert.match(oldest!, /^\S+ \S+ 10000\.00 USD invoice 7 operator$/);
  assert.equal(changesHeader, 'WHEN (UTC) LIMIT FROM TO CURRENCY BY');
  assert.deepEqual(
    changes.map((line) => line.split(' ').slice(2).join(' ')),
    ['5 JPY operator', '50.00 20.00 USD operator', '0.00 50.00 USD operator'],
  );
  const json = JSON.parse(await payments('--json')) as Record<string, Record<string, unknown>[]>;
  assert.deepEqual(
    json['payments']!.map(({ amount, reference }) => [amount, reference]),
    [
      ['-9900.00', 'correction of invoice 7'],
      ['10000.00', 'invoice 7'],
    ],
  );
  assert.deepEqual(
    json['creditLimitChanges']!.map(({ from, to }) => [from, to]),
    [
      [null, '5'],
      ['50.00', '20.00'],
      ['0.00', '50.00'],
    ],
  );
  assert.match(await cli.mustRun('check'), /and every balance what its payments and charges make/);
  const nobody = await cli.run(['account', 'payments', 'nobody']);
  assert.match(nobody.stderr, /There is no project nobody/);
});
