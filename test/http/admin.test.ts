import assert from 'node:assert/strict';

import type { Timestamp } from '../../src/domain/timestamp.ts';
import { insertEvent } from '../../src/store/event.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { startRecordingListener } from '../support/recording-listener.ts';
import { NUMBER, rent, rentWithCallback } from '../support/rentals.ts';
import {
  type Answer,
  basicAuth,
  PROJECT,
  TEST_START,
  type TestServer,
} from '../support/test-server.ts';

const OPERATOR_TOKEN = 'operator-token-0123456789';
const WITH_TOKEN = { NUMBERYARD_OPERATOR_TOKEN: OPERATOR_TOKEN };
const OPERATOR = `Bearer ${OPERATOR_TOKEN}`;

const HISTORY = `/admin/v1/numbers/${NUMBER}`;
const DELIVERIES = `/admin/v1/projects/${PROJECT.id}/deliveries`;
/** Events that one answer shows. */
const EVENTS_MAX = 500;

testOnEachEngine('the admin API is for the bearer of the operator token alone', async (start) => {
  await using server = await start(WITH_TOKEN);
  for (const path of [HISTORY, DELIVERIES, '/admin/v1/numbers/nothing']) {
    for (const authorization of [
      undefined,
      'Bearer another-token',
      `Basic ${OPERATOR_TOKEN}`,
      basicAuth(PROJECT),
    ]) {
      const refused = await ask(server, path, authorization);
      assert.equal(refused.status, 401, `${path} ${authorization}`);
      assert.match(refused.headers.get('www-authenticate') ?? '', /^Bearer /);
      assert.equal(refused.json.error.status, 'UNAUTHENTICATED');
    }
  }
  assert.equal((await ask(server, HISTORY, OPERATOR)).status, 200);
});

testOnEachEngine('without an operator token there is no admin API', async (start) => {
  await using server = await start();
  for (const path of [HISTORY, DELIVERIES]) {
    for (const authorization of [undefined, OPERATOR, 'Bearer ', basicAuth(PROJECT)]) {
      const answer = await ask(server, path, authorization);
      assert.equal(answer.status, 404, `${path} ${authorization}`);
      assert.equal(answer.text, (await ask(server, '/no/such/path')).text);
    }
  }
});

testOnEachEngine('a number is shown with its state and its history', async (start) => {
  await using server = await start(WITH_TOKEN);
  const available = await ask(server, HISTORY, OPERATOR);
  assert.deepEqual(available.json, {
    phoneNumber: NUMBER,
    pool: 'us-local',
    state: 'AVAILABLE',
    stateUntil: null,
    holderProjectId: null,
    locality: null,
    events: [],
  });

  await rent(server, { voiceConfiguration: { appId: 'app' } });
  await server.drain();
  const rented = await ask(server, HISTORY.replace('+', '%2B'), OPERATOR);
  assert.equal(rented.json.state, 'ACTIVE');
  assert.equal(rented.json.holderProjectId, PROJECT.id);
  assert.deepEqual(Object.keys(rented.json), Object.keys(available.json));
  const [newest, oldest] = rented.json.events;
  assert.equal(rented.json.events.length, 2);
  assert.deepEqual([newest.sequence, oldest.sequence], [2, 1]);
  assert.deepEqual([newest.actor, oldest.actor], ['worker', PROJECT.keyId]);
  assert.deepEqual(Object.keys(newest), [
    'id',
    'e164',
    'sequence',
    'type',
    'projectId',
    'rentalId',
    'actor',
    'requestId',
    'details',
    'createdAt',
  ]);
  assert.equal(typeof newest.details, 'object');
});

testOnEachEngine('a long history comes in parts, the newest events first', async (start) => {
  await using server = await start(WITH_TOKEN);
  await addEvents(server, EVENTS_MAX + 3);
  const sequencesOf = (answer: Answer): number[] =>
    answer.json.events.map((event: { sequence: number }) => event.sequence);
  const first = sequencesOf(await ask(server, HISTORY, OPERATOR));
  assert.equal(first.length, EVENTS_MAX);
  assert.deepEqual([first[0], first.at(-1)], [EVENTS_MAX + 3, 4]);
  const rest = await ask(server, `${HISTORY}?before=${first.at(-1)}`, OPERATOR);
  assert.deepEqual(sequencesOf(rest), [3, 2, 1]);
  assert.deepEqual(sequencesOf(await ask(server, `${HISTORY}?before=1`, OPERATOR)), []);
  for (const before of ['0', '-1', 'x', '1.5']) {
    const wrong = await ask(server, `${HISTORY}?before=${before}`, OPERATOR);
    assert.equal(wrong.status, 400, before);
    assert.equal(wrong.json.error.details[0].fieldViolations[0].field, 'before');
  }
});

testOnEachEngine("a project's callbacks are shown with every attempt", async (start) => {
  await using receiver = await startRecordingListener((_request, response, earlier) =>
    response.writeHead(earlier === 0 ? 500 : 200).end(),
  );
  await using server = await start({ ...WITH_TOKEN, NUMBERYARD_CALLBACK_RETRY_SECONDS: '5' });
  assert.deepEqual((await ask(server, DELIVERIES, OPERATOR)).json, { deliveries: [] });
  await rentWithCallback(server, receiver.url);
  await server.drain();
  await server.advance(5000);
  const { deliveries } = (await ask(server, DELIVERIES, OPERATOR)).json;
  assert.equal(deliveries.length, 1);
  const [{ attempts, body, ...delivery }] = deliveries;
  assert.deepEqual(delivery, {
    id: delivery.id,
    eventId: body.eventId,
    projectId: PROJECT.id,
    url: receiver.url,
    status: 'DELIVERED',
    createdAt: TEST_START,
  });
  assert.equal(body.resourceId, NUMBER);
  assert.deepEqual(
    attempts.map((attempt: object) => Object.keys(attempt)),
    Array.from({ length: 2 }, () => [
      'deliveryId',
      'number',
      'statusCode',
      'error',
      'latencyMs',
      'startedAt',
    ]),
  );
  assert.deepEqual(
    attempts.map(({ statusCode }: { statusCode: number }) => statusCode),
    [500, 200],
  );
});

testOnEachEngine(
  'what the admin API does not know is a 404, or a 400 of its name',
  async (start) => {
    await using server = await start(WITH_TOKEN);
    for (const [path, status] of [
      ['/admin/v1/numbers/+12025559999', 404],
      ['/admin/v1/numbers/nothing', 400],
      ['/admin/v1/numbers/+1202555%00', 400],
      ['/admin/v1/projects/nobody/deliveries', 404],
      ['/admin/v1/projects/nobody%00/deliveries', 404],
      ['/admin/v1/nothing', 404],
    ] as const) {
      const answer = await ask(server, path, OPERATOR);
      assert.equal(answer.status, status, `${path} ${answer.text}`);
      assert.equal(answer.json.error.code, status);
    }
  },
);

async function ask({ url }: TestServer, path: string, authorization?: string): Promise<Answer> {
  const response = await fetch(`${url}${path}`, {
    headers: authorization === undefined ? {} : { authorization },
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: JSON.parse(text) };
}

async function addEvents({ server }: TestServer, count: number): Promise<void> {
  await server.context.store.write(async (db) => {
    for (let i = 0; i < count; i++) {
      await insertEvent(db, {
        id: `event-${i}`,
        e164: NUMBER,
        sequence: i + 1,
        type: 'TEST',
        projectId: null,
        rentalId: null,
        actor: 'operator',
        requestId: null,
        details: '{}',
        createdAt: TEST_START as Timestamp,
      });
    }
  });
}
