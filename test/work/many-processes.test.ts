import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';

import type { Timestamp } from '../../src/domain/timestamp.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { assertAccountedFor } from '../support/accounts.ts';
import { testOnEachEngine } from '../support/engines.ts';
import {
  type RecordedRequest,
  type RecordingListener,
  startRecordingListener,
} from '../support/recording-listener.ts';
import {
  type RunningProcess,
  type ServerProcess,
  startServerProcess,
  startWorkProcess,
} from '../support/server-process.ts';
import { basicAuth, createStockedDatabase, PROJECT } from '../support/test-server.ts';

const CHOSEN = { name: 'chosen', first: '+12025550000', size: 130 };
const ANY = { name: 'any', type: 'MOBILE', first: '+13055550000', size: 30 } as const;
/** The first of the chosen are for callbacks that hang. */
const HANGING_MAX = 20;
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
const POLL_MS = 20;
/** Callbacks to one receiver at once: JOBS_PER_LANE_MAX of the worker. */
const LANE_SLOTS = 4;
/** Far longer than anything takes on a slow machine. */
const WAIT_MS_MAX = 40_000;

testOnEachEngine(
  'three servers and two workers lose nothing and do nothing twice, though one of each is killed',
  async (_start, engine) => {
    await using database = await createStockedDatabase(engine, [CHOSEN, ANY]);
    await using store = await openStore(database.url);
    await using receivers = await startReceivers();
    await using processes = new AsyncDisposableStack();
    const startServer = (...options: string[]) =>
      startServerProcess(database.url, SETTINGS, options);
    const startWorker = () => startWorkProcess(database.url, SETTINGS);

    const [quiet, doomedWorker] = await together(
      processes,
      startServer('--no-worker'),
      startWorker(),
    );
    const chosen = numbersOf(CHOSEN);
    const rented = new Set<string>();
    /** Rents numbers through a server until a callback of theirs keeps this worker waiting. */
    const keepWaiting = async (server: ServerProcess, workerId: string) => {
      for (;;) {
        assert.ok(rented.size < HANGING_MAX);
        const number = chosen[rented.size]!;
        assert.equal(await rent(server, number, receivers.hanging.url), 200);
        rented.add(number);
        const callback = await waitFor(`the callback of ${number}`, async () =>
          receivers.held.find((held) => held.number === number),
        );
        const [claim = ''] = await claimsOf(store, callback.eventId);
        if (claim.startsWith(workerId)) return;
        callback.release();
      }
    };
    // There is nobody else who works yet.
    await keepWaiting(quiet, await doomedWorker.workerId);
    const [doomedServer] = await together(processes, startServer());
    const killed = [await doomedServer.workerId, await doomedWorker.workerId] as const;
    // Nearly always whoever was asked for the rent is first: it need not look for the job.
    await keepWaiting(doomedServer, killed[0]);

    const [server, worker] = await together(processes, startServer(), startWorker());
    const servers = [doomedServer, quiet, server];
    await rentAll(servers, numbersOf(ANY), receivers.flaky.url);

    // One server and one worker die under load, with jobs under way.
    const hangingCount = rented.size;
    await rentUnderLoad(servers, chosen.slice(HANGING_MAX), receivers, rented, async () => {
      if (rented.size < hangingCount + RENTS_BEFORE_KILL) return;
      await Promise.all([doomedServer.stop('SIGKILL'), doomedWorker.stop('SIGKILL')]);
    });
    const underWay = await eventsClaimedBy(store, killed);
    receivers.stopHanging();

    // The others go on: with the retries when these are due, with the jobs of the dead after their leases.
    await waitUntilQuiet(store, server, killed);
    await advance(server, BEYOND_LEASE);
    await makeRetries(store, server);
    // Months pass at once: two processes sweep because they are asked to, one by itself.
    await Promise.all([advance(server, 'P3M1D'), advance(quiet, 'PT1S')]);
    await waitFor(
      'the last renewal',
      async () => !(await isAnyDue(store, await readClock(server))),
    );
    await makeRetries(store, server);

    await assertAccountedFor(store, await readClock(server));
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

interface HeldCallback {
  number: string;
  eventId: string;
  release: () => void;
}

interface Receivers extends AsyncDisposable {
  /** Answers at once. */
  prompt: RecordingListener;
  /** Answers the first request for every third event with an error. */
  flaky: RecordingListener;
  /** Keeps its callers waiting. */
  hanging: RecordingListener;
  held: HeldCallback[];
  stopHanging: () => void;
  /** How many errors each event got. */
  failures: Map<string, number>;
}

async function startReceivers(): Promise<Receivers> {
  await using stack = new AsyncDisposableStack();
  const failures = new Map<string, number>();
  const seen = new Set<string>();
  const held: HeldCallback[] = [];
  let isHanging = true;
  const prompt = stack.use(await startRecordingListener());
  const flaky = stack.use(
    await startRecordingListener((request, response) => {
      const eventId = eventIdOf(request);
      const isFirst = !seen.has(eventId);
      seen.add(eventId);
      if (isFirst && seen.size % 3 === 0) {
        failures.set(eventId, 1);
        response.statusCode = 500;
      }
      response.end();
    }),
  );
  const hanging = stack.use(
    await startRecordingListener((request, response: ServerResponse) => {
      if (!isHanging) return void response.end();
      const { resourceId: number, eventId } = JSON.parse(request.body);
      held.push({ number, eventId, release: () => response.end() });
    }),
  );
  const owned = stack.move();
  return {
    prompt,
    flaky,
    hanging,
    held,
    failures,
    stopHanging() {
      isHanging = false;
      for (const { release } of held) release();
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function numbersOf({ first, size }: { first: string; size: number }): string[] {
  return Array.from({ length: size }, (_, i) => `+${BigInt(first) + BigInt(i)}`);
}

function eventIdOf({ body }: RecordedRequest): string {
  return (JSON.parse(body) as { eventId: string }).eventId;
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
      await waitFor('the end of the process', async () => server.child.signalCode ?? undefined);
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
  { prompt, flaky }: Receivers,
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

/** Answered when the server has done what is due. */
async function advance(server: ServerProcess, by: string): Promise<void> {
  const response = await fetch(`${server.url}/sandbox/clock:advance`, {
    method: 'POST',
    headers: { authorization: basicAuth(PROJECT) },
    body: JSON.stringify({ by }),
  });
  assert.equal(response.status, 200, await response.text());
}

async function readClock(server: ServerProcess): Promise<Timestamp> {
  const headers = { authorization: basicAuth(PROJECT) };
  const response = await fetch(`${server.url}/sandbox/clock`, { headers });
  return ((await response.json()) as { now: Timestamp }).now;
}

/** Until something is there. */
async function waitFor<T>(what: string, find: () => Promise<T | undefined | false>): Promise<T> {
  for (const startedAt = performance.now(); performance.now() - startedAt < WAIT_MS_MAX;) {
    const found = await find();
    if (found !== undefined && found !== false) return found;
    await setTimeout(POLL_MS);
  }
  throw new Error(`This never came: ${what}.`);
}

/**
 * Until nothing is due that anybody may take and the living have no job under way: then the clock may be moved,
 * and no lease is lost. What the dead have claimed keeps its place in its lane until the lease ends.
 */
async function waitUntilQuiet(
  store: Store,
  server: ServerProcess,
  killed: readonly string[],
): Promise<void> {
  await waitFor('a moment without work', async () => {
    const now = await readClock(server);
    const jobs = await store.read((db) =>
      db.all<{ lane: string; runAt: Timestamp; claimId: string | null }>(
        'SELECT lane, run_at AS "runAt", claim_id AS "claimId" FROM job',
      ),
    );
    const isOfDead = (claimId: string) => killed.some((id) => claimId.startsWith(id));
    const heldByDead = (lane: string) =>
      jobs.filter((job) => job.lane === lane && job.claimId !== null && isOfDead(job.claimId))
        .length;
    return jobs.every(({ lane, runAt, claimId }) =>
      claimId !== null
        ? runAt > now && isOfDead(claimId)
        : runAt > now || heldByDead(lane) >= LANE_SLOTS,
    );
  });
}

/** Until no job is left. */
async function makeRetries(store: Store, server: ServerProcess): Promise<void> {
  for (let i = 0; i < RETRIES_MAX; i++) {
    await waitUntilQuiet(store, server, []);
    if ((await countJobs(store)) === 0) return;
    await advance(server, 'PT6S');
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

/**
 * One delivery for each event, delivered, with the same body each time. A receiver hears of an event as often
 * as attempts are on record: once, and once more for each error. Only what was under way in a process that
 * was killed may have been sent once more than that.
 */
async function assertDelivered(
  store: Store,
  { prompt, flaky, hanging, failures }: Receivers,
  underWay: ReadonlySet<string>,
): Promise<void> {
  const requests = [prompt, flaky, hanging].flatMap((receiver) => receiver.requests);
  const heard = Map.groupBy(requests, eventIdOf);
  const events = await store.read((db) =>
    db.column<string>("SELECT id FROM event WHERE type LIKE '%PROVISIONING%'"),
  );
  const deliveries = await store.read((db) =>
    db.all<{ eventId: string; status: string; body: string; attempts: number; recorded: number }>(
      `SELECT event_id AS "eventId", status, body, attempts,
        (SELECT count(*) FROM attempt WHERE delivery_id = delivery.id) AS recorded FROM delivery`,
    ),
  );
  assert.deepEqual(deliveries.map(({ eventId }) => eventId).sort(), events.sort());
  assert.ok(failures.size > 0, 'some attempts failed');
  for (const { eventId, status, body, attempts, recorded } of deliveries) {
    const sent = heard.get(eventId) ?? [];
    const what = `${eventId}: ${status}, ${attempts} attempts, ${sent.length} requests`;
    assert.equal(status, 'DELIVERED', what);
    assert.equal(recorded, attempts, what);
    assert.deepEqual(new Set(sent.map((request) => request.body)), new Set([body]), what);
    const unrecorded = sent.length - attempts;
    assert.ok(unrecorded === 0 || (unrecorded === 1 && underWay.has(eventId)), what);
    assert.ok(attempts <= 1 + (failures.get(eventId) ?? 0), what);
  }
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
