import assert from 'node:assert/strict';

import { testOnEachEngine } from '../support/engines.ts';
import { answering, PLATFORM_SECRET, startOperatorPlatform } from '../support/operator-platform.ts';
import { startRecordingListener } from '../support/recording-listener.ts';
import { NUMBER, numberAt } from '../support/rentals.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { basicAuth, createStockedDatabase, PROJECT } from '../support/test-server.ts';

const POOL = { name: 'pool', first: NUMBER, size: 10 };
const FIELDS_OF_A_REQUEST = ['level', 'time', 'requestId', 'method', 'path', 'status', 'ms'];
const OPERATOR_TOKEN = 'operator-token-0123456789';

testOnEachEngine(
  'each request writes one line of JSON, with the id that its answer has',
  async (_start, engine) => {
    await using database = await createStockedDatabase(engine, [POOL]);
    await using server = await startServerProcess(database.url);
    const answers = [
      await server.fetch('GET', '/availableRegions?types=LOCAL'),
      await server.fetch('POST', `/availableNumbers/${NUMBER}:rent`, {}),
      await server.fetch('POST', `/availableNumbers/${NUMBER}:rent`, {}),
      await fetch(`${server.url}/nothing/here`),
      await fetch(`${server.url}/healthz`, { headers: { 'x-request-id': 'mine' } }),
    ];
    assert.equal((await server.stop('SIGTERM')).code, 0);
    const project = `/v1/projects/${PROJECT.id}`;
    const expected = [
      ['GET', `${project}/availableRegions`, 200],
      ['POST', `${project}/availableNumbers/${NUMBER}:rent`, 200],
      ['POST', `${project}/availableNumbers/${NUMBER}:rent`, 404],
      ['GET', '/nothing/here', 404],
      ['GET', '/healthz', 200],
    ];
    const lines = readLog(server).filter((line) => 'path' in line);
    assert.deepEqual(
      lines.map(({ method, path, status }) => [method, path, status]),
      expected,
    );
    for (const [i, line] of lines.entries()) {
      assert.deepEqual(Object.keys(line), FIELDS_OF_A_REQUEST);
      assert.equal(line['level'], 30);
      assert.equal(line['requestId'], answers[i]?.headers.get('x-request-id'));
      assert.match(String(line['time']), /^\d{4}-\d\d-\d\dT.*Z$/);
      assert.ok(typeof line['ms'] === 'number' && line['ms'] >= 0);
    }
    assert.equal(lines.at(-1)?.['requestId'], 'mine');
  },
);

testOnEachEngine(
  'no secret and no credential reaches the log, whatever goes wrong',
  async (_start, engine) => {
    await using platform = await startOperatorPlatform(
      answering({ secret: 'of-the-platform' }, 500),
    );
    await using receiver = await startRecordingListener((_request, response) =>
      response.writeHead(500).end('receiver-says-this'),
    );
    await using database = await createStockedDatabase(engine, [POOL]);
    await using server = await startServerProcess(database.url, {
      ...platform.environment,
      NUMBERYARD_PLATFORM_URL: `${platform.listener.url}/?key=platform-url-key`,
      NUMBERYARD_OPERATOR_TOKEN: OPERATOR_TOKEN,
      NUMBERYARD_PROVISIONING_RETRY_SECONDS: '0',
      NUMBERYARD_CALLBACK_RETRY_SECONDS: '0',
      NUMBERYARD_PROJECT_ID: PROJECT.id,
      NUMBERYARD_KEY_ID: PROJECT.keyId,
      NUMBERYARD_KEY_SECRET: PROJECT.keySecret,
      NUMBERYARD_LOG_LEVEL: 'debug',
    });
    const bearer = await fetchToken(server);
    const hmacSecret = 'a-new-callback-secret-0123456789';
    assert.equal(
      (await server.fetch('PATCH', '/callbackConfiguration', { hmacSecret })).status,
      200,
    );
    for (const authorization of [
      `Bearer ${bearer}`,
      'Bearer wrong-bearer-value',
      `Basic ${Buffer.from('key-one:wrong-secret-value').toString('base64')}`,
      'Nonsense credential-value',
    ]) {
      const path = `/v1/projects/${PROJECT.id}/activeNumbers?pageToken=token-in-query`;
      await fetch(`${server.url}${path}`, { headers: { authorization } });
    }
    await fetch(`${server.url}/metrics`, {
      headers: { authorization: `Bearer ${OPERATOR_TOKEN}` },
    });
    await server.fetch('POST', `/availableNumbers/${NUMBER}:rent`, {
      smsConfiguration: { servicePlanId: 'plan' },
      callbackUrl: `${receiver.url}/hook?token=callback-url-token`,
    });
    await server.fetch('POST', `/availableNumbers/${numberAt(1)}:rent`, '{"broken-body-value');
    const { code } = await moveClockAndStop(server);
    assert.equal(code, 0);
    assert.ok(receiver.requests.length > 0 && platform.steps.length > 0);

    const printed = [...server.lines, ...server.stderr].join('\n');
    assert.match(printed, /platform down/, 'what went wrong is there');
    const basic = basicAuth(PROJECT).slice('Basic '.length);
    for (const secret of [
      PROJECT.keySecret,
      basic,
      bearer,
      hmacSecret,
      `callback-secret-of-${PROJECT.id}`,
      OPERATOR_TOKEN,
      PLATFORM_SECRET,
      'of-the-platform',
      'platform-url-key',
      'receiver-says-this',
      'callback-url-token',
      'wrong-bearer-value',
      'wrong-secret-value',
      Buffer.from('key-one:wrong-secret-value').toString('base64'),
      'credential-value',
      'token-in-query',
      'broken-body-value',
    ]) {
      assert.ok(!printed.includes(secret), secret);
    }
  },
);

testOnEachEngine('what heals itself is no error in the log', async (_start, engine) => {
  await using database = await createStockedDatabase(engine, [POOL]);
  await using server = await startServerProcess(database.url, { NUMBERYARD_SANDBOX_DELAY_MS: '0' });
  await server.fetch('POST', `/availableNumbers/${NUMBER}:rent`, {
    smsConfiguration: { servicePlanId: 'DOWN_TWICE' },
    voiceConfiguration: { appId: 'FAILED' },
    callbackUrl: 'http://10.0.0.1/',
  });
  await server.fetch('GET', '/activeNumbers?pageToken=nonsense');
  await moveClockAndStop(server);
  const lines = readLog(server);
  assert.ok(lines.length > 3);
  assert.deepEqual(
    lines.filter(({ level }) => Number(level) >= 50),
    [],
  );
  assert.deepEqual(server.stderr, []);
});

/** The lines that are JSON; the others are the greeting. */
function readLog({ lines }: ServerProcess): Record<string, unknown>[] {
  return lines
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

async function fetchToken(server: ServerProcess): Promise<string> {
  const response = await fetch(`${server.url}/oauth2/token`, {
    method: 'POST',
    headers: { authorization: basicAuth(PROJECT) },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

/** Lets everything happen that was ordered, so that it is logged. */
async function moveClockAndStop(server: ServerProcess): Promise<{ code: number | null }> {
  for (let i = 0; i < 3; i++) {
    const response = await fetch(`${server.url}/sandbox/clock:advance`, {
      method: 'POST',
      headers: { authorization: basicAuth(PROJECT) },
      body: '{"by":"PT10S"}',
    });
    assert.equal(response.status, 200, await response.text());
  }
  return server.stop('SIGTERM');
}
