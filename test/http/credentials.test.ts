import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

import { hashSecret } from '../../src/app/access-key-secret.ts';
import { loadConfig } from '../../src/config.ts';
import { createLog } from '../../src/log.ts';
import { startServer } from '../../src/server.ts';
import { putAccessKey, revokeAccessKey } from '../../src/store/access-key.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { basicAuth, OTHER_PROJECT, PROJECT, type TestServer } from '../support/test-server.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { fetchToken, requestToken } from '../support/token.ts';
import { waitUntil } from '../support/wait-until.ts';

const HOUR_MS = 3_600_000;
const NUMBER = '+12025550134';

/** One call of every operation that there is, in an order in which all succeed. */
const OPERATIONS: [method: string, path: string, body?: object][] = [
  ['GET', '/availableNumbers?regionCode=GB&type=TOLL_FREE&numberPattern.pattern=448081570001'],
  ['GET', `/availableNumbers/${NUMBER}`],
  ['POST', `/availableNumbers/${NUMBER}:rent`, {}],
  ['POST', '/availableNumbers:rentAny', { regionCode: 'US', type: 'MOBILE' }],
  ['GET', '/activeNumbers?type=LOCAL'],
  ['GET', `/activeNumbers/${NUMBER}`],
  ['PATCH', `/activeNumbers/${NUMBER}`, { displayName: 'Support' }],
  ['POST', `/activeNumbers/${NUMBER}:release`],
  ['GET', '/availableRegions'],
  ['GET', '/callbackConfiguration'],
  ['PATCH', '/callbackConfiguration', {}],
];

testOnEachEngine('every operation takes Basic and bearer alike', async (start) => {
  const answers = [];
  for (const scheme of ['Basic', 'basic', 'Bearer', 'bearer']) {
    await using server = await start();
    const credential = /basic/i.test(scheme)
      ? basicAuth(PROJECT).slice('Basic '.length)
      : await fetchToken(server);
    const texts = [];
    for (const [method, path, body] of OPERATIONS) {
      const headers = { authorization: `${scheme} ${credential}` };
      const answer = await server.call(method, path, { body, headers });
      assert.equal(answer.status, 200, `${scheme} ${method} ${path} ${answer.text}`);
      // Which number it is, is chance.
      texts.push(path.endsWith(':rentAny') ? answer.json.type : answer.text);
    }
    answers.push(texts);
  }
  for (const texts of answers) assert.deepEqual(texts, answers[0]);
});

testOnEachEngine(
  'wrong credentials are a 401 with a challenge that speaks of nothing expired',
  async (start) => {
    await using server = await start();
    await using other = await start();
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    const [header, payload, signature] = (await fetchToken(server)).split('.');
    const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
    for (const authorization of [
      '',
      'Basic',
      'Basic ',
      'Basic !!!',
      `Basic ${base64('key-one')}`,
      `Basic ${base64('key-one:wrong')}`,
      `Basic ${base64('key-one:')}`,
      `Basic ${base64('unknown:secret-one')}`,
      `Basic ${base64(':secret-one')}`,
      `Basic ${base64('key-one:secret-two')}`,
      `Digest ${base64('key-one:secret-one')}`,
      base64('key-one:secret-one'),
      'Bearer',
      'Bearer nonsense',
      `Bearer ${header}.${payload}`,
      `Bearer ${header}.${payload}.${signature}x`,
      `Bearer ${none}.${payload}.`,
      `Bearer ${none}.${payload}.${signature}`,
      // Of another installation, with the same project and key.
      `Bearer ${await fetchToken(other)}`,
    ]) {
      const answer = await server.call('GET', '/availableRegions', { headers: { authorization } });
      assert.equal(answer.status, 401, authorization);
      const { message, ...error } = answer.json.error;
      assert.deepEqual(error, { code: 401, status: 'UNAUTHENTICATED', details: [] });
      assert.equal(typeof message, 'string');
      const challenge = answer.headers.get('www-authenticate') ?? '';
      assert.match(challenge, /^(Basic|Bearer)/, authorization);
      assert.doesNotMatch(challenge, /expired/i, authorization);
    }
  },
);

testOnEachEngine(
  'an expired token is told by the word "expired", which clients look for',
  async (start) => {
    await using server = await start();
    const authorization = `Bearer ${await fetchToken(server)}`;
    const ask = () => server.call('GET', '/availableRegions', { headers: { authorization } });
    assert.equal((await ask()).status, 200);
    await server.advance(HOUR_MS - 1000);
    assert.equal((await ask()).status, 200);
    await server.advance(1000);
    const expired = await ask();
    assert.equal(expired.status, 401);
    assert.equal(expired.json.error.status, 'UNAUTHENTICATED');
    assert.match(
      expired.headers.get('www-authenticate') ?? '',
      /^Bearer error="invalid_token", error_description="[^"]*expired[^"]*"$/,
    );
  },
);

testOnEachEngine(
  'credentials of another project are a 403, whether the project exists or not',
  async (start) => {
    await using server = await start();
    const answers = [];
    for (const authorization of [basicAuth(PROJECT), `Bearer ${await fetchToken(server)}`]) {
      for (const id of [OTHER_PROJECT.id, 'no-such-project', '*', '%2A']) {
        const response = await fetch(`${server.url}/v1/projects/${id}/availableRegions`, {
          headers: { authorization },
        });
        answers.push(`${response.status} ${await response.text()}`);
      }
    }
    assert.deepEqual(
      [...new Set(answers)],
      ['403 {"error":{"code":403,"message":"","status":"PERMISSION_DENIED","details":[]}}'],
    );
  },
);

testOnEachEngine(
  'a revoked key is refused, and so are the tokens it was exchanged for',
  async (start) => {
    await using server = await start();
    await addKey(server, 'second-key', 'second-secret');
    const second = { ...PROJECT, keyId: 'second-key', keySecret: 'second-secret' };
    // Neither credential was used before: a used one may live on for some seconds.
    const token = await fetchToken(server);
    const { store, clock } = server.server.context;
    assert.ok(await store.write((db) => revokeAccessKey(db, PROJECT.keyId, clock.now())));
    for (const authorization of [basicAuth(PROJECT), `Bearer ${token}`]) {
      const answer = await server.call('GET', '/availableRegions', { headers: { authorization } });
      assert.equal(answer.status, 401);
      assert.doesNotMatch(answer.headers.get('www-authenticate') ?? '', /expired/);
    }
    assert.equal((await requestToken(server)).status, 401);
    // The project's other key goes on.
    const other = { headers: { authorization: basicAuth(second) } };
    assert.equal((await server.call('GET', '/availableRegions', other)).status, 200);
  },
);

testOnEachEngine('a secret may hold colons and letters of any language', async (start) => {
  await using server = await start();
  await addKey(server, 'odd-key', 'a:b::ü✓');
  const authorization = basicAuth({ ...PROJECT, keyId: 'odd-key', keySecret: 'a:b::ü✓' });
  const answer = await server.call('GET', '/availableRegions', { headers: { authorization } });
  assert.equal(answer.status, 200);
});

async function addKey({ server }: TestServer, id: string, secret: string): Promise<void> {
  const { store, clock } = server.context;
  await store.write((db) =>
    putAccessKey(db, {
      id,
      projectId: PROJECT.id,
      displayName: 'test',
      secretHash: hashSecret(secret),
      createdAt: clock.now(),
      revokedAt: null,
    }),
  );
}

testOnEachEngine(
  'a key that is known beforehand opens the first request that is answered',
  async (_start, engine) => {
    await using database = await createTestDatabase(engine, 'stock');
    const port = await findFreePort();
    const config = loadConfig({
      PORT: String(port),
      DATABASE_URL: database.url,
      NUMBERYARD_PROJECT_ID: 'early',
      NUMBERYARD_KEY_ID: 'early-key',
      NUMBERYARD_KEY_SECRET: 'early-secret',
    });
    const starting = startServer(config, { log: createLog('silent'), startWorker: false });
    const authorization = basicAuth({ ...PROJECT, keyId: 'early-key', keySecret: 'early-secret' });
    const url = `http://127.0.0.1:${port}/v1/projects/early/activeNumbers`;
    let first: Response | undefined;
    await waitUntil('the port is open', async () => {
      first = await fetch(url, { headers: { authorization } }).catch(() => undefined);
      return first !== undefined;
    });
    await using server = await starting;
    assert.deepEqual([server.url, first?.status], [`http://127.0.0.1:${port}`, 200]);
  },
);

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
