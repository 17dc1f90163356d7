import { appendFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import pg from 'pg';

import {
  openPostgresHome,
  type PostgresServer,
  type Settings,
} from '../../scripts/postgres-server.ts';
import { noteDatabase } from './test-database.ts';
import { waitUntil } from './wait-until.ts';

/** A primary and a streaming standby of it, for a test that stops and promotes them. */
export interface PostgresCluster extends AsyncDisposable {
  primary: PostgresServer;
  standby: PostgresServer;
  /** Starts the standby again, at the same port. */
  restartStandby(): Promise<void>;
  /** Until the standby has replayed all that the primary has written. */
  untilReplayed(): Promise<void>;
}

/** What the standby calls itself: for the primary's `synchronous_standby_names`. */
export const STANDBY_NAME = 'second';

export async function startPostgresCluster(
  settings: { primary?: Settings; standby?: Settings } = {},
): Promise<PostgresCluster> {
  noteDatabase('postgres');
  await using stack = new AsyncDisposableStack();
  const home = stack.use(await openPostgresHome());
  const data = home.initialize('first');
  const copy = home.copy(data, 'second');
  const primary = await home.start(data, settings.primary);
  await writeFile(path.join(copy, 'standby.signal'), '');
  const source = `host=127.0.0.1 port=${primary.port} user=postgres application_name=${STANDBY_NAME}`;
  await appendFile(
    path.join(copy, 'postgresql.auto.conf'),
    `primary_conninfo = '${source}'\nwal_retrieve_retry_interval = '100ms'\n`,
  );
  let standby = await home.start(copy, settings.standby);
  const owned = stack.move();
  return {
    primary,
    get standby() {
      return standby;
    },
    async restartStandby() {
      standby = await home.start(copy, { ...settings.standby, port: String(standby.port) });
    },
    async untilReplayed() {
      const [row] = await runSql<{ lsn: string }>(
        primary.url,
        'SELECT CAST(pg_current_wal_lsn() AS text) AS lsn',
      );
      await waitUntil('the standby has replayed everything', async () => {
        const [answer] = await runSql<{ is_there: boolean }>(
          standby.url,
          `SELECT pg_last_wal_replay_lsn() >= '${row?.lsn}' AS is_there`,
        );
        return answer?.is_there === true;
      });
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** A server of the test's own, for settings that others could not live with. */
export async function startPostgresServer(settings: Settings = {}): Promise<PostgresServer> {
  noteDatabase('postgres');
  await using stack = new AsyncDisposableStack();
  const home = stack.use(await openPostgresHome());
  const server = await home.start(home.initialize('data'), settings);
  const owned = stack.move();
  return { ...server, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** A statement beside the product, on a connection of its own. */
export async function runSql<Row extends pg.QueryResultRow>(
  url: string,
  statement: string,
): Promise<Row[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<Row>(statement)).rows;
  } finally {
    await client.end();
  }
}
