import assert from 'node:assert/strict';

import { testOnEachEngine } from '../support/engines.ts';
import { startRecordingListener } from '../support/recording-listener.ts';
import { NUMBER, numberAt, rent, rentWithCallback } from '../support/rentals.ts';
import { basicAuth, PROJECT, type TestServer } from '../support/test-server.ts';

const OPERATOR_TOKEN = 'operator-token-0123456789';

testOnEachEngine('the health check answers while the server lives', async (start) => {
  await using server = await start();
  const response = await fetch(`${server.url}/healthz`);
  assert.equal(response.status, 200);
  assert.match(response.headers.get('content-type') ?? '', /^application\/json/);
  assert.deepEqual(await response.json(), { status: 'ok' });
});

testOnEachEngine('the readiness check answers while the database does', async (start) => {
  await using server = await start();
  const ready = await fetch(`${server.url}/readyz`);
  assert.equal(ready.status, 200);
  assert.deepEqual(await ready.json(), { status: 'ready' });

  const { store } = server.server.context;
  store.read = () => Promise.reject(new Error('the disk is gone'));
  const unready = await fetch(`${server.url}/readyz`);
  assert.equal(unready.status, 503);
  assert.deepEqual(await unready.json(), { status: 'unavailable', reason: 'database' });
  assert.equal((await fetch(`${server.url}/healthz`)).status, 200);
});

testOnEachEngine('requests are counted by route and status, with their latency', async (start) => {
  await using server = await start();
  await server.call('GET', '/availableRegions');
  await server.call('GET', `/availableNumbers/${NUMBER}`);
  await server.call('GET', '/availableNumbers/+12025550999');
  await server.call('GET', '/availableNumbers?regionCode=US&type=LOCAL&size=nothing');
  await fetch(`${server.url}/no/such/path`);
  const samples = await scrape(server);
  const count = (route: string, status: number) =>
    valueOf(samples, 'numberyard_request_duration_seconds_count', {
      method: 'GET',
      route,
      status: String(status),
    });
  const numberRoute = '/v1/projects/:projectId/availableNumbers/:phoneNumber([^:/]+)';
  assert.equal(count('/v1/projects/:projectId/availableRegions', 200), 1);
  assert.equal(count(numberRoute, 200), 1);
  assert.equal(count(numberRoute, 404), 1);
  assert.equal(count('/v1/projects/:projectId/availableNumbers', 400), 1);
  assert.equal(count('unknown', 404), 1);

  const buckets = samples.filter(
    ({ name, labels }) =>
      name === 'numberyard_request_duration_seconds_bucket' &&
      labels['route'] === numberRoute &&
      labels['status'] === '200',
  );
  assert.ok(buckets.length >= 10);
  assert.equal(buckets.at(-1)?.labels['le'], '+Inf');
  assert.equal(buckets.at(-1)?.value, 1);
  const everything = samples.map(({ labels }) => JSON.stringify(labels)).join('\n');
  assert.ok(!everything.includes(NUMBER), 'a number in a label would make endless series');
});

testOnEachEngine('jobs are counted by state and deliveries by outcome', async (start) => {
  await using receiver = await startRecordingListener((_request, response, earlier) =>
    response.writeHead(earlier === 0 ? 200 : 500).end(),
  );
  await using server = await start();
  await rentWithCallback(server, receiver.url);
  await rent(server, { voiceConfiguration: { appId: 'SLOW' } }, numberAt(1));
  const jobs = async (kind: string, state: string) =>
    valueOf(await scrape(server), 'numberyard_jobs', { kind, state });
  assert.equal(await jobs('provision', 'DUE'), 2);
  await server.drain();
  assert.equal(await jobs('provision', 'DUE'), undefined);
  assert.equal(await jobs('provision', 'SCHEDULED'), 1);
  assert.equal(await jobs('deliver', 'SCHEDULED'), undefined);

  await rentWithCallback(server, receiver.url, numberAt(2));
  await server.drain();
  assert.equal(await jobs('deliver', 'SCHEDULED'), 1);
  const samples = await scrape(server);
  assert.equal(valueOf(samples, 'numberyard_deliveries_pending', {}), 1);
  const attempts = (status: string) =>
    valueOf(samples, 'numberyard_delivery_attempts_total', { status });
  assert.deepEqual([attempts('DELIVERED'), attempts('PENDING')], [1, 1]);
});

testOnEachEngine('the stock is counted by pool and state', async (start) => {
  await using server = await start();
  await rent(server, {});
  const samples = await scrape(server);
  const stock = (pool: string, state: string) =>
    valueOf(samples, 'numberyard_stock_numbers', { pool, state });
  assert.deepEqual([stock('us-local', 'AVAILABLE'), stock('us-local', 'ACTIVE')], [99, 1]);
  assert.deepEqual([stock('private', 'AVAILABLE'), stock('private', 'ACTIVE')], [10, undefined]);
  // The first scrape waits for the first count; the second one can tell how old it is.
  const age = valueOf(await scrape(server), 'numberyard_stock_age_seconds', {});
  assert.ok(age !== undefined && age >= 0 && age < 60);
});

testOnEachEngine(
  'metrics have the content type of Prometheus, and a help and a type each',
  async (start) => {
    await using server = await start();
    const response = await fetch(`${server.url}/metrics`);
    assert.match(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
    const text = await response.text();
    for (const name of new Set(text.matchAll(/^# TYPE (\S+)/gm).map(([, found]) => found))) {
      assert.match(text, new RegExp(`^# HELP ${name} .{10}`, 'm'));
      assert.match(name ?? '', /^numberyard_/);
    }
  },
);

testOnEachEngine('with an operator token, metrics are for its bearer alone', async (start) => {
  await using server = await start({ NUMBERYARD_OPERATOR_TOKEN: OPERATOR_TOKEN });
  const statusFor = async (authorization?: string) => {
    const headers = authorization === undefined ? {} : { authorization };
    const response = await fetch(`${server.url}/metrics`, { headers });
    if (response.status === 401) {
      assert.match(response.headers.get('www-authenticate') ?? '', /^Bearer /);
      assert.doesNotMatch(await response.text(), /numberyard_/);
    }
    return response.status;
  };
  assert.equal(await statusFor(), 401);
  assert.equal(await statusFor('Bearer another-token'), 401);
  assert.equal(await statusFor(`Basic ${OPERATOR_TOKEN}`), 401);
  assert.equal(await statusFor(basicAuth(PROJECT)), 401);
  assert.equal(await statusFor(`Bearer ${OPERATOR_TOKEN}`), 200);
  assert.equal((await fetch(`${server.url}/healthz`)).status, 200, 'health stays open');
});

testOnEachEngine('without an operator token, production has no metrics', async (start) => {
  const production = {
    NUMBERYARD_SANDBOX: 'off',
    NUMBERYARD_PLATFORM_URL: 'http://127.0.0.1:9/',
    NUMBERYARD_PLATFORM_SECRET: 'platform-secret-0123456789',
  };
  await using closed = await start(production);
  const absent = await fetch(`${closed.url}/metrics`);
  assert.equal(absent.status, 404);
  assert.doesNotMatch(await absent.text(), /numberyard_/);
  assert.equal((await fetch(`${closed.url}/healthz`)).status, 200);

  await using open = await start({ ...production, NUMBERYARD_OPERATOR_TOKEN: OPERATOR_TOKEN });
  assert.equal((await fetch(`${open.url}/metrics`)).status, 401);
  const headers = { authorization: `Bearer ${OPERATOR_TOKEN}` };
  assert.equal((await fetch(`${open.url}/metrics`, { headers })).status, 200);
});

testOnEachEngine(
  'every answer has a request id: that of the client, or one of ours',
  async (start) => {
    await using server = await start();
    const idOf = async (path: string, headers: Record<string, string> = {}) =>
      (await fetch(`${server.url}${path}`, { headers })).headers.get('x-request-id');
    assert.equal(await idOf('/healthz', { 'x-request-id': 'abc-1.2_3' }), 'abc-1.2_3');
    for (const unfit of ['', 'two words', 'x'.repeat(65)]) {
      assert.match((await idOf('/healthz', { 'x-request-id': unfit })) ?? '', /^[\w.-]{20,64}$/);
    }
    const ids = [
      await idOf('/healthz'),
      await idOf('/v1/projects/x/nothing'),
      await idOf('/nothing'),
    ];
    assert.equal(new Set(ids).size, 3);
    assert.ok(!ids.includes(null));
  },
);

interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** Reads the text format of Prometheus. */
async function scrape({ url }: TestServer): Promise<Sample[]> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name = '', labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
      const pairs = labels.matchAll(/(\w+)="([^"]*)"/g).map(([, key, of]) => [key, of]);
      return { name, labels: Object.fromEntries(pairs) as Sample['labels'], value: Number(value) };
    });
}

/** The value of the only sample with exactly these labels. */
function valueOf(
  samples: Sample[],
  name: string,
  labels: Record<string, string>,
): number | undefined {
  const found = samples.filter(
    (sample) =>
      sample.name === name &&
      Object.keys(sample.labels).length === Object.keys(labels).length &&
      Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
  );
  assert.ok(found.length < 2);
  return found[0]?.value;
}
