import assert from 'node:assert/strict';
import { copyFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { openPostgresHome } from '../../scripts/postgres-server.ts';
import { openStore } from '../../src/store/store.ts';
import { testOnEngine } from '../support/engines.ts';
import { runSql } from '../support/postgres-cluster.ts';
import { noteDatabase } from '../support/test-database.ts';

const because = { because: 'SQLite has no connections.' };
const CERTIFICATES = path.join(import.meta.dirname, '../support/certificates');
/** `app` needs a certificate in its name; `postgres` must only not come without TLS. */
const WHO_MAY_COME = `
hostssl   all app      127.0.0.1/32 cert
hostssl   all postgres 127.0.0.1/32 trust
hostnossl all open     127.0.0.1/32 trust
`;

const AUTHORITY = `sslrootcert=${file('authority.crt')}`;
const STRANGER = `sslrootcert=${file('stranger.crt')}`;
const CLIENT = `sslcert=${file('client.crt')}&sslkey=${file('client.key')}`;

testOnEngine(
  'postgres',
  'TLS is as strict as sslmode says, and what is missing is one line',
  because,
  async () => {
    await using server = await startTlsServer();
    const connect = (user: string, host: string, parameters: string) =>
      readTls(`postgres://${user}@${host}:${server.port}/postgres?${parameters}`);
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on('warning', onWarning);

    // The server's certificate is for "localhost", and its authority is one of the tests'.
    for (const [host, parameters] of [
      ['127.0.0.1', 'sslmode=require'],
      ['127.0.0.1', `sslmode=require&${AUTHORITY}`],
      ['127.0.0.1', `sslmode=verify-ca&${AUTHORITY}`],
      ['localhost', `sslmode=verify-full&${AUTHORITY}`],
    ] as const) {
      assert.equal(await connect('postgres', host, parameters), 'encrypted', parameters);
    }
    const { port } = server;
    for (const [host, parameters, why] of [
      ['127.0.0.1', `sslmode=require&${STRANGER}`, /unable to verify|self-signed|local issuer/],
      ['localhost', `sslmode=verify-ca&${STRANGER}`, /unable to verify|self-signed|local issuer/],
      ['localhost', 'sslmode=verify-full', /unable to verify|self-signed|local issuer/],
      ['127.0.0.1', `sslmode=verify-full&${AUTHORITY}`, /does not match certificate's altnames/],
    ] as const) {
      const line = await connect('postgres', host, parameters);
      const [begin, end] = line.split(why);
      assert.ok(begin?.startsWith(`TLS with ${host}:${port} failed (`), line);
      assert.ok(
        end?.endsWith('): check sslmode, sslrootcert, sslcert and sslkey in DATABASE_URL.'),
      );
    }

    const refusal = `The database server at 127.0.0.1:${port} does not let user`;
    for (const parameters of ['', 'sslmode=disable']) {
      assert.equal(
        await connect('postgres', '127.0.0.1', parameters),
        `${refusal} "postgres" in (no pg_hba.conf entry for host "127.0.0.1", user "postgres", database "postgres", no encryption): check user and sslmode in DATABASE_URL, or the server's pg_hba.conf.`,
      );
    }
    assert.equal(
      await connect('app', 'localhost', `sslmode=verify-full&${AUTHORITY}&${CLIENT}`),
      'encrypted',
    );
    assert.equal(
      await connect('app', '127.0.0.1', 'sslmode=require'),
      `${refusal} "app" in (connection requires a valid client certificate): check user and sslmode in DATABASE_URL, or the server's pg_hba.conf.`,
    );
    assert.equal(await connect('open', '127.0.0.1', ''), 'in the clear');
    process.off('warning', onWarning);
    assert.deepEqual(warnings, []);
  },
);

testOnEngine(
  'postgres',
  'certificates that cannot be read or do not fit are told before anybody is asked',
  because,
  async () => {
    noteDatabase('postgres');
    const connect = (parameters: string) =>
      readTls(`postgres://app:secret@127.0.0.1:1/x?sslmode=verify-full&${parameters}`);
    const missing = file('missing.crt');
    assert.equal(
      await connect(`sslrootcert=${missing}`),
      `DATABASE_URL names an sslrootcert that cannot be read (ENOENT: no such file or directory, open '${missing}').`,
    );
    assert.equal(
      await connect(`sslrootcert=${file('make.sh')}`),
      'DATABASE_URL names an sslrootcert that is not in PEM format.',
    );
    assert.match(
      await connect(`sslcert=${file('client.crt')}&sslkey=${file('server.key')}`),
      /^DATABASE_URL names an sslcert and an sslkey that do not fit \(.*key values mismatch\)\.$/,
    );
  },
);

/** @returns how the connection is, or the line that says why there is none. */
async function readTls(databaseUrl: string): Promise<string> {
  try {
    await using store = await openStore(databaseUrl);
    const row = await store.read((db) =>
      db.get<{ ssl: boolean }>('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()'),
    );
    return row?.ssl === true ? 'encrypted' : 'in the clear';
  } catch (error) {
    assert.ok(error instanceof Error);
    assert.ok(!error.message.includes('secret'));
    return error.message;
  }
}

async function startTlsServer(): Promise<{ port: number } & AsyncDisposable> {
  noteDatabase('postgres');
  await using stack = new AsyncDisposableStack();
  const home = stack.use(await openPostgresHome());
  const data = home.initialize('data');
  for (const name of ['server.crt', 'server.key', 'authority.crt']) {
    await copyFile(file(name), path.join(data, name));
    home.hand(path.join(data, name));
  }
  const plain = await home.start(data);
  await runSql(plain.url, 'CREATE ROLE app LOGIN; CREATE ROLE open LOGIN');
  await plain.stop();
  await writeFile(path.join(data, 'pg_hba.conf'), WHO_MAY_COME);
  const server = await home.start(data, {
    ssl: 'on',
    ssl_cert_file: 'server.crt',
    ssl_key_file: 'server.key',
    ssl_ca_file: 'authority.crt',
  });
  const owned = stack.move();
  return { port: server.port, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

function file(name: string): string {
  return path.join(CERTIFICATES, name);
}
