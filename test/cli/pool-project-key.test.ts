import assert from 'node:assert/strict';

import { findAccessKey } from '../../src/store/access-key.ts';
import { hashSecret } from '../../src/app/access-key-secret.ts';
import { type DatabaseCommandLine, openCommandLine, US_LOCAL } from '../support/command-line.ts';
import { testOnEachEngine } from '../support/engines.ts';

testOnEachEngine(
  'a pool is made, listed as a table and as JSON, and its name is taken then',
  async (_start, engine) => {
    await using cli = await openCommandLine(engine);
    assert.match(await cli.mustRun('pool', 'list'), /There are no pools/);
    await cli.mustRun('project', 'create', '--id', 'acme', '--name', 'Acme');
    await cli.mustRun(...US_LOCAL);
    const name = 'a-pool-with-quite-a-long-name-for-a-pool';
    const sells = ['--region', 'gb', '--type', 'toll_free', '--capabilities', 'voice, sms'];
    const costs = ['--currency', 'gbp', '--setup-price', '1000', '--monthly-price', '1234.5'];
    const terms = [
      '--interval-months',
      '12',
      '--documentation-required',
      '--emergency-addresses',
      '--quarantine-days',
      '0',
    ];
    await cli.mustRun('pool', 'create', name, ...sells, ...costs, ...terms, '--visible-to', 'acme');

    const table = await cli.mustRun('pool', 'list');
    for (const line of table.split('\n')) assert.ok(line.length <= 100, line);
    assert.match(table, /^us-local +US LOCAL +SMS,VOICE +0\.50 +1\.00 USD +0 {2}AVAILABLE$/m);
    assert.match(table, /^  for 1 project +GB TOLL_FREE +SMS,VOICE +1000\.00 +1234\.50 GBP/m);
    assert.match(table, /^ +emergency +every 12 months$/m);

    const [first, second] = JSON.parse(await cli.mustRun('pool', 'list', '--json')) as unknown[];
    assert.deepEqual(second, {
      name,
      regionCode: 'GB',
      type: 'TOLL_FREE',
      capabilities: ['SMS', 'VOICE'],
      currencyCode: 'GBP',
      setupPrice: '1000.00',
      monthlyPrice: '1234.50',
      paymentIntervalMonths: 12,
      documentationRequired: true,
      emergencyAddresses: true,
      quarantineDays: 0,
      visibleTo: ['acme'],
      stock: { AVAILABLE: 0, HELD: 0, ACTIVE: 0, RELEASING: 0, QUARANTINED: 0, RETIRED: 0 },
    });
    assert.partialDeepStrictEqual(first, {
      paymentIntervalMonths: 1,
      documentationRequired: false,
      emergencyAddresses: false,
      quarantineDays: null,
      visibleTo: null,
    });

    await assertFails(cli, US_LOCAL, ['There is a pool named us-local already.']);
  },
);

testOnEachEngine('a pool costs no more than can be summed up', async (_start, engine) => {
  await using cli = await openCommandLine(engine);
  const sells = ['--region', 'US', '--type', 'LOCAL', '--capabilities', 'SMS', '--currency', 'USD'];
  const create = (setup: string, monthly: string, months: string) => {
    const costs = ['--setup-price', setup, '--monthly-price', monthly];
    return ['pool', 'create', 'dear', ...sells, ...costs, '--interval-months', months];
  };
  const range = 'must be an amount in USD from 0.00 to 10000000000.00, with at most 2 decimals';
  await assertFails(cli, create('10000000000.01', '90071992547409.91', '120'), [
    `--setup-price ${range}, not "10000000000.01".`,
    `--monthly-price ${range}, not "90071992547409.91".`,
  ]);
  await assertFails(cli, create('0', '2500000000.01', '4'), [
    '--monthly-price must be at most 10000000000.00 USD for the 4 months that are charged together.',
  ]);
  await cli.mustRun(...create('10000000000', '2500000000', '4'));
});

testOnEachEngine(
  'everything that is wrong with a pool is said at once, by option',
  async (_start, engine) => {
    await using cli = await openCommandLine(engine);
    const sells = ['--region', 'UK', '--type', 'BIG', '--capabilities', 'FAX'];
    const costs = ['--currency', 'JPY', '--setup-price', '0.50', '--monthly-price', '-1'];
    const terms = [
      '--interval-months',
      '121',
      '--quarantine-days',
      '3651',
      '--emergency-addresses',
    ];
    const create = ['pool', 'create', 'My Pool', ...sells, ...costs, ...terms];
    const lines = [
      'The name must be 1 to 40 lower-case letters, digits and dashes, no dash first.',
      '--region must be a region code such as US or GB, not "UK".',
      '--type must be one of MOBILE, LOCAL, TOLL_FREE, not "BIG".',
      '--capabilities must be one or more of SMS, VOICE, not "FAX".',
      '--emergency-addresses: needs the capability VOICE: who cannot call needs no emergency address.',
      '--quarantine-days must be a whole number from 0 to 3650.',
      '--interval-months must be a whole number from 1 to 120.',
      '--setup-price must be an amount in JPY from 0 to 1000000000000, without decimals, not "0.50".',
      '--monthly-price must be an amount in JPY from 0 to 1000000000000, without decimals, not "-1".',
      '--visible-to: there is no project "a".',
      '--visible-to: there is no project "b".',
    ];
    await assertFails(cli, [...create, '--visible-to', 'a', 'b'], lines);
    const wrongCurrency = US_LOCAL.map((arg) => (arg === 'USD' ? 'DOLLAR' : arg));
    const message = '--currency must be a currency code such as USD or EUR, not "DOLLAR".';
    await assertFails(cli, wrongCurrency, [message]);
    assert.match(await cli.mustRun('pool', 'list'), /There are no pools/);
  },
);

testOnEachEngine(
  'projects are made with an id of their own or a random one, and listed',
  async (_start, engine) => {
    await using cli = await openCommandLine(engine);
    assert.match(await cli.mustRun('project', 'list'), /There are no projects/);
    await cli.mustRun('project', 'create', '--id', 'acme', '--name', 'Acme & Söhne');
    const made = await cli.mustRun('project', 'create', '--name', 'Other');
    const [id = ''] = /[0-9a-f-]{36}/.exec(made) ?? [];

    const list = await cli.mustRun('project', 'list');
    assert.match(list, /^acme .* Acme & Söhne$/m);
    assert.match(list, new RegExp(`^${id} .* Other$`, 'm'));
    const again = ['project', 'create', '--id', 'acme', '--name', 'x'];
    await assertFails(cli, again, ['There is a project with the id acme already.']);
    await assertFails(
      cli,
      ['project', 'create', '--id', 'a/b', '--name', 'x\u001B[2J'],
      [
        '--id must be 1 to 64 letters, digits, dots, dashes or underscores.',
        '--name must have 1 to 200 characters, and no control characters.',
      ],
    );
  },
);

testOnEachEngine(
  "a key's secret is shown once, stored as a hash, and the key can be revoked",
  async (_start, engine) => {
    await using cli = await openCommandLine(engine);
    await cli.mustRun('project', 'create', '--id', 'acme', '--name', 'Acme');
    const made = await cli.mustRun(
      'key',
      'create',
      '--project',
      'acme',
      '--id',
      'k1',
      '--name',
      'CI',
    );
    const [, secret = ''] = /Key secret {2}(\S{27})\n/.exec(made) ?? [];
    assert.match(made, /shown only now/);
    await cli.mustRun('key', 'create', '--project', 'acme');

    const before = await cli.mustRun('key', 'list', '--project', 'acme');
    assert.match(before, /^k1 +\d{4}-\d\d-\d\d +valid +CI$/m);
    assert.equal(before.trim().split('\n').length, 3);
    assert.ok(secret !== '' && !before.includes(secret), 'no secret in the list');
    assert.equal((await readKey(cli, 'k1'))?.secretHash, hashSecret(secret));

    assert.match(await cli.mustRun('key', 'revoke', 'k1'), /^Revoked the access key k1\. /);
    assert.match(await cli.mustRun('key', 'revoke', 'k1'), /^The access key k1 was revoked before/);
    assert.match(
      await cli.mustRun('key', 'list', '--project', 'acme'),
      /^k1 .* revoked \d{4}-.* CI$/m,
    );

    // Another secret under the same id would bring a revoked key back.
    const again = ['key', 'create', '--project', 'acme', '--id', 'k1'];
    await assertFails(cli, again, ['There is an access key with the id k1 already.']);
    assert.notEqual((await readKey(cli, 'k1'))?.revokedAt, null);
    await assertFails(cli, ['key', 'revoke', 'k2'], ['There is no access key k2.']);
    await assertFails(cli, ['key', 'list', '--project', 'x'], ['There is no project x.']);
    await assertFails(cli, ['key', 'create', '--project', 'x'], ['There is no project x.']);
  },
);

async function readKey(cli: DatabaseCommandLine, id: string) {
  await using store = await cli.openStore();
  return await store.read((db) => findAccessKey(db, id));
}

/** Exactly these lines on standard error, and nothing else. */
async function assertFails(
  cli: DatabaseCommandLine,
  args: readonly string[],
  lines: readonly string[],
): Promise<void> {
  const { code, stdout, stderr } = await cli.run(args);
  assert.deepEqual(
    { code, stdout, lines: stderr.trim().split('\n') },
    { code: 1, stdout: '', lines },
  );
}
