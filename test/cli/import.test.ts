import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

import { listPools } from '../../src/store/pool.ts';
import { findNumber } from '../../src/store/number.ts';
import type { E164 } from '../../src/domain/phone-number.ts';
import { type DatabaseCommandLine, openCommandLine, poolOptions } from '../support/command-line.ts';
import { testOnEachEngine, testOnEngine } from '../support/engines.ts';
import { addPool } from '../support/test-server.ts';

const US_LOCAL = { name: 'us-local', first: '+12125550100', size: 0 };
const US_OTHER = { ...US_LOCAL, name: 'us-other' };
const GB_LOCAL = { name: 'gb-local', regionCode: 'GB', currencyCode: 'GBP', first: '+44', size: 0 };

testOnEachEngine(
  'numbers with and without a locality are added, and adding them again adds nothing',
  async (_start, engine) => {
    await using cli = await openCommandLine(engine, [US_LOCAL]);
    await cli.write('us.csv', '+12125550100,New York\n+12125550101\n\n+12125550102,"Queens, NY"\n');
    const importFile = ['import', 'us.csv', '--pool', 'us-local'];

    const first = await cli.run(importFile);
    const stdout = 'Added 3 of 3 numbers to us-local.\n';
    assert.deepEqual(first, { code: 0, stdout, stderr: '' }, 'and no progress off a terminal');
    assert.ok(!existsSync(path.join(cli.folder, 'us.csv.errors.csv')));
    assert.deepEqual(await readLocalities(cli, '+12125550100', '+12125550101', '+12125550102'), [
      'New York',
      null,
      'Queens, NY',
    ]);

    const { code, stdout: again } = await cli.run(importFile);
    assert.equal(code, 0);
    assert.match(again, /^Added 0 of 3 numbers to us-local, 3 in this pool already\.\n/);
    const [pool] = JSON.parse(await cli.mustRun('pool', 'list', '--json')) as { stock: object }[];
    assert.partialDeepStrictEqual(pool?.stock, { AVAILABLE: 3, ACTIVE: 0 });
  },
);

testOnEachEngine(
  'a header may order the columns, and a semicolon or a tab may part them',
  async (_start, engine) => {
    await using cli = await openCommandLine(engine, [GB_LOCAL]);
    const files = [
      '\uFEFFLocality;Comment;Phone number\r\nLondon;x;+442079460000\r\n',
      'msisdn\tcity\n+442079460001\tLondon\n',
      '"phone_number","town"\n"+442079460002","London"',
    ];
    for (const [i, text] of files.entries()) {
      await cli.write(`${i}.csv`, text);
      const output = await cli.mustRun('import', `${i}.csv`, '--pool', 'gb-local');
      assert.equal(output, 'Added 1 of 1 numbers to gb-local.\n', text);
      assert.deepEqual(await readLocalities(cli, `+44207946000${i}`), ['London']);
    }
  },
);

testOnEachEngine(
  'numbers may be written as people write them, in national form too',
  async (_start, engine) => {
    await using cli = await openCommandLine(engine, [GB_LOCAL]);
    const input = '020 7946 0000\n+44 (20) 7946-0001\n442079460002\n0044 20 7946 0003\n';
    const { code, stdout } = await cli.run(['import', '-', '--pool', 'gb-local'], { input });
    assert.deepEqual({ code, stdout }, { code: 0, stdout: 'Added 4 of 4 numbers to gb-local.\n' });
    assert.equal((await readLocalities(cli, '+442079460000', '+442079460003')).length, 2);
  },
);

testOnEachEngine(
  'bad rows and duplicates are reported by line, and the others are added',
  async (_start, engine) => {
    await using cli = await openCommandLine(engine, [US_LOCAL, US_OTHER]);
    await cli.write('other.csv', '+12125550107\n');
    await cli.mustRun('import', 'other.csv', '--pool', 'us-other');
    const rows = [
      'phone number,locality',
      '+12125550100,New York',
      'nonsense,',
      '',
      '+14165550100,Toronto',
      '2.12556E+09,New York',
      ',New York',
      '+12125550100,New York',
      '+12125550107,New York',
      `+12125550108,${'x'.repeat(101)}`,
      '"212,555",New York',
    ];
    await cli.write('us.csv', Buffer.from(rows.join('\r\n')));

    const { code, stdout } = await cli.run(['import', 'us.csv', '--pool', 'us-local']);
    assert.equal(code, 2);
    assert.equal(
      stdout,
      `Added 1 of 9 numbers to us-local, 1 in other pools, 1 more than once in the file, 6 bad.
See us.csv.errors.csv for the lines and reasons.
`,
    );
    assert.equal(
      await cli.read('us.csv.errors.csv'),
      `line,phone number,reason
3,nonsense,is not a phone number of US
5,+14165550100,"belongs to CA, not US"
6,2.12556E+09,was cut short by a spreadsheet: format the column as text there and export it again
7,,is missing
8,+12125550100,"is in the file already, on line 2"
9,+12125550107,is in the pool us-other already (AVAILABLE)
10,+12125550108,has a locality of more than 100 characters
11,"212,555",is not a phone number of US
`,
    );
  },
);

testOnEachEngine(
  'a dry run says what an import would, and changes nothing',
  async (_start, engine) => {
    await using cli = await openCommandLine(engine, [US_LOCAL]);
    await cli.write('known.csv', '+12125550100\n');
    await cli.mustRun('import', 'known.csv', '--pool', 'us-local');
    await cli.write('us.csv', '+12125550100\n+12125550101\n+12125550101\nx\n');
    const importFile = ['import', 'us.csv', '--pool', 'us-local', '--errors', 'problems.csv'];

    const dry = await cli.run([...importFile, '--dry-run']);
    assert.equal(dry.code, 2);
    const rest =
      '1 of 4 numbers to us-local, 1 in this pool already, 1 more than once in the file, 1 bad.';
    assert.match(dry.stdout, new RegExp(`^Would add ${rest} Nothing was changed\\.\n`));
    assert.equal(await countAvailable(cli, 'us-local'), 1);
    const foretold = await cli.read('problems.csv');

    const real = await cli.run(importFile);
    assert.match(real.stdout, new RegExp(`^Added ${rest}\n`));
    assert.equal(await cli.read('problems.csv'), foretold);
    assert.equal(await countAvailable(cli, 'us-local'), 2);
  },
);

testOnEachEngine('the error file is about the last import only', async (_start, engine) => {
  await using cli = await openCommandLine(engine, [US_LOCAL]);
  await cli.write('us.csv', '+12125550100\nx\n');
  assert.equal((await cli.run(['import', 'us.csv', '--pool', 'us-local'])).code, 2);
  assert.ok(existsSync(path.join(cli.folder, 'us.csv.errors.csv')));
  await cli.write('us.csv', '+12125550101\n');
  await cli.mustRun('import', 'us.csv', '--pool', 'us-local');
  assert.ok(!existsSync(path.join(cli.folder, 'us.csv.errors.csv')));
});

testOnEachEngine(
  'search knows the lengths of all numbers that were ever imported',
  async (_start, engine) => {
    await using cli = await openCommandLine(engine);
    await cli.mustRun(...poolOptions('de-local', 'DE', 'EUR'));
    const [long, short, between] = ['+4915112345678', '+4930123456', '+493023125000'];
    for (const input of [between, short, long, between]) {
      await cli.run(['import', '-', '--pool', 'de-local'], { input });
    }
    await using store = await cli.openStore();
    const [pool] = await store.read(listPools);
    assert.partialDeepStrictEqual(pool, {
      digitsMin: short.length - 1,
      digitsMax: long.length - 1,
    });
  },
);

testOnEngine(
  'postgres',
  'a database is named without its password',
  { because: 'a file has none' },
  async (_start, engine) => {
    await using cli = await openCommandLine(engine);
    const url = new URL(cli.databaseUrl);
    // A server that trusts everybody takes any password.
    url.password ||= 'secret-password';
    await cli.write('us.csv', '+12125550100\n');
    const { stderr } = await cli.run(['import', 'us.csv', '--pool', 'x', '--database', url.href]);
    assert.match(stderr, /^There is no pool "x" in postgres(ql)?:\/\/\w+:\*\*\*@\S+\.\n/);
    assert.ok(!stderr.includes(url.password));
  },
);

testOnEachEngine('what cannot be imported is one clear line', async (_start, engine) => {
  await using cli = await openCommandLine(engine);
  await cli.write('us.csv', '+12125550100\n');
  const empty = await cli.run(['import', 'us.csv', '--pool', 'us-local']);
  assert.match(
    empty.stderr,
    /^There is no pool "us-local" in (sqlite|postgres):.*\nMake it with .*\n$/,
  );
  {
    await using store = await cli.openStore();
    for (const pool of [US_LOCAL, GB_LOCAL]) await addPool(store, pool);
  }
  await cli.write('us.csv.gz', gzipSync('+12125550100\n'));
  await cli.write('us.xlsx', 'PK\u0003\u0004');
  await cli.write('open.csv', '+12125550100\n+12125550101,"New York\n+12125550102\n');
  const into = ['--pool', 'us-local'];
  const cases: [args: string[], message: RegExp][] = [
    [['us.csv', '--pool', 'us'], /^There is no pool "us" .*\nThere are: us-local, gb-local\.\n$/],
    [['missing.csv', ...into], /^There is no file missing\.csv\.\n$/],
    [['.', ...into], /^\. is a folder\.\n$/],
    [['us.csv.gz', ...into], /^The file is compressed\. .*gunzip.*\n$/],
    [['us.xlsx', ...into], /^The file is a spreadsheet or an archive: .*\n$/],
    [['open.csv', ...into], /^Behind line 1, a quote is opened and not closed\. .*\n$/],
    [['us.csv', ...into, '--errors', './us.csv'], /^--errors must name another file .*\n$/],
    [['us.csv', ...into, '--errors', 'no/e.csv'], /^The error file no\/e\.csv cannot .*\n$/],
  ];
  for (const [args, message] of cases) {
    const { code, stdout, stderr } = await cli.run(['import', ...args]);
    assert.deepEqual({ code, stdout }, { code: 1, stdout: '' }, args.join(' '));
    assert.match(stderr, message);
  }
  assert.equal(await cli.read('us.csv'), '+12125550100\n', 'the file is still there');
  assert.equal(await countAvailable(cli, 'us-local'), 0);
});

async function countAvailable(cli: DatabaseCommandLine, name: string): Promise<number | undefined> {
  await using store = await cli.openStore();
  const sql = `SELECT count(*) FROM number JOIN pool ON pool.id = number.pool_id
    WHERE pool.name = ? AND number.state = 0`;
  const [count] = await store.read((db) => db.column<number>(sql, name));
  return count;
}

async function readLocalities(cli: DatabaseCommandLine, ...e164s: string[]) {
  await using store = await cli.openStore();
  return await store.read((db) =>
    Promise.all(
      e164s.map(async (e164) => {
        const number = await findNumber(db, e164 as E164);
        assert.equal(number?.state, 'AVAILABLE', e164);
        return number?.locality;
      }),
    ),
  );
}
