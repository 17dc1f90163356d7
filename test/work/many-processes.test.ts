import assert from 'node:assert/strict';

import type { Timestamp } from '../../src/domain/timestamp.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { assertAccountedFor } from '../support/accounts.ts';
import {
  assertDelivered,
  type CallbackReceivers,
  eventIdOf,
  startCallbackReceivers,
} from '../support/callback-receivers.ts';
import { testOnEachEngine } from '../support/engines.ts';
import {
  type RunningProcess,
  type ServerProcess,
  startServerProcess,
  startWorkProcess,
} from '../support/server-process.ts';
import { createStockedDatabase } from '../support/test-server.ts';
import { waitUntil } from '../support/wait-until.ts';
import { waitUntilQuiet } from '../support/wait-until-quiet.ts';

const CHOSEN = { name: 'chosen', first: '+12025550000', size: 112 };
const ANY = { name: 'any', type: 'MOBILE', first: '+13055550000', size: 30 } as const;
/** Callers at the same time; each two of them want the same numbers. */
const CALLERS = 6;
const RENTS_BEFORE_KILL = 30;
const SETTINGS = {
  NUMBERYARD_SANDBOX_DELAY_MS: '10',
  NUMBERYARD_CALLBACK_RETRY_SECONDS: '5,5,5',
  NUMBERYARD_CALLBACK_TIMEOUT_SECONDS: '60',
  NUMBERYARD_DATABASE_CONNECTIONS: '5',
  // So that the workers tell their ids.
  NUMBERYARD_LOG_LEVEL: 'debug',
};
/** Longer than the lease of any job: the time-out of callbacks and a minute. */
const BEYOND_LEASE = 'PT3M';
const RETRIES_MAX = 10;

testOnEachEngine(
  'three servers and two workers lose nothing and do nothing twice, though one of each is killed',
  async (_start, engine) => {
    await using database = await createStockedDatabase(engine, [CHOSEN, ANY]);
    await using store = await openStore(database.url);
    await using receivers = await startCallbackReceivers();
    await using processes = new AsyncDisposableStack();
    const startServer = (...options: string[]) =>
      startServerProcess(database.url, SETTINGS, options);
    const startWorker = () => startWorkProcess(database.url, SETTINGS);

    const [quiet, doomedWorker] = await together(
      processes,
      startServer('--no-worker'),
      startWorker(),
    );
    const [ofWorker, ofServer, ...others] = numbersOf(CHOSEN) as [string, string, ...string[]];
    const { hanging } = receivers;
    assert.equal(await rent(quiet, ofWorker, hanging.url), 200);
    await hanging.untilCalled(1);
    const [doomedServer] = await together(processes, startServer());
    // The worker only waits for its answer, and holds no lock. While it stands still the server has the next job.
    doomedWorker.child.kill('SIGSTOP');
    assert.equal(await rent(doomedServer, ofServer, hanging.url), 200);
    await hanging.untilCalled(2);
    doomedWorker.child.kill('SIGCONT');
    const killed = [await doomedWorker.workerId, await doomedServer.workerId] as const;
    for (const [i, request] of hanging.requests.entries()) {
      const [claim = ''] = await claimsOf(store, eventIdOf(request));
      assert.ok(claim.startsWith(killed[i]!), claim);
    }

    const [server, worker] = await together(processes, startServer(), startWorker());
    const servers = [doomedServer, quiet, server];
    await rentAll(servers, numbersOf(ANY), receivers.flaky.url);

    // One server and one worker die under load, with jobs under way.
    const rented = new Set([ofWorker, ofServer]);
    await rentUnderLoad(servers, others, receivers, rented, async () => {
      if (rented.size < RENTS_BEFORE_KILL) return;
      await Promise.all([doomedServer.stop('SIGKILL'), doomedWorker.stop('SIGKILL')]);
    });
    const underWay = await eventsClaimedBy(store, killed);
    hanging.answer();

    // The others go on: with the retries when these are due, with the jobs of the dead after their leases.
    await waitUntilQuiet(store, server, killed);
    await server.advance(BEYOND_LEASE);
    await makeRetries(store, server);
    // Months pass at once: two processes sweep because they are asked to, one by itself.
    await Promise.all([server.advance('P3M1D'), quiet.advance('PT1S')]);
    await waitUntil(
      'the last renewal',
      async () => !(await isAnyDue(store, await server.readClock())),
    );
    await makeRetries(store, server);

    await assertAccountedFor(store, await server.readClock());
    await assertRented(store, rented);
    await assertDelivered(store, receivers, underWay);
    for (const survivor of [quiet, server, worker]) {
      const { code } = await survivor.stop('SIGTERM');
      assert.equal(code, 0, survivor.stderr.join('\n'));
    }
    for (const each of [quiet, server, worker, doomedServer, doomedWorker]) assertNoErrors(each);
    await assertNoDeadlock(store);
  },
);

/** Waits until all have started, or have not: then those that have are ended too. */
async function together<Processes extends RunningProcess[]>(
  processes: AsyncDisposableStack,
  ...starting: { [Place in keyof Processes]: Promise<Processes[Place]> }
): Promise<Processes> {
  for (const start of await Promise.allSettled(starting)) {
    if (start.status === 'fulfilled') processes.use(start.value);
  }
  return Promise.all(starting) as unknown as Promise<Processes>;
}

function numbersOf({ first, size }: { first: string; size: number }): string[] {
  return Array.from({ length: size }, (_, i) => `+${BigInt(first) + BigInt(i)}`);
}

/** @returns the status, `undefined` when the server died before it answered. */
async function call(
  server: ServerProcess,
  method: string,
  path: string,
  body?: object,
): Promise<number | undefined> {
  let response: Response;
  try {
    response = await server.fetch(method, path, body);
    await response.arrayBuffer();
  } catch (error) {
    if (server.child.exitCode === null && server.child.signalCode === null) {
      // The connection may be known to be lost before the death is.
      await waitUntil('the end of the process', () => server.child.signalCode !== null);
    }
    assert.equal(server.child.signalCode, 'SIGKILL', String(error));
    return undefined;
  }
  assert.ok(response.status < 500, `${method} ${path}: ${response.status}`);
  return response.status;
}

function rent(
  server: ServerProcess,
  number: string,
  callbackUrl: string,
  configuration: object = {},
): Promise<number | undefined> {
  const body = { voiceConfiguration: { appId: 'app' }, callbackUrl, ...configuration };
  return call(server, 'POST', `/availableNumbers/${number}:rent`, body);
}

/** As many callers as there are numbers, on all servers at once, who take any. */
async function rentAll(
  servers: readonly ServerProcess[],
  numbers: readonly string[],
  callbackUrl: string,
): Promise<void> {
  const body = {
    regionCode: 'US',
    type: 'MOBILE',
    voiceConfiguration: { appId: 'app' },
    callbackUrl,
  };
  const answers = await Promise.all(
    numbers.map(async (_, i) => {
      const response = await servers[i % servers.length]!.fetch(
        'POST',
        '/availableNumbers:rentAny',
        body,
      );
      const text = await response.text();
      assert.equal(response.status, 200, text);
      return (JSON.parse(text) as { phoneNumber: string }).phoneNumber;
    }),
  );
  assert.deepEqual(answers.sort(), numbers);
}

/** Rents, changes and releases through all servers that are alive. */
async function rentUnderLoad(
  servers: readonly ServerProcess[],
  numbers: readonly string[],
  { prompt, flaky }: CallbackReceivers,
  rented: Set<string>,
  afterEach: () => Promise<void>,
): Promise<void> {
  await Promise.all(
    Array.from({ length: CALLERS }, async (_, caller) => {
      for (let i = caller >> 1; i < numbers.length; i += CALLERS >> 1) {
        const number = numbers[i]!;
        const onAnyServer = async (act: (server: ServerProcess) => Promise<number | undefined>) => {
          for (let turn = caller + i; ; turn++) {
            const status = await act(servers[turn % servers.length]!);
            if (status !== undefined) return status;
          }
        };
        const url = i % 2 === 0 ? flaky.url : prompt.url;
        const configuration = i % 4 < 2 ? { smsConfiguration: { servicePlanId: 'plan' } } : {};
        const status = await onAnyServer((server) => rent(server, number, url, configuration));
        assert.ok(status === 200 || status === 404, `${status}`);
        if (status === 200) {
          assert.ok(!rented.has(number), `${number} was rented twice`);
          rented.add(number);
          await changeAndRelease(i, number, onAnyServer);
        }
        await afterEach();
      }
    }),
  );
}

async function changeAndRelease(
  i: number,
  number: string,
  onAnyServer: (
    act: (server: ServerProcess) => Promise<number | undefined>,
  ) => Promise<number | undefined>,
): Promise<void> {
  const path = `/activeNumbers/${number}`;
  if (i % 3 === 0) {
    const body = { displayName: `${i}`, voiceConfiguration: { appId: 'other' } };
    assert.equal(await onAnyServer((server) => call(server, 'PATCH', path, body)), 200);
  }
  if (i % 5 === 0) {
    assert.equal(await onAnyServer((server) => call(server, 'POST', `${path}:release`)), 200);
  }
}

/** Until no job is left. */
async function makeRetries(store: Store, server: ServerProcess): Promise<void> {
  for (let i = 0; i < RETRIES_MAX; i++) {
    await waitUntilQuiet(store, server, []);
    if ((await countJobs(store)) === 0) return;
    await server.advance('PT6S');
  }
}

async function isAnyDue(store: Store, now: Timestamp): Promise<boolean> {
  const row = await store.read((db) =>
    db.get(
      'SELECT 1 AS due FROM rental WHERE ended_at IS NULL AND coalesce(expire_at, next_charge_at) <= ? LIMIT 1',
      now,
    ),
  );
  return row !== undefined;
}

async function countJobs(store: Store): Promise<number> {
  return (await store.read((db) => db.all('SELECT id FROM job'))).length;
}

/** The claim of the job that delivers an event. */
function claimsOf(store: Store, eventId: string): Promise<string[]> {
  return store.read((db) =>
    db.column<string>(
      `SELECT claim_id FROM job JOIN delivery ON delivery.id = job.subject_id
      WHERE delivery.event_id = ? AND claim_id IS NOT NULL`,
      eventId,
    ),
  );
}

/** The events that these workers were delivering when they died. */
async function eventsClaimedBy(store: Store, workerIds: readonly string[]): Promise<Set<string>> {
  const found: string[] = [];
  for (const id of workerIds) {
    const events = await store.read((db) =>
      db.column<string>(
        'SELECT event_id FROM job JOIN delivery ON delivery.id = job.subject_id WHERE claim_id LIKE ?',
        `${id}-%`,
      ),
    );
    assert.notEqual(events.length, 0, 'it had a callback under way');
    found.push(...events);
  }
  return new Set(found);
}

/** What was answered with 200 was kept. A rent may have been written without an answer: one for each caller. */
async function assertRented(store: Store, answered: ReadonlySet<string>): Promise<void> {
  const numbers = await store.read((db) =>
    db.column<string>('SELECT e164 FROM rental WHERE e164 < ?', ANY.first),
  );
  assert.equal(new Set(numbers).size, numbers.length, 'nobody rented a number again');
  assert.deepEqual(
    [...answered].filter((number) => !numbers.includes(number)),
    [],
  );
  assert.ok(numbers.length - answered.size <= CALLERS);
}

/** Nothing for a person to act on: no sweep or job has failed, not even for a moment. */
function assertNoErrors({ lines }: RunningProcess): void {
  const [first = ''] = lines.filter((line) => /^\{"level":[56]0,/.test(line));
  assert.equal(first.slice(0, 500), '');
}

/** A deadlock would be tried again, and nobody would notice but for the second that it takes. */
async function assertNoDeadlock(store: Store): Promise<void> {
  if (store.dialect.engine === 'sqlite') return;
  const sql = 'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()';
  assert.deepEqual(await store.read((db) => db.column(sql)), [0]);
}
