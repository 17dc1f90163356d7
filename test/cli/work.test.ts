import assert from 'node:assert/strict';
import { test } from 'node:test';

import { openStore } from '../../src/store/store.ts';
import { openCommandLineWithoutDatabase } from '../support/command-line.ts';
import { testOnEachEngine, testOnEngine } from '../support/engines.ts';
import { startHoldingListener } from '../support/holding-listener.ts';
import { startOperatorPlatform } from '../support/operator-platform.ts';
import { type Json, NUMBER, numberAt } from '../support/rentals.ts';
import {
  type ServerProcess,
  startServerProcess,
  startWorkProcess,
} from '../support/server-process.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { createStockedDatabase } from '../support/test-server.ts';

const POOL = { name: 'pool', first: NUMBER, size: 10 };
const AT_ONCE = { NUMBERYARD_SANDBOX_DELAY_MS: '0' };
const REQUESTS_ONLY = ['--no-worker'];
/** What hangs on others is cut off after this long. */
const CUT_OFF_MS = 5000;

testOnEachEngine(
  'a worker does what a server without one leaves, and finishes what it has begun when it is stopped',
  async (_start, engine) => {
    await using receiver = await startHoldingListener();
    await using database = await createStockedDatabase(engine, [POOL]);
    await using server = await startServerProcess(database.url, AT_ONCE, REQUESTS_ONLY);
    await rent(server, NUMBER, receiver.url);

    await using worker = await startWorkProcess(database.url, AT_ONCE);
    await receiver.untilCalled(1);
    const stopped = worker.stop('SIGTERM');
    // Wherever the signal finds it, it waits for the answer.
    assert.equal(worker.child.exitCode, null);
    receiver.answer();
    const { code, ms } = await stopped;
    assert.equal(code, 0, worker.stderr.join('\n'));
    assert.ok(ms < CUT_OFF_MS, `${ms} ms, so it was cut off`);
    await using store = await openStore(database.url);
    const attempts = await store.read((db) => db.column('SELECT status_code FROM attempt'));
    assert.deepEqual(attempts, [200]);

    // Nobody works now, until the sandbox's clock is moved: that asks for the work.
    await rent(server, numberAt(1), receiver.url);
    assert.equal(await statusOf(server, numberAt(1)), 'WAITING');
    await server.advance('PT1S');
    assert.equal(await statusOf(server, numberAt(1)), undefined);
    assert.equal(receiver.requests.length, 2);
  },
);

testOnEachEngine(
  'servers without a worker follow the clock of the sandbox too',
  async (_start, engine) => {
    await using database = await createStockedDatabase(engine, [POOL]);
    await using one = await startServerProcess(database.url, AT_ONCE, REQUESTS_ONLY);
    await using two = await startServerProcess(database.url, AT_ONCE, REQUESTS_ONLY);
    await rent(one, NUMBER, '');
    const now = await one.advance('P10D');
    for (let tries = 1; ; tries++) {
      const path = `/activeNumbers/${NUMBER}`;
      const body = { voiceConfiguration: { appId: `app-${tries}` } };
      const answer = await two.fetch('PATCH', path, body);
      const { voiceConfiguration } = (await answer.json()) as Json;
      if (voiceConfiguration.scheduledVoiceProvisioning.lastUpdatedTime >= now) break;
    }
  },
);

testOnEachEngine('a worker makes no stock and no key', async (_start, engine) => {
  await using database = await createTestDatabase(engine);
  await using worker = await startWorkProcess(database.url);
  assert.equal((await worker.stop('SIGINT')).code, 0);
  await using store = await openStore(database.url);
  for (const table of ['number', 'pool', 'project', 'access_key']) {
    assert.deepEqual(await store.read((db) => db.all(`SELECT * FROM ${table}`)), [], table);
  }
});

testOnEachEngine(
  'a worker tells the platform the public URL, because it does not listen itself',
  async (_start, engine) => {
    await using platform = await startOperatorPlatform();
    await using database = await createStockedDatabase(engine, [POOL]);
    const publicUrl = 'https://numbers.example.com/base';
    const environment = { ...platform.environment, NUMBERYARD_PUBLIC_URL: publicUrl };
    await using server = await startServerProcess(
      database.url,
      platform.environment,
      REQUESTS_ONLY,
    );
    await using worker = await startWorkProcess(database.url, environment);
    await rent(server, NUMBER, '');
    while ((await statusOf(server, NUMBER)) !== undefined);
    const [step] = platform.steps;
    assert.ok(step?.completionUrl.startsWith(`${publicUrl}/platform/v1/provisionings/`));
    assert.equal((await worker.stop('SIGTERM')).code, 0);
  },
);

test('what keeps a worker from starting is one line that names the variable', async () => {
  await using cli = await openCommandLineWithoutDatabase();
  const production = {
    NUMBERYARD_SANDBOX: 'off',
    NUMBERYARD_PLATFORM_URL: 'http://127.0.0.1:9',
    NUMBERYARD_PLATFORM_SECRET: 'a secret of some length',
  };
  const missing =
    /^NUMBERYARD_PUBLIC_URL is required: [^\n]* the http platform reports to[^\n]*\.\n$/;
  for (const [args, environment, message] of [
    [[], production, missing],
    [['--sandbox', 'maybe'], {}, /^--sandbox must be one of on, off, not "maybe"\.\n$/],
    [[], {}, /^The database cannot be used: the file cannot be opened; see DATABASE_URL .*\.\n$/],
  ] as const) {
    const { code, stdout, stderr } = await cli.run(['work', ...args], { environment });
    assert.deepEqual([code, stdout], [1, ''], stderr);
    assert.match(stderr, message);
  }
});

testOnEachEngine('a worker of one mode refuses a database of the other', async (_start, engine) => {
  await using database = await createTestDatabase(engine);
  await using worker = await startWorkProcess(database.url);
  assert.equal((await worker.stop('SIGTERM')).code, 0);
  const production = {
    NUMBERYARD_SANDBOX: 'off',
    NUMBERYARD_PUBLIC_URL: 'https://numbers.example.com',
    NUMBERYARD_PLATFORM_URL: 'http://127.0.0.1:9',
    NUMBERYARD_PLATFORM_SECRET: 'a secret of some length',
  };
  await assert.rejects(startWorkProcess(database.url, production), {
    message:
      'It ended at once: NUMBERYARD_SANDBOX is off, but this database was made for sandbox mode: use another one.',
  });
});

testOnEngine(
  'postgres',
  'a worker says on which database it works, and hides the password',
  { because: 'the path of a file has no password' },
  async (_start, engine) => {
    await using database = await createTestDatabase(engine);
    const url = new URL(database.url);
    url.password = 'a-password';
    await using worker = await startWorkProcess(url.href);
    assert.equal((await worker.stop('SIGTERM')).code, 0);
    const shown = url.href.replace('a-password', '***');
    assert.ok(worker.lines.includes(`Numberyard worker on ${shown} (sandbox)`));
    const printed = [...worker.lines, ...worker.stderr].join('\n');
    assert.ok(!printed.includes('a-password'), printed);
  },
);

async function rent(server: ServerProcess, number: string, callbackUrl: string): Promise<void> {
  const body = { voiceConfiguration: { appId: 'app' }, callbackUrl };
  const response = await server.fetch('POST', `/availableNumbers/${number}:rent`, body);
  assert.equal(response.status, 200, await response.text());
}

/** Of the provisioning that is scheduled; `undefined` when none is. */
async function statusOf(server: ServerProcess, number: string): Promise<string | undefined> {
  const response = await server.fetch('GET', `/activeNumbers/${number}`);
  const { voiceConfiguration } = (await response.json()) as Json;
  return voiceConfiguration.scheduledVoiceProvisioning?.status;
}
