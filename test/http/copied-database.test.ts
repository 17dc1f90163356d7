import assert from 'node:assert/strict';

import { stoppedClock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config.ts';
import { createLog } from '../../src/log.ts';
import { startServer } from '../../src/server.ts';
import { copy } from '../support/copies.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { startRecordingListener } from '../support/recording-listener.ts';
import { listEventTypes, NUMBER, numberAt, rentWithCallback } from '../support/rentals.ts';
import { createTestDatabase } from '../support/test-database.ts';
import {
  basicAuth,
  OTHER_PROJECT,
  PROJECT,
  TEST_START,
  type TestProject,
} from '../support/test-server.ts';
import { fetchToken } from '../support/token.ts';

testOnEachEngine(
  'a server goes on with a copied database where the one before has stopped',
  async (start, engine) => {
    await using receiver = await startRecordingListener();
    await using copied = await createTestDatabase(engine === 'sqlite' ? 'postgres' : 'sqlite');
    let token: string;
    let pageToken: string;
    {
      await using before = await start();
      await rentWithCallback(before, receiver.url, NUMBER);
      await before.drain();
      assert.equal(receiver.requests.length, 1);
      // Its provisioning is ordered, and nobody has done it yet.
      await rentWithCallback(before, receiver.url, numberAt(1));
      token = await fetchToken(before);
      const list = await before.call('GET', '/activeNumbers?regionCode=US&type=LOCAL&pageSize=1');
      pageToken = list.json.nextPageToken;
      const { databaseUrl } = before.server.context.config;
      assert.notEqual(await copy(databaseUrl, copied.url), undefined);
    }

    const config = loadConfig({
      PORT: '0',
      DATABASE_URL: copied.url,
      NUMBERYARD_SANDBOX_DELAY_MS: '0',
    });
    await using server = await startServer(config, {
      clock: stoppedClock(TEST_START),
      log: createLog('silent'),
      startWorker: false,
    });
    const call = (method: string, path: string, authorization: string, body?: object) =>
      fetch(`${server.url}/v1/projects/${path}`, {
        method,
        headers: { authorization },
        ...(body && { body: JSON.stringify(body) }),
      });
    const ask = (project: TestProject, path: string) =>
      call('GET', `${project.id}${path}`, basicAuth(project));

    // Tokens of the server before are good here: it is the same installation.
    const query = `regionCode=US&type=LOCAL&pageSize=1&pageToken=${encodeURIComponent(pageToken)}`;
    const list = await call('GET', `${PROJECT.id}/activeNumbers?${query}`, `Bearer ${token}`);
    assert.equal(list.status, 200);
    const { activeNumbers } = (await list.json()) as { activeNumbers: { phoneNumber: string }[] };
    assert.deepEqual(
      activeNumbers.map(({ phoneNumber }) => phoneNumber),
      [numberAt(1)],
    );

    const rent = `${PROJECT.id}/availableNumbers/${numberAt(2)}:rent`;
    const body = { voiceConfiguration: { appId: 'app' }, callbackUrl: receiver.url };
    assert.equal((await call('POST', rent, basicAuth(PROJECT), body)).status, 200);
    await server.drain();
    assert.deepEqual(
      new Set(receiver.requests.map((request) => JSON.parse(request.body).resourceId)),
      new Set([NUMBER, numberAt(1), numberAt(2)]),
    );
    assert.equal(receiver.requests.length, 3, 'one callback for each, whoever has sent it');
    assert.deepEqual(
      await listEventTypes(server, numberAt(1)),
      await listEventTypes(server, NUMBER),
    );

    // The pool "private" is for the first project alone.
    for (const [project, status] of [
      [PROJECT, 200],
      [OTHER_PROJECT, 404],
    ] as const) {
      assert.equal((await ask(project, '/availableNumbers/+14165550100')).status, status);
    }
    const search = '/availableNumbers?regionCode=CA&type=LOCAL';
    const found = await Promise.all(
      [PROJECT, OTHER_PROJECT].map(async (project) => {
        const answer = await ask(project, search);
        return ((await answer.json()) as { availableNumbers: unknown[] }).availableNumbers.length;
      }),
    );
    assert.deepEqual(found, [10, 0]);
  },
);
