import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';

import { addDays } from '../../src/domain/timestamp.ts';
import { listAttempts, listDeliveries } from '../../src/store/delivery.ts';
import { openStore } from '../../src/store/store.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { startHoldingListener } from '../support/holding-listener.ts';
import { startRecordingListener } from '../support/recording-listener.ts';
import { NUMBER, numberAt } from '../support/rentals.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { basicAuth, createStockedDatabase, PROJECT } from '../support/test-server.ts';

const POOL = { name: 'pool', first: NUMBER, size: 40 };
/** What hangs on others is cut off after this long. */
const CUT_OFF_MS = 5000;
/** What an orchestrator gives a process before it kills it is more than this. */
const STOP_MS_MAX = 10_000;

testOnEachEngine(
  'SIGTERM lets a request that is under way finish, takes no other, and ends with 0',
  async (_start, engine) => {
    await using receiver = await startHoldingListener();
    await using database = await createStockedDatabase(engine, [POOL]);
    await using server = await startServerProcess(database.url, {
      NUMBERYARD_SANDBOX_DELAY_MS: '0',
    });
    await rentWithCallback(server, receiver.url);
    await receiver.untilCalled(1);
    // It is answered when all work is done, and the callback is not.
    const before = await server.readClock();
    const underWay = server.advance('P1D');
    while ((await server.readClock()) < addDays(before, 1));

    const stopped = server.stop('SIGTERM');
    while (await isAccepting(server));
    receiver.answer();
    assert.ok((await underWay) >= addDays(before, 1));
    const { code, ms } = await stopped;
    assert.equal(code, 0, server.stderr.join('\n'));
    assert.ok(ms < CUT_OFF_MS, `${ms} ms, so it was cut off`);
    assert.deepEqual(await readAttempts(database.url), [[200, null]]);
  },
);

testOnEachEngine(
  'SIGTERM ends with 0 although a receiver is silent and a client never finishes its request',
  async (_start, engine) => {
    await using receiver = await startHoldingListener();
    await using database = await createStockedDatabase(engine, [POOL]);
    await using server = await startServerProcess(database.url, {
      NUMBERYARD_SANDBOX_DELAY_MS: '0',
      NUMBERYARD_CALLBACK_TIMEOUT_SECONDS: '60',
    });
    await rentWithCallback(server, receiver.url);
    await receiver.untilCalled(1);
    const slow = connect(Number(new URL(server.url).port), '127.0.0.1');
    slow.write(
      'POST /oauth2/token HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\nexpect: 100-continue\r\n\r\n',
    );
    const [begun] = await once(slow, 'data');
    assert.match(String(begun), /^HTTP\/1.1 100 Continue/);
    const cutOff = once(slow, 'close');

    const { code, ms } = await server.stop('SIGTERM');
    assert.equal(code, 0, server.stderr.join('\n'));
    assert.ok(ms < STOP_MS_MAX, `${ms} ms`);
    await cutOff;
    assert.deepEqual(await readAttempts(database.url), [], 'the receiver had no chance');

    await using next = await startServerProcess(database.url);
    await receiver.untilCalled(2);
    receiver.answer();
    assert.equal((await next.stop('SIGTERM')).code, 0);
    assert.deepEqual(await readAttempts(database.url), [[200, null]]);
  },
);

testOnEachEngine(
  'two processes serve one database: keys, tokens, numbers and work are shared',
  async (_start, engine) => {
    await using receiver = await startRecordingListener();
    await using database = await createStockedDatabase(engine, [POOL]);
    await using one = await startServerProcess(database.url);
    await using two = await startServerProcess(database.url);

    const token = await fetch(`${one.url}/oauth2/token`, {
      method: 'POST',
      headers: {
        authorization: basicAuth(PROJECT),
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials',
    });
    const { access_token: bearer } = (await token.json()) as { access_token: string };
    const regions = await fetch(`${two.url}/v1/projects/${PROJECT.id}/availableRegions`, {
      headers: { authorization: `Bearer ${bearer}` },
    });
    assert.equal(regions.status, 200);

    const numbers = Array.from({ length: POOL.size }, (_, i) => numberAt(i));
    const statuses = await Promise.all(
      numbers.flatMap((number) =>
        [one, two, one].map(async (server) => (await rent(server, receiver.url, number)).status),
      ),
    );
    assert.equal(statuses.filter((status) => status === 200).length, numbers.length);
    assert.equal(statuses.filter((status) => status === 404).length, 2 * numbers.length);
    for (const server of [one, two]) {
      const listed = await server.fetch('GET', '/activeNumbers?pageSize=1');
      assert.equal(((await listed.json()) as { totalSize: number }).totalSize, numbers.length);
    }

    await Promise.all([one, two].map((server) => server.advance('PT1S')));
    // A process waits for its own work alone: the other may have had the last callbacks.
    while (receiver.requests.length < numbers.length) await one.advance('PT1S');
    const told = receiver.requests.map(({ body }) => JSON.parse(body).resourceId as string);
    assert.deepEqual(told.sort(), numbers);
    for (const server of [one, two]) assert.equal((await server.stop('SIGTERM')).code, 0);
  },
);

function rent(server: ServerProcess, callbackUrl: string, number: string): Promise<Response> {
  const body = { voiceConfiguration: { appId: 'app' }, callbackUrl };
  return server.fetch('POST', `/availableNumbers/${number}:rent`, body);
}

async function rentWithCallback(server: ServerProcess, callbackUrl: string): Promise<void> {
  assert.equal((await rent(server, callbackUrl, NUMBER)).status, 200);
}

/** Whether a new connection is taken. */
async function isAccepting(server: ServerProcess): Promise<boolean> {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** The attempts at the only delivery: status code and error. */
async function readAttempts(databaseUrl: string): Promise<unknown[]> {
  await using store = await openStore(databaseUrl);
  return await store.read(async (db) => {
    const [delivery] = await listDeliveries(db, PROJECT.id, 1);
    const attempts = await listAttempts(db, delivery?.id ?? '');
    return attempts.map(({ statusCode, error }) => [statusCode, error]);
  });
}
