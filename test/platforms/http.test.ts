import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';

import { toTimestamp } from '../../src/domain/timestamp.ts';
import {
  createHttpPlatform,
  parsePlatformReport,
  PLATFORM_ANSWER_BYTES_MAX,
  PLATFORM_SIGNATURE_HEADER,
  signPlatformMessage,
  verifyPlatformSignature,
} from '../../src/platforms/http.ts';
import { type PlatformRequest, PlatformUnavailableError } from '../../src/platforms/platform.ts';
import { type Responder, startRecordingListener } from '../support/recording-listener.ts';

const NOW = toTimestamp(Temporal.Instant.from('2026-05-01T00:00:10.9Z'));
const NOW_SECONDS = 1_777_593_610;
const SECRET = 'platform-secret';
const POLL_AFTER_MS = 5_000;

const REQUEST: PlatformRequest = {
  requestId: '01jw0000000000000000000000-0',
  provisioningId: '01jw0000000000000000000000',
  sequence: 4,
  projectId: '37b62a7b-0177-4abc-8def-e10f848de123',
  phoneNumber: '+12025550134',
  action: 'PROVISION',
  service: 'VOICE',
  targetId: 'trunk-7',
  voiceType: 'EST',
  earlierAttempts: 2,
  startedAt: toTimestamp(Temporal.Instant.from('2026-05-01T00:00:00Z')),
};

function connectTo(url: string, timeoutMs = 5_000) {
  return createHttpPlatform({
    url,
    secret: SECRET,
    timeoutMs,
    completionBaseUrl: () => 'https://numbers.example.com/',
    pollAfterMs: POLL_AFTER_MS,
    now: () => NOW,
  });
}

/** Asks a platform that answers as told. */
async function executeAgainst(respond: Responder, timeoutMs?: number, request = REQUEST) {
  await using listener = await startRecordingListener(respond);
  await using platform = connectTo(`${listener.url}/provision`, timeoutMs);
  return await platform.execute(request);
}

function answering(statusCode: number, body: string): Responder {
  return (_request, response) => {
    response.writeHead(statusCode, { 'content-type': 'application/json' }).end(body);
  };
}

test('the request carries the documented fields, the idempotency key and a signature', async () => {
  await using listener = await startRecordingListener(answering(200, '{"status":"DONE"}'));
  await using platform = connectTo(`${listener.url}/provision?tenant=a`);
  await platform.execute(REQUEST);
  const [request] = listener.requests;
  assert.equal(request!.method, 'POST');
  assert.equal(request!.path, '/provision?tenant=a');
  assert.equal(request!.headers['content-type'], 'application/json');
  assert.equal(request!.headers['idempotency-key'], REQUEST.requestId);
  assert.deepEqual(JSON.parse(request!.body), {
    requestId: '01jw0000000000000000000000-0',
    provisioningId: '01jw0000000000000000000000',
    sequence: 4,
    projectId: '37b62a7b-0177-4abc-8def-e10f848de123',
    phoneNumber: '+12025550134',
    action: 'PROVISION',
    service: 'VOICE',
    targetId: 'trunk-7',
    voiceType: 'EST',
    attempt: 3,
    requestedAt: '2026-05-01T00:00:00.000000Z',
    completionUrl:
      'https://numbers.example.com/platform/v1/provisionings/01jw0000000000000000000000:complete',
  });
  const header = request!.headers[PLATFORM_SIGNATURE_HEADER] as string;
  assert.match(header, new RegExp(`^t=${NOW_SECONDS},v1=[0-9a-f]{64}$`));
  assert.equal(verifyPlatformSignature(SECRET, header, request!.body, NOW_SECONDS), true);
});

test('a step that is not for voice has no voiceType', async () => {
  await using listener = await startRecordingListener(answering(200, '{"status":"DONE"}'));
  await using platform = connectTo(listener.url);
  const { voiceType: _, ...smsRequest } = REQUEST;
  await platform.execute({ ...smsRequest, service: 'SMS' });
  assert.equal('voiceType' in JSON.parse(listener.requests[0]!.body), false);
});

test('requests that follow each other share connections', async () => {
  await using listener = await startRecordingListener(answering(200, '{"status":"DONE"}'));
  await using platform = connectTo(listener.url);
  for (let i = 0; i < 10; i++) await platform.execute(REQUEST);
  assert.equal(listener.requests.length, 10);
  // Two, when a request begins while undici is still tidying up the first connection.
  assert.ok(listener.connections <= 2, `${listener.connections} connections`);
});

const INTERNAL_ERROR = { outcome: 'REJECTED', code: 'INTERNAL_ERROR' } as const;

for (const [statusCode, body, answer] of [
  [200, '{"status":"DONE"}', { outcome: 'DONE' }],
  [200, '\ufeff{"status":"DONE","extra":1}\n', { outcome: 'DONE' }],
  [202, '{"status":"ACCEPTED"}', { outcome: 'ACCEPTED', askAgainAfterMs: POLL_AFTER_MS }],
  [200, '{"status":"ACCEPTED"}', { outcome: 'ACCEPTED', askAgainAfterMs: POLL_AFTER_MS }],
  [
    200,
    '{"status":"REJECTED","code":"CAMPAIGN_EXPIRED"}',
    { outcome: 'REJECTED', code: 'CAMPAIGN_EXPIRED' },
  ],
  [
    422,
    '{"status":"REJECTED","code":"CAMPAIGN_EXPIRED","internalCode":"CRS0018"}',
    { outcome: 'REJECTED', code: 'CAMPAIGN_EXPIRED', internalCode: 'CRS0018' },
  ],
  [
    409,
    '{"status":"REJECTED","code":"WHO_KNOWS"}',
    { ...INTERNAL_ERROR, internalCode: 'WHO_KNOWS' },
  ],
  [200, '{"status":"REJECTED"}', INTERNAL_ERROR],
  [200, '{"status":"REJECTED","internalCode":"X1"}', { ...INTERNAL_ERROR, internalCode: 'X1' }],
  [200, '{"status":"REJECTED","code":{"a":1},"internalCode":7}', INTERNAL_ERROR],
  [
    200,
    `{"status":"REJECTED","code":"\\u0000${'x'.repeat(100)}"}`,
    { ...INTERNAL_ERROR, internalCode: 'x'.repeat(64) },
  ],
  [404, '<h1>Not Found</h1>', { ...INTERNAL_ERROR, internalCode: 'HTTP_404' }],
  [400, '{"status":"DONE"}', { ...INTERNAL_ERROR, internalCode: 'HTTP_400' }],
  [401, '', { ...INTERNAL_ERROR, internalCode: 'HTTP_401' }],
  [400, 'x'.repeat(PLATFORM_ANSWER_BYTES_MAX + 1), { ...INTERNAL_ERROR, internalCode: 'HTTP_400' }],
] as const) {
  test(`${statusCode} ${JSON.stringify(body).slice(0, 60)} means ${JSON.stringify(answer)}`, async () => {
    assert.deepEqual(await executeAgainst(answering(statusCode, body)), answer);
  });
}

for (const statusCode of [400, 401, 404]) {
  test(`a bare ${statusCode} to a DEPROVISION is not the platform's word`, async () => {
    const leave: PlatformRequest = { ...REQUEST, action: 'DEPROVISION' };
    const execute = (body: string) => executeAgainst(answering(statusCode, body), undefined, leave);
    await assert.rejects(execute('{"status":"DONE"}'), PlatformUnavailableError);
    assert.deepEqual(await execute('{"status":"REJECTED"}'), INTERNAL_ERROR);
  });
}

for (const [statusCode, body, reason] of [
  [500, '{"status":"DONE"}', /^the platform answered 500$/],
  [503, '', /answered 503$/],
  [408, '{"status":"REJECTED","code":"CAMPAIGN_EXPIRED"}', /answered 408$/],
  [425, '', /answered 425$/],
  [429, '', /answered 429$/],
  [304, '', /answered 304$/],
  [200, 'OK', /answered 200 without a status/],
  [200, '', /answered 200 without a status/],
  [202, '', /answered 202 without a status/],
  [200, 'null', /answered 200 without a status/],
  [200, '{"status":"PERHAPS"}', /answered 200 without a status/],
  [
    200,
    `{"status":"DONE","padding":"${'x'.repeat(PLATFORM_ANSWER_BYTES_MAX)}"}`,
    /answered 200 without a status/,
  ],
] as const) {
  test(`${statusCode} ${JSON.stringify(body).slice(0, 60)} means that the platform is asked again`, async () => {
    await assert.rejects(executeAgainst(answering(statusCode, body)), (error) => {
      assert.ok(error instanceof PlatformUnavailableError);
      assert.match(error.message, reason);
      return true;
    });
  });
}

test('an answer of the permitted length is read, however it is cut into pieces', async () => {
  const padding = 'x'.repeat(PLATFORM_ANSWER_BYTES_MAX - '{"status":"DONE","p":""}'.length);
  const answer = await executeAgainst((_request, response) => {
    response.writeHead(200);
    response.write(`{"status":"DONE","p":"${padding}`);
    response.end('"}');
  });
  assert.deepEqual(answer, { outcome: 'DONE' });
});

test('an endless answer is cut off', { timeout: 10_000 }, async () => {
  const endless = executeAgainst((_request, response) => {
    const write = () => {
      while (!response.destroyed && response.write('x'.repeat(1024)));
    };
    response.writeHead(200).on('drain', write);
    write();
  }, 60_000);
  await assert.rejects(endless, PlatformUnavailableError);
});

test('a redirect is not followed', async () => {
  await using elsewhere = await startRecordingListener(answering(200, '{"status":"DONE"}'));
  for (const statusCode of [301, 302, 303, 307, 308]) {
    const redirected = executeAgainst((_request, response) => {
      response.writeHead(statusCode, { location: elsewhere.url }).end();
    });
    await assert.rejects(redirected, PlatformUnavailableError);
  }
  assert.equal(elsewhere.connections, 0);
});

test('a platform that does not answer in time is unavailable', async () => {
  const silent = executeAgainst(() => {}, 50);
  await assert.rejects(silent, {
    name: 'PlatformUnavailableError',
    message: 'the platform did not answer within 50 ms',
  });
});

test('disposing ends what is under way, which says nothing about the platform', async () => {
  for (const begin of [() => {}, (response: ServerResponse) => void response.write('{"status":')]) {
    const arrived = Promise.withResolvers<void>();
    await using listener = await startRecordingListener((_request, response) => {
      begin(response);
      arrived.resolve();
    });
    const platform = connectTo(listener.url);
    const pending = platform.execute(REQUEST);
    await arrived.promise;
    await setImmediate();
    await platform[Symbol.asyncDispose]();
    assert.deepEqual(await pending, { outcome: 'ABORTED' });
  }
});

test('the time-out also covers an answer that never ends', async () => {
  const unfinished = executeAgainst((_request, response) => {
    response.writeHead(200).write('{"status":');
  }, 50);
  await assert.rejects(unfinished, {
    name: 'PlatformUnavailableError',
    message: 'the platform did not answer within 50 ms',
  });
});

test('a platform that cannot be reached is unavailable, and the reason does not tell the URL', async () => {
  let port: number;
  {
    await using listener = await startRecordingListener();
    port = listener.port;
  }
  await using platform = connectTo(`http://127.0.0.1:${port}/?token=hidden`);
  await assert.rejects(platform.execute(REQUEST), {
    name: 'PlatformUnavailableError',
    message: 'the platform could not be reached (ECONNREFUSED)',
  });
});

test('a connection that closes without an answer means unavailable', async () => {
  const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await using platform = connectTo(`http://127.0.0.1:${port}`);
  await assert.rejects(platform.execute(REQUEST), PlatformUnavailableError);
  server.close();
});

test('a signature is good for its secret, its body and its time only', () => {
  const body = '{"status":"DONE"}';
  const header = signPlatformMessage(SECRET, body, NOW_SECONDS);
  const verify = (changes: { secret?: string; header?: string; body?: string; now?: number }) =>
    verifyPlatformSignature(
      changes.secret ?? SECRET,
      changes.header ?? header,
      changes.body ?? body,
      changes.now ?? NOW_SECONDS,
    );
  assert.equal(verify({}), true);
  assert.equal(verify({ now: NOW_SECONDS + 300 }), true);
  assert.equal(verify({ now: NOW_SECONDS - 300 }), true);

  assert.equal(verify({ now: NOW_SECONDS + 301 }), false);
  assert.equal(verify({ now: NOW_SECONDS - 301 }), false);
  assert.equal(verify({ secret: 'another' }), false);
  assert.equal(verify({ body: `${body} ` }), false);
  assert.equal(verify({ header: header.replace(/t=\d+/, `t=${NOW_SECONDS + 1}`) }), false);
  assert.equal(verify({ header: header.replace('t=', 't=0') }), true, 'the same number');
  for (const malformed of [
    '',
    't=1',
    header.slice(0, -1),
    `${header}0`,
    `${header},v1=00`,
    ` ${header}`,
  ]) {
    assert.equal(verify({ header: malformed }), false, malformed);
  }
});

test('a missing header or an empty secret never verifies', () => {
  assert.equal(verifyPlatformSignature(SECRET, undefined, '{}', NOW_SECONDS), false);
  const header = signPlatformMessage('', '{}', NOW_SECONDS);
  assert.equal(verifyPlatformSignature('', header, '{}', NOW_SECONDS), false);
});

test('bytes and text of the same body have the same signature', () => {
  const body = '{"name":"Zoë"}';
  assert.equal(
    signPlatformMessage(SECRET, Buffer.from(body), NOW_SECONDS),
    signPlatformMessage(SECRET, body, NOW_SECONDS),
  );
});

test('the signature in docs/platforms.md is right', async () => {
  const text = await readFile(new URL('../../docs/platforms.md', import.meta.url), 'utf8');
  const read = (name: string) => new RegExp(`^${name} +(.+)$`, 'm').exec(text)?.[1] ?? '';
  assert.notEqual(read('secret'), '');
  assert.equal(
    signPlatformMessage(read('secret'), read('body'), Number(read('time'))),
    read('header'),
  );
});

test('a report says done or rejected', () => {
  assert.deepEqual(parsePlatformReport({ requestId: 'r', status: 'DONE', code: 'ignored' }), {
    requestId: 'r',
    answer: { outcome: 'DONE' },
  });
  assert.deepEqual(
    parsePlatformReport({
      requestId: 'r',
      status: 'REJECTED',
      code: 'INVALID_NNID',
      internalCode: 'X',
    }),
    { requestId: 'r', answer: { outcome: 'REJECTED', code: 'INVALID_NNID', internalCode: 'X' } },
  );
  assert.deepEqual(parsePlatformReport({ requestId: 'r', status: 'REJECTED', code: 'NEW' }), {
    requestId: 'r',
    answer: { outcome: 'REJECTED', code: 'INTERNAL_ERROR', internalCode: 'NEW' },
  });
});

test('anything else is not a report', () => {
  for (const json of [
    undefined,
    null,
    'DONE',
    7,
    [],
    {},
    { status: 'DONE' },
    { requestId: '', status: 'DONE' },
    { requestId: 7, status: 'DONE' },
    { requestId: 'x'.repeat(129), status: 'DONE' },
    { requestId: 'r' },
    { requestId: 'r', status: 'ACCEPTED' },
    { requestId: 'r', status: 'done' },
  ]) {
    assert.equal(parsePlatformReport(json), undefined, JSON.stringify(json));
  }
});
