import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';

import { createCallbackClient } from '../src/outgoing.ts';
import { startRecordingListener } from './support/recording-listener.ts';

const TIMEOUT_MS = 5_000;
const HEADERS = { 'content-type': 'application/json', 'x-sinch-signature': 'abc' };

/** 3ffe::/16 is public by its form and has been unused since 2006: nobody can answer there. */
const NOBODYS_ADDRESS = '3ffe::1';

/** A resolver that gives these answers, one for each question, and notes the questions. */
function scriptedLookup(...answers: string[][]) {
  const questions: string[] = [];
  async function lookup(hostname: string) {
    const addresses = answers[questions.push(hostname) - 1] ?? [];
    return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  }
  return { lookup, questions };
}

function assertRefused(outcome: { outcome: string; reason?: string }, what: string) {
  assert.equal(outcome.outcome, 'FAILED', what);
  assert.match(outcome.reason ?? '', /^refused: callbacks go to public addresses only/, what);
}

test('a callback arrives as it was given, and the outcome tells status and latency', async () => {
  await using listener = await startRecordingListener((_request, response) => {
    response.writeHead(204).end();
  });
  await using client = createCallbackClient({ allowLoopback: true, timeoutMs: TIMEOUT_MS });
  const outcome = await client.post(`${listener.url}/hook?a=1`, HEADERS, '{"name":"Zoë"}');
  assert.ok(outcome.outcome === 'ANSWERED');
  assert.equal(outcome.statusCode, 204);
  assert.ok(Number.isInteger(outcome.latencyMs) && outcome.latencyMs >= 0);
  const [request] = listener.requests;
  assert.equal(request!.method, 'POST');
  assert.equal(request!.path, '/hook?a=1');
  assert.equal(request!.headers['content-type'], 'application/json');
  assert.equal(request!.headers['x-sinch-signature'], 'abc');
  assert.equal(request!.body, '{"name":"Zoë"}');
});

test('no callback waits for another to the same receiver', async () => {
  const responses: ServerResponse[] = [];
  await using listener = await startRecordingListener((_request, response) => {
    // Answered when all are there: one that waited for its turn would never arrive.
    if (responses.push(response) === 20) for (const each of responses) each.end();
  });
  await using client = createCallbackClient({ allowLoopback: true, timeoutMs: TIMEOUT_MS });
  const posts = Array.from({ length: 20 }, () => client.post(listener.url, HEADERS, '{}'));
  for (const { outcome } of await Promise.all(posts)) assert.equal(outcome, 'ANSWERED');
});

test('an error status is an answer', async () => {
  await using listener = await startRecordingListener((_request, response) => {
    response.writeHead(500).end('oops');
  });
  await using client = createCallbackClient({ allowLoopback: true, timeoutMs: TIMEOUT_MS });
  const outcome = await client.post(listener.url, HEADERS, '{}');
  assert.ok(outcome.outcome === 'ANSWERED');
  assert.equal(outcome.statusCode, 500);
});

test('a redirect is an answer and is not followed', async () => {
  await using elsewhere = await startRecordingListener();
  await using listener = await startRecordingListener((_request, response) => {
    response.writeHead(307, { location: elsewhere.url }).end();
  });
  await using client = createCallbackClient({ allowLoopback: true, timeoutMs: TIMEOUT_MS });
  const outcome = await client.post(listener.url, HEADERS, '{}');
  assert.ok(outcome.outcome === 'ANSWERED');
  assert.equal(outcome.statusCode, 307);
  assert.equal(elsewhere.connections, 0);
});

test('callbacks that follow each other share connections', async () => {
  await using listener = await startRecordingListener((_request, response) => response.end('ok'));
  await using client = createCallbackClient({ allowLoopback: true, timeoutMs: TIMEOUT_MS });
  for (let i = 0; i < 10; i++) await client.post(listener.url, HEADERS, '{}');
  assert.equal(listener.requests.length, 10);
  // Two, when a request begins while undici is still tidying up the first connection.
  assert.ok(listener.connections <= 2, `${listener.connections} connections`);
});

test('an endless answer is cut off, and its status still counts', { timeout: 10_000 }, async () => {
  const closed = Promise.withResolvers<void>();
  await using listener = await startRecordingListener((_request, response) => {
    const write = () => {
      while (!response.destroyed && response.write('x'.repeat(1024)));
    };
    response.writeHead(200).on('drain', write).on('close', closed.resolve);
    write();
  });
  await using client = createCallbackClient({ allowLoopback: true, timeoutMs: 60_000 });
  const outcome = await client.post(listener.url, HEADERS, '{}');
  assert.equal(outcome.outcome, 'ANSWERED');
  await closed.promise;
});

test('an answer that never ends holds nothing up for longer than the time-out', async () => {
  await using listener = await startRecordingListener((_request, response) => {
    response.writeHead(200).write('x');
  });
  await using client = createCallbackClient({ allowLoopback: true, timeoutMs: 1_000 });
  const outcome = await client.post(listener.url, HEADERS, '{}');
  assert.equal(outcome.outcome, 'ANSWERED');
});

test('a receiver that does not answer in time has failed', async () => {
  await using listener = await startRecordingListener(() => {});
  await using client = createCallbackClient({ allowLoopback: true, timeoutMs: 50 });
  const outcome = await client.post(listener.url, HEADERS, '{}');
  assert.ok(outcome.outcome === 'FAILED');
  assert.equal(outcome.reason, 'no answer within 50 ms');
  assert.ok(outcome.latencyMs >= 45, `${outcome.latencyMs} ms`);
});

test('a resolver that does not answer in time has failed', async () => {
  await using client = createCallbackClient({
    allowLoopback: true,
    timeoutMs: 50,
    lookup: () => new Promise(() => {}),
  });
  // The time-out alone does not keep the process alive.
  const keepAlive = setInterval(() => {}, 1_000);
  const outcome = await client.post('http://callback.example/', HEADERS, '{}');
  clearInterval(keepAlive);
  assert.ok(outcome.outcome === 'FAILED');
  assert.equal(outcome.reason, 'no answer within 50 ms');
});

test('disposing ends what is under way', async () => {
  const arrived = Promise.withResolvers<void>();
  await using listener = await startRecordingListener(() => arrived.resolve());
  const client = createCallbackClient({ allowLoopback: true, timeoutMs: TIMEOUT_MS });
  const pending = client.post(listener.url, HEADERS, '{}');
  await arrived.promise;
  await client[Symbol.asyncDispose]();
  assert.deepEqual(await pending, { outcome: 'ABORTED' });
  assert.deepEqual(await client.post(listener.url, HEADERS, '{}'), { outcome: 'ABORTED' });
});

test('disposing also ends a connection that is still being made', async () => {
  await using client = createCallbackClient({
    allowLoopback: false,
    timeoutMs: 60_000,
    lookup: async () => [{ address: NOBODYS_ADDRESS, family: 6 }],
  });
  const pending = client.post('http://callback.example/', HEADERS, '{}');
  for (let turn = 0; turn < 100 && countPendingConnects() === 0; turn++) await setImmediate();
  await client[Symbol.asyncDispose]();
  assert.equal((await pending).outcome, 'ABORTED');
  for (let turn = 0; turn < 100 && countPendingConnects() > 0; turn++) await setImmediate();
  assert.equal(countPendingConnects(), 0);
});

function countPendingConnects(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'ConnectWrap').length;
}

test('addresses that are not public are refused in every spelling, and nothing is connected to', async () => {
  await using listener = await startRecordingListener();
  await using client = createCallbackClient({ allowLoopback: false, timeoutMs: TIMEOUT_MS });
  for (const host of [
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f.1',
    '0x7f000001',
    '0177.0.0.1',
    '127.0.0.1.',
    '%31%32%37.0.0.1',
    '１２７.0.0.1',
    'localhost',
    '[::1]',
    '[0:0:0:0:0:0:0:1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[64:ff9b:1::7f00:1]',
    '[2002:7f00:1::]',
    '[2001:0:7f00:1::]',
    '[::ffff:0:127.0.0.1]',
    '0.0.0.0',
    '0',
    '[::]',
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '192.0.0.1',
    '192.0.2.1',
    '198.18.0.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '[fc00::1]',
    '[fd00:ec2::254]',
    '[fe80::1]',
    '[fec0::1]',
    '[ff02::1]',
    '[2001:db8::1]',
    '[100::1]',
    '[4000::1]',
    '[::2]',
  ]) {
    const outcome = await client.post(`http://${host}:${listener.port}/`, HEADERS, '{}');
    assertRefused(outcome, host);
  }
  assert.equal(listener.connections, 0);
});

test('where loopback is allowed it is reached in every spelling, and other private addresses are still refused', async () => {
  await using listener = await startRecordingListener();
  await using client = createCallbackClient({ allowLoopback: true, timeoutMs: TIMEOUT_MS });
  for (const host of ['127.0.0.1', '2130706433', '0x7f.1', 'localhost']) {
    const outcome = await client.post(`http://${host}:${listener.port}/`, HEADERS, '{}');
    assert.equal(outcome.outcome, 'ANSWERED', host);
  }
  assert.equal(listener.requests.length, 4);
  for (const host of [
    '10.0.0.1',
    '169.254.169.254',
    '[::ffff:127.0.0.1]',
    '[fe80::1]',
    '0.0.0.0',
  ]) {
    assertRefused(await client.post(`http://${host}:${listener.port}/`, HEADERS, '{}'), host);
  }
});

test('a host name is refused when all its addresses are private, and the reason does not tell them', async () => {
  await using listener = await startRecordingListener();
  for (const address of [
    '127.0.0.1',
    '10.1.2.3',
    '::1',
    '::ffff:10.1.2.3',
    'fd00::1',
    '64:ff9b::a01:203',
  ]) {
    const { lookup, questions } = scriptedLookup([address]);
    await using client = createCallbackClient({
      allowLoopback: false,
      timeoutMs: TIMEOUT_MS,
      lookup,
    });
    const outcome = await client.post(`http://callback.example:${listener.port}/`, HEADERS, '{}');
    assertRefused(outcome, address);
    assert.ok(outcome.outcome === 'FAILED' && !outcome.reason.includes(address));
    assert.deepEqual(questions, ['callback.example']);
  }
  assert.equal(listener.connections, 0);
});

test('of a name with public and private addresses only the public ones are connected to', async () => {
  await using listener = await startRecordingListener();
  const { lookup } = scriptedLookup([
    '10.1.2.3',
    '::ffff:127.0.0.1',
    '127.0.0.1',
    '169.254.169.254',
  ]);
  await using client = createCallbackClient({ allowLoopback: true, timeoutMs: TIMEOUT_MS, lookup });
  const outcome = await client.post(`http://callback.example:${listener.port}/`, HEADERS, '{}');
  assert.equal(outcome.outcome, 'ANSWERED');
  assert.equal(listener.connections, 1);
});

test('a name that turns private after the check gains nothing: it is looked up once, and the checked address is used', async () => {
  await using listener = await startRecordingListener((_request, response) => {
    response.writeHead(200, { connection: 'close' }).end();
  });
  const { lookup, questions } = scriptedLookup(['127.0.0.1'], ['10.1.2.3']);
  await using client = createCallbackClient({ allowLoopback: true, timeoutMs: TIMEOUT_MS, lookup });
  const url = `http://callback.example:${listener.port}/`;
  assert.equal((await client.post(url, HEADERS, '{}')).outcome, 'ANSWERED');
  assert.equal(questions.length, 1);
  assertRefused(await client.post(url, HEADERS, '{}'), 'the second answer');
  assert.equal(questions.length, 2);
  assert.equal(listener.connections, 1);
});

test('a name that is public first and the own machine then never reaches the own machine', async () => {
  await using listener = await startRecordingListener();
  const { lookup } = scriptedLookup([NOBODYS_ADDRESS], ['127.0.0.1'], ['::1']);
  await using client = createCallbackClient({ allowLoopback: false, timeoutMs: 300, lookup });
  const url = `http://callback.example:${listener.port}/`;
  const first = await client.post(url, HEADERS, '{}');
  assert.ok(first.outcome === 'FAILED');
  assert.doesNotMatch(first.reason, /refused/);
  assertRefused(await client.post(url, HEADERS, '{}'), 'the second answer');
  assertRefused(await client.post(url, HEADERS, '{}'), 'the third answer');
  assert.equal(listener.connections, 0);
});

test('a URL that is not one, or that carries credentials, is not called', async () => {
  await using listener = await startRecordingListener();
  await using client = createCallbackClient({ allowLoopback: true, timeoutMs: TIMEOUT_MS });
  for (const url of [
    `http://user:hidden@127.0.0.1:${listener.port}/`,
    `ftp://127.0.0.1:${listener.port}/`,
    'hidden',
    '',
  ]) {
    const outcome = await client.post(url, HEADERS, '{}');
    assert.ok(outcome.outcome === 'FAILED');
    assert.match(outcome.reason, /^the URL must /);
    assert.doesNotMatch(outcome.reason, /hidden/);
  }
  assert.equal(listener.connections, 0);
});

test('what went wrong on the way is told in words, without the URL', async () => {
  let port: number;
  {
    await using listener = await startRecordingListener();
    port = listener.port;
  }
  const notFound = Object.assign(new Error('getaddrinfo ENOTFOUND hidden'), { code: 'ENOTFOUND' });
  await using client = createCallbackClient({
    allowLoopback: true,
    timeoutMs: TIMEOUT_MS,
    lookup: () => Promise.reject(notFound),
  });
  for (const [url, reason] of [
    [`http://127.0.0.1:${port}/?token=hidden`, 'the connection was refused'],
    ['http://hidden.example/', 'the host name could not be resolved (ENOTFOUND)'],
  ] as const) {
    const outcome = await client.post(url, HEADERS, '{}');
    assert.ok(outcome.outcome === 'FAILED');
    assert.equal(outcome.reason, reason);
  }
});

test('a receiver that speaks no TLS, or no HTTP, has failed', async () => {
  await using listener = await startRecordingListener();
  await using client = createCallbackClient({ allowLoopback: true, timeoutMs: TIMEOUT_MS });
  const withoutTls = await client.post(`https://127.0.0.1:${listener.port}/`, HEADERS, '{}');
  assert.ok(withoutTls.outcome === 'FAILED');
  assert.match(withoutTls.reason, /^the request failed \(.*SSL.*\)$/);

  const server = createServer((socket) => socket.end('220 mail.example ESMTP\r\n'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const withoutHttp = await client.post(`http://127.0.0.1:${port}/`, HEADERS, '{}');
  server.close();
  assert.ok(withoutHttp.outcome === 'FAILED');
  assert.equal(withoutHttp.reason, 'the answer was not HTTP');
});
