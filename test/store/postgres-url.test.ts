import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ConfigError, type Environment, loadConfig } from '../../src/config.ts';
import { parsePostgresUrl, PostgresUrlError } from '../../src/store/postgres-url.ts';

const PLAIN = {
  host: 'localhost',
  port: 5432,
  user: undefined,
  password: undefined,
  database: undefined,
  applicationName: undefined,
  options: undefined,
  sslMode: 'disable',
  sslRootCert: undefined,
  sslCert: undefined,
  sslKey: undefined,
};

test('a URL is taken apart, and what it leaves out is open', () => {
  const cases: [url: string, parts: object][] = [
    ['postgres://', {}],
    ['postgresql://db.example/', { host: 'db.example' }],
    [
      'postgres://app@db:6432/numbers',
      { host: 'db', port: 6432, user: 'app', database: 'numbers' },
    ],
    [
      'postgres://a%40b:%3A%2F%3F%23%40%25@db/my%20db',
      { host: 'db', user: 'a@b', password: ':/?#@%', database: 'my db' },
    ],
    ['postgres://u:p@[::1]/d', { host: '::1', user: 'u', password: 'p', database: 'd' }],
    ['postgres:///d?host=/var/run', { host: '/var/run', database: 'd' }],
    ['postgres://%2Fvar%2Frun/d', { host: '/var/run', database: 'd' }],
    [
      'postgres://db/d?sslmode=verify-full&sslrootcert=/ca&sslcert=/c&sslkey=/k',
      {
        host: 'db',
        database: 'd',
        sslMode: 'verify-full',
        sslRootCert: '/ca',
        sslCert: '/c',
        sslKey: '/k',
      },
    ],
    [
      'postgres://db/d?application_name=numbers&options=-c%20work_mem%3D8MB&sslmode=',
      { host: 'db', database: 'd', applicationName: 'numbers', options: '-c work_mem=8MB' },
    ],
  ];
  for (const [url, parts] of cases) {
    assert.deepEqual(parsePostgresUrl(url), { ...PLAIN, ...parts }, url);
  }
});

test('a URL that cannot be meant is refused, and its password is not told', () => {
  const cases: [url: string, problem: RegExp][] = [
    ['postgres://u:secret#x@db/d', /^cannot be read as .* write : .* as %3A/],
    ['postgres://u:1#secret@db/d', /^cannot be read as/],
    ['postgres://u:1/secret@db/d', /^cannot be read as/],
    ['postgres://u:1?secret@db/d', /^has a parameter that is not understood/],
    ['postgres://u:secret%zz@db/d', /^has a % that/],
    ['postgres://u:secret@db:port/d', /^cannot be read as/],
    ['postgres://u:secret@one,two/d', /^names more than one host/],
    ['postgres://u:secret@one:1,two:2/d', /^names more than one host/],
    ['postgres://u:secret@db/d?statement_timeout=0', /^has a parameter statement_timeout/],
    ['postgres://u:secret@db/d?ssl=true', /^has a parameter ssl that .* sslmode/],
    ['postgres://u:secret@db/d?sslmode=prefer', /^has an sslmode that is none of disable, require/],
    ['postgres://u:secret@db/d?sslrootcert=/ca', /^names certificates but no sslmode/],
    ['postgres://u:secret@db/d?sslmode=verify-ca', /needs sslrootcert=FILE$/],
    ['postgres://u:secret@db/d?sslmode=require&sslcert=/c', /^must name sslcert and sslkey/],
  ];
  for (const [url, problem] of cases) {
    assert.throws(
      () => parsePostgresUrl(url),
      (error) =>
        error instanceof PostgresUrlError &&
        problem.test(error.message) &&
        !/secret|\n/.test(error.message),
      url,
    );
  }
});

test('what is wrong with the settings of the database is one line each', () => {
  const primary = 'postgres://db/d';
  const cases: [environment: Environment, line: RegExp][] = [
    [
      { DATABASE_URL: 'sqlite:x', READ_DATABASE_URL: primary },
      /^READ_DATABASE_URL goes only with a DATABASE_URL that is postgres:\/\/….$/,
    ],
    [{ READ_DATABASE_URL: primary }, /^READ_DATABASE_URL goes only with/],
    [
      { DATABASE_URL: primary, READ_DATABASE_URL: 'sqlite:x' },
      /^READ_DATABASE_URL must be postgres:\/\/USER:PASSWORD@HOST\/DATABASE\.$/,
    ],
    [
      { DATABASE_URL: 'postgres://db/d?max=1', READ_DATABASE_URL: 'postgres://db/d?min=1' },
      /^DATABASE_URL has a parameter max .*\nREAD_DATABASE_URL has a parameter min .*$/,
    ],
    [
      {
        DATABASE_URL: primary,
        READ_DATABASE_URL: primary,
        NUMBERYARD_READ_DATABASE_LAG_SECONDS_MAX: '3601',
      },
      /^NUMBERYARD_READ_DATABASE_LAG_SECONDS_MAX must be a whole number from 1 to 3600, not "3601"\.$/,
    ],
    [
      { DATABASE_URL: primary, NUMBERYARD_DATABASE_STATEMENT_TIMEOUT_SECONDS: '86401' },
      /^NUMBERYARD_DATABASE_STATEMENT_TIMEOUT_SECONDS must be a whole number from 1 to 86400/,
    ],
  ];
  for (const [environment, line] of cases) {
    assert.throws(
      () => loadConfig(environment),
      (error) => error instanceof ConfigError && line.test(error.message),
      JSON.stringify(environment),
    );
  }
  const standby = { DATABASE_URL: primary, READ_DATABASE_URL: 'postgres://two/d' };
  const read = (environment: Environment) => loadConfig(environment).postgres.standby;
  assert.equal(read({ DATABASE_URL: primary }), undefined);
  assert.deepEqual(read(standby), {
    url: 'postgres://two/d',
    lagMsMax: 10_000,
    checkEveryMs: 1000,
  });
  const off = { ...standby, NUMBERYARD_READ_DATABASE_LAG_SECONDS_MAX: 'off' };
  assert.equal(read(off)?.lagMsMax, undefined);
});
