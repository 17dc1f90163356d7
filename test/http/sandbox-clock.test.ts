import assert from 'node:assert/strict';

import type { MovableClock } from '../../src/clock.ts';
import { millisecondsBetween, type Timestamp } from '../../src/domain/timestamp.ts';
import { buildHttpApp } from '../../src/http/app.ts';
import { Authenticator } from '../../src/http/auth.ts';
import { registerSandboxClock } from '../../src/http/sandbox/clock.ts';
import { createMetrics } from '../../src/metrics.ts';
import { findSetting, raiseSetting } from '../../src/store/setting.ts';
import { assertRefused } from '../support/assert-refused.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { type Answer, basicAuth, PROJECT, type TestServer } from '../support/test-server.ts';

const DAY_MS = 86_400_000;

testOnEachEngine('the clock moves, and a process that starts later has its time', async (start) => {
  await using server = await start();
  const answer = await advance(server, { by: 'P1D' });
  assert.deepEqual(answer.json, { now: '2026-02-01T10:20:30.123456Z' });
  assert.equal(await storedOffset(server), String(DAY_MS));
});

testOnEachEngine('moves of the clock by two processes add up', async (start) => {
  await using server = await start();
  const { store } = server.server.context;
  // What another process wrote.
  await store.write((db) => raiseSetting(db, 'clock-offset-ms', 9 * DAY_MS));
  assert.equal((await advance(server, { by: 'P2D' })).status, 200);
  assert.equal(await storedOffset(server), String(11 * DAY_MS));
  // As text, 9 would be greater than 11.
  await store.write((db) => raiseSetting(db, 'clock-offset-ms', 9 * DAY_MS));
  assert.equal(await storedOffset(server), String(11 * DAY_MS));
});

testOnEachEngine('the clock stays within years of four digits', async (start) => {
  await using server = await start();
  const clock = server.server.context.clock as MovableClock;
  clock.advance(millisecondsBetween(clock.now(), '9990-01-01T00:00:00.000000Z' as Timestamp));
  assert.equal((await advance(server, { to: '9998-12-31T00:00:00Z' })).status, 200);
  for (const body of [{ by: 'P1D' }, { by: 'P9Y' }]) {
    assertRefused(await advance(server, body), 'by', body);
  }
  for (const to of ['9999-01-01T00:00:00Z', '+010000-01-01T00:00:00Z']) {
    assertRefused(await advance(server, { to }), 'to', to);
  }
  assert.equal(clock.now().slice(0, 10), '9998-12-31');
  assert.equal((await advance(server, { by: 'PT1H' })).status, 200);
});

testOnEachEngine('a move is answered although the work it makes due hangs', async (start) => {
  await using server = await start();
  const context = { ...server.server.context, metrics: createMetrics() };
  const clock = context.clock as MovableClock;
  const auth = new Authenticator(context);
  const app = await buildHttpApp(context, auth, [
    (routes) => registerSandboxClock(routes, context, auth, clock, () => new Promise(() => {}), 20),
  ]);
  const response = await app.inject({
    method: 'POST',
    url: '/sandbox/clock:advance',
    headers: { authorization: basicAuth(PROJECT) },
    payload: '{"by":"P1D"}',
  });
  assert.equal(response.statusCode, 200);
  assert.deepEqual(response.json(), { now: '2026-02-01T10:20:30.123456Z' });
  await app.close();
});

async function advance({ url }: TestServer, body: object): Promise<Answer> {
  const response = await fetch(`${url}/sandbox/clock:advance`, {
    method: 'POST',
    headers: { authorization: basicAuth(PROJECT) },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: JSON.parse(text) };
}

function storedOffset({ server }: TestServer): Promise<string | undefined> {
  return server.context.store.read((db) => findSetting(db, 'clock-offset-ms'));
}
