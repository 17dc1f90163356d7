import { hashSecret } from '../../src/app/access-key-secret.ts';
import { type MovableClock, stoppedClock } from '../../src/clock.ts';
import { type Environment, loadConfig } from '../../src/config.ts';
import type { Pool, PoolId } from '../../src/domain/pool.ts';
import type { E164 } from '../../src/domain/phone-number.ts';
import type { ProjectId } from '../../src/domain/project-id.ts';
import { createLog } from '../../src/log.ts';
import type { RunningServer } from '../../src/server.ts';
import { putAccessKey } from '../../src/store/access-key.ts';
import { analyzeNumbers, insertNumbers } from '../../src/store/number.ts';
import { insertPool, type NewPool, widenPoolDigits } from '../../src/store/pool.ts';
import { insertProject } from '../../src/store/project.ts';
import { migrate } from '../../src/store/schema.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { createTestDatabase, type Engine, type TestDatabase } from './test-database.ts';

/** When every test begins, by the server's clock. The last day of a month, where calendars go wrong. */
export const TEST_START = '2026-01-31T10:20:30.123456Z';

/** Where the server reads the time: it stands still unless the test moves it. */
const clock = stoppedClock(TEST_START);
/** One for all servers: each log has a timer of its own, which outlives its server. */
const log = createLog('silent');

export interface TestProject {
  id: ProjectId;
  keyId: string;
  keySecret: string;
}

export const PROJECT: TestProject = {
  id: 'project-one' as ProjectId,
  keyId: 'key-one',
  keySecret: 'secret-one',
};
export const OTHER_PROJECT: TestProject = {
  id: 'project-two' as ProjectId,
  keyId: 'key-two',
  keySecret: 'secret-two',
};

/** A small stock: enough of everything that differs. `first` counts upwards. */
export interface TestPool extends Partial<NewPool> {
  name: string;
  first: string;
  size: number;
}

export const STOCK: readonly TestPool[] = [
  { name: 'us-local', first: '+12025550100', size: 100, emergencyAddresses: true },
  { name: 'us-mobile', type: 'MOBILE', first: '+13055550100', size: 50, setupPriceMinor: 0 },
  {
    name: 'gb-toll-free',
    regionCode: 'GB',
    type: 'TOLL_FREE',
    capabilities: ['VOICE'],
    currencyCode: 'GBP',
    first: '+448081570000',
    size: 20,
  },
  {
    name: 'se-mobile',
    regionCode: 'SE',
    type: 'MOBILE',
    capabilities: ['SMS'],
    currencyCode: 'SEK',
    first: '+46701740605',
    size: 10,
    documentationRequired: true,
  },
  {
    name: 'private',
    regionCode: 'CA',
    first: '+14165550100',
    size: 10,
    visibleTo: new Set([PROJECT.id]),
  },
];

export interface TestServer extends AsyncDisposable {
  server: RunningServer;
  url: string;
  /** Moves the server's time and does everything that has become due. */
  advance(milliseconds: number): Promise<void>;
  /** Everything that is due now, and what that makes due. */
  drain(): Promise<void>;
  /** A request of a project to its own API; `path` begins with a slash behind the project's id. */
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
}

export interface CallOptions {
  /** JSON, unless it is text already. */
  body?: unknown;
  headers?: Record<string, string>;
  project?: TestProject;
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of every shape
  json: any;
}

/**
 * A real server on a free port with a small stock, two projects and a clock that stands still. Its worker
 * does nothing by itself: `drain` and `advance` run it.
 */
export async function startTestServer(
  engine: Engine,
  environment: Environment = {},
  stock: readonly TestPool[] = STOCK,
): Promise<TestServer> {
  await using stack = new AsyncDisposableStack();
  const { url: databaseUrl } = stack.use(await createStockedDatabase(engine, stock));
  const config = loadConfig({
    PORT: '0',
    DATABASE_URL: databaseUrl,
    NUMBERYARD_SANDBOX_DELAY_MS: '0',
    ...environment,
  });
  // Only here: it loads the whole product, which tests of the store and of processes do without.
  const { startServer } = await import('../../src/server.ts');
  const server = await startServer(config, {
    clock,
    log,
    startWorker: false,
  });
  stack.use(server);
  const owned = stack.move();
  return {
    server,
    url: server.url,
    async advance(milliseconds) {
      (server.context.clock as MovableClock).advance(milliseconds);
      await server.drain();
    },
    drain: () => server.drain(),
    call: (method, path, options) => call(server.url, method, path, options),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** A fresh database with the schema and nothing else, for tests of the store. */
export async function openTestStore(engine: Engine): Promise<{ store: Store } & AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const { url } = stack.use(await createTestDatabase(engine, 'schema'));
  const store = stack.use(await openStore(url));
  await migrate(store, clock);
  const owned = stack.move();
  return { store, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** A fresh database with two projects and these pools, for servers to run on. */
export async function createStockedDatabase(
  engine: Engine,
  stock: readonly TestPool[] = STOCK,
): Promise<TestDatabase> {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(
    await createTestDatabase(engine, stock === STOCK ? 'stock' : 'schema'),
  );
  if (database.content !== 'stock') await fillDatabase(database.url, stock);
  stack.move();
  return database;
}

/** Makes the schema where there is none, and adds these pools and who may rent from them. */
export async function fillDatabase(
  databaseUrl: string,
  stock?: readonly TestPool[],
): Promise<void> {
  await using store = await openStore(databaseUrl);
  await migrate(store, clock);
  if (stock === undefined) return;
  for (const project of [PROJECT, OTHER_PROJECT]) await addProject(store, project);
  for (const pool of stock) await addPool(store, pool);
  await store.write(analyzeNumbers);
}

async function addProject(store: Store, project: TestProject): Promise<void> {
  await store.write(async (db) => {
    const createdAt = clock.now();
    await insertProject(db, {
      id: project.id,
      displayName: project.id,
      callbackSecret: `callback-secret-of-${project.id}`,
      createdAt,
    });
    await putAccessKey(db, {
      id: project.keyId,
      projectId: project.id,
      displayName: 'test',
      secretHash: hashSecret(project.keySecret),
      createdAt,
      revokedAt: null,
    });
  });
}

export async function addPool(
  store: Store,
  { first, size, ...pool }: TestPool,
): Promise<Pool['id']> {
  const digits = BigInt(first.slice(1));
  const e164s = Array.from({ length: size }, (_, i) => `+${digits + BigInt(i)}` as E164);
  return store.write(async (db) => {
    const id = (await insertPool(db, {
      regionCode: 'US',
      type: 'LOCAL',
      capabilities: ['SMS', 'VOICE'],
      currencyCode: 'USD',
      setupPriceMinor: 50,
      monthlyPriceMinor: 75,
      paymentIntervalMonths: 1,
      documentationRequired: false,
      emergencyAddresses: false,
      quarantineDays: 0,
      visibleTo: undefined,
      createdAt: clock.now(),
      ...pool,
    })) as PoolId;
    await insertNumbers(
      db,
      id,
      e164s.map((e164) => ({ e164, locality: null })),
    );
    await widenPoolDigits(db, id, first.length - 1, first.length - 1);
    return id;
  });
}

export function basicAuth(project: TestProject): string {
  return `Basic ${Buffer.from(`${project.keyId}:${project.keySecret}`).toString('base64')}`;
}

async function call(
  url: string,
  method: string,
  path: string,
  { body, headers = {}, project = PROJECT }: CallOptions = {},
): Promise<Answer> {
  const response = await fetch(`${url}/v1/projects/${project.id}${path}`, {
    method,
    headers: { authorization: basicAuth(project), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  return { status: response.status, headers: response.headers, text, json };
}
