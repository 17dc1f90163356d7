import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';

import { openPostgresHome } from '../../scripts/postgres-server.ts';
import { openStore } from '../../src/store/store.ts';
import { openCommandLine } from '../support/command-line.ts';
import { testOnEngine } from '../support/engines.ts';
import { runSql } from '../support/postgres-cluster.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { asSuperuser, noteDatabase } from '../support/test-database.ts';

const because = { because: 'SQLite is a file.' };
const PASSWORD = 'a-password-that-nobody-may-see';

testOnEngine(
  'postgres',
  'a database that cannot be reached is one line that says what to change',
  because,
  async () => {
    await using server = await startGuardedServer();
    await using frozen = await startTcpProxy(server.port);
    frozen.isFrozen = true;
    const unusedPort = await findUnusedPort();
    const url = (user: string, host = `127.0.0.1:${server.port}`, rest = 'postgres') =>
      `postgres://${user}:${PASSWORD}@${host}/${rest}`;
    const place = `127.0.0.1:${server.port}`;
    const it = `The database server at ${place}`;
    const cases: [databaseUrl: string, line: string | RegExp][] = [
      [
        url('open', 'no-such-host.invalid'),
        'The host name no-such-host.invalid is not known: check it in DATABASE_URL.',
      ],
      [
        url('open', `127.0.0.1:${unusedPort}`),
        `Nobody listens at 127.0.0.1:${unusedPort}: start the database server, or check host and port in DATABASE_URL.`,
      ],
      [
        url('open', `localhost:${unusedPort}`),
        `Nobody listens at localhost:${unusedPort}: start the database server, or check host and port in DATABASE_URL.`,
      ],
      [
        url('open', `127.0.0.1:${frozen.port}`),
        `No answer from 127.0.0.1:${frozen.port} within 5 seconds: check host and port in DATABASE_URL, and whether a firewall is between.`,
      ],
      [
        url('guarded'),
        `${it} does not take this password for user "guarded": check both in DATABASE_URL.`,
      ],
      [
        `postgres://guarded@${place}/postgres`,
        `${it} wants a password for user "guarded", and DATABASE_URL has none.`,
      ],
      [
        url('nobody'),
        `${it} does not let user "nobody" in (role "nobody" does not exist): check user and sslmode in DATABASE_URL, or the server's pg_hba.conf.`,
      ],
      [
        url('unwelcome'),
        /does not let user "unwelcome" in \(pg_hba\.conf rejects .*\): check user and sslmode in DATABASE_URL/,
      ],
      [
        url('open', place, 'nowhere'),
        `${it} has no database "nowhere": make it with CREATE DATABASE, or check the name in DATABASE_URL.`,
      ],
      [
        url('limited'),
        `${it} has no connections left: lower NUMBERYARD_DATABASE_CONNECTIONS of all processes together, or raise its max_connections.`,
      ],
      [
        url('open', place, 'postgres?sslmode=require'),
        `${it} offers no TLS: set it up there, or use sslmode=disable in DATABASE_URL.`,
      ],
      [
        url('open', place, 'read_only'),
        `${it} takes no changes: it is a standby, or made read-only. Name the primary in DATABASE_URL.`,
      ],
      [
        url('open', place, 'ascii'),
        `The database "ascii" stores text as SQL_ASCII and not as UTF8: make another with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0, and name it in DATABASE_URL.`,
      ],
      [
        url('open', place, 'old'),
        /^The database server at \S+ is PostgreSQL [\d.]+\w*, and 14 is the oldest that will do: upgrade it, or name another in DATABASE_URL\.$/,
      ],
      [
        url('open', place, 'postgres?sslmode=prefer'),
        'DATABASE_URL has an sslmode that is none of disable, require, verify-ca, verify-full.',
      ],
    ];
    const lines = await Promise.all(cases.map(([databaseUrl]) => findLine(databaseUrl)));
    for (const [i, [, expected]] of cases.entries()) {
      const line = lines[i] ?? '';
      if (typeof expected === 'string') assert.equal(line, expected);
      else assert.match(line, expected);
      assert.doesNotMatch(line, new RegExp(`${PASSWORD}|\n`));
    }
    await using store = await openStore(url('open'));
    await store.read((db) => db.get('SELECT 1'));
  },
);

testOnEngine('postgres', 'something that is no PostgreSQL is one line too', because, async () => {
  noteDatabase('postgres');
  await using stack = new AsyncDisposableStack();
  const talker = createServer((socket) =>
    socket.on('error', () => {}).end('HTTP/1.1 400 No\r\n\r\n'),
  );
  talker.listen(0, '127.0.0.1');
  await once(talker, 'listening');
  stack.defer(() => void talker.close());
  const { port } = talker.address() as AddressInfo;
  for (const parameters of ['', '?sslmode=require']) {
    const line = await findLine(`postgres://u:${PASSWORD}@127.0.0.1:${port}/x${parameters}`);
    assert.match(line, new RegExp(`^[^\n]*127\\.0\\.0\\.1:${port} .*DATABASE_URL\\.$`));
    assert.ok(!line.includes(PASSWORD));
  }
});

testOnEngine(
  'postgres',
  'commands say the line, name the setting, and end with 1',
  because,
  async (_start, engine) => {
    await using cli = await openCommandLine(engine);
    const run = (environment: Record<string, string>, ...args: string[]) =>
      cli.run(args, { environment });
    const nowhere = new URL(cli.databaseUrl);
    nowhere.pathname = '/nowhere';
    const list = await run({ DATABASE_URL: nowhere.href }, 'pool', 'list');
    assert.equal(list.code, 1);
    assert.match(list.stderr, /^The database server at \S+ has no database "nowhere": .*\n$/);
    const standby = await run({ READ_DATABASE_URL: nowhere.href }, 'serve', '--port', '0');
    assert.equal(standby.code, 1);
    assert.match(standby.stderr, /has no database "nowhere": .* in READ_DATABASE_URL\.\n$/);

    // Commands that serve nothing have no use for a standby, and no quarrel with its URL.
    const pools = await run({ READ_DATABASE_URL: 'nonsense' }, 'pool', 'list');
    assert.equal(pools.code, 0, pools.stderr);
  },
);

testOnEngine(
  'postgres',
  'a user who may not make tables is told so in one line',
  because,
  async (_start, engine) => {
    await using cli = await openCommandLine(engine);
    const user = new URL(cli.databaseUrl).pathname.slice(1);
    await asSuperuser((client) => client.query(`CREATE ROLE ${user} LOGIN PASSWORD '${PASSWORD}'`));
    try {
      await runSql(cli.databaseUrl, 'REVOKE CREATE ON SCHEMA public FROM PUBLIC');
      const url = new URL(cli.databaseUrl);
      url.username = user;
      url.password = PASSWORD;
      const { code, stderr } = await cli.run(['pool', 'list'], {
        environment: { DATABASE_URL: url.href },
      });
      assert.equal(
        stderr,
        'The database cannot be used: permission denied for schema public; grant that to its user, or name another user in DATABASE_URL.\n',
      );
      assert.equal(code, 1);
    } finally {
      await asSuperuser((client) => client.query(`DROP ROLE ${user}`));
    }
  },
);

async function findLine(databaseUrl: string): Promise<string> {
  try {
    await using store = await openStore(databaseUrl);
    return `It works, on ${store.dialect.engine}.`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A server with databases and users of which most are unfit. */
async function startGuardedServer(): Promise<{ port: number } & AsyncDisposable> {
  noteDatabase('postgres');
  await using stack = new AsyncDisposableStack();
  const home = stack.use(await openPostgresHome());
  const data = home.initialize('data');
  await writeFile(
    path.join(data, 'pg_hba.conf'),
    `host all guarded 127.0.0.1/32 scram-sha-256
    host all unwelcome 127.0.0.1/32 reject
    host all all 127.0.0.1/32 trust\n`,
  );
  const server = await home.start(data);
  for (const statement of [
    `CREATE ROLE guarded LOGIN PASSWORD 'another-password'`,
    'CREATE ROLE open LOGIN',
    'CREATE ROLE limited LOGIN CONNECTION LIMIT 0',
    'CREATE DATABASE read_only TEMPLATE template0',
    'ALTER DATABASE read_only SET default_transaction_read_only = on',
    `CREATE DATABASE ascii TEMPLATE template0 ENCODING 'SQL_ASCII'`,
    'CREATE DATABASE old TEMPLATE template0',
    'ALTER DATABASE old SET search_path = past, pg_catalog, public',
  ]) {
    await runSql(server.url, statement);
  }
  // No older server can be had everywhere, so this one says of itself what an older one would.
  await runSql(
    server.url.replace(/postgres$/, 'old'),
    `CREATE SCHEMA past; GRANT USAGE ON SCHEMA past TO PUBLIC;
    CREATE FUNCTION past.current_setting(name text) RETURNS text LANGUAGE sql AS
      $$ SELECT CASE name WHEN 'server_version_num' THEN '130014' ELSE pg_catalog.current_setting(name) END $$`,
  );
  const owned = stack.move();
  return { port: server.port, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function findUnusedPort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
