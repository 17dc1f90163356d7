import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { test } from 'node:test';

import { refuseUnreadable } from '../../src/http/error-response.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { basicAuth, PROJECT } from '../support/test-server.ts';

const UNREADABLE = [
  ['a method that does not exist', 'FOO / HTTP/1.1\r\nhost: x\r\n\r\n'],
  ['a length that is no number', 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: abc\r\n\r\n'],
  ['headers without end', `GET /?${'a'.repeat(17_000)} HTTP/1.1\r\nhost: x\r\n\r\n`],
] as const;

for (const [name, request] of UNREADABLE) {
  testOnEachEngine(`what is no request is answered in the envelope: ${name}`, async (start) => {
    await using server = await start();
    const answer = await exchange(server.url, request);
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    assert.match(head, /^HTTP\/1\.1 400 /);
    assert.match(head, /^x-request-id: \S+$/m);
    assert.match(head, /^content-type: application\/json$/m);
    const { error } = JSON.parse(body) as { error: Record<string, unknown> };
    assert.deepEqual(
      { ...error, message: typeof error['message'] },
      { code: 400, message: 'string', status: 'INVALID_ARGUMENT', details: [] },
    );
  });
}

test('a request that came too slowly may be sent again', async () => {
  const late = Object.assign(new Error(), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
  const server = createServer((socket) => refuseUnreadable(late, socket, 'request-1'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const answer = await exchange(`http://127.0.0.1:${port}`, '');
  assert.match(answer, /^HTTP\/1\.1 503 Service Unavailable\r\nretry-after: \d+\r\n/);
  const { error } = JSON.parse(answer.split('\r\n\r\n')[1] ?? '') as { error: object };
  assert.deepEqual(error, {
    code: 503,
    message: 'The request did not arrive in time; try again.',
    status: 'UNAVAILABLE',
    details: [],
  });
  server.close();
});

testOnEachEngine('HEAD answers as GET does, without a body', async (start) => {
  await using server = await start();
  for (const path of ['/healthz', `/v1/projects/${PROJECT.id}/availableRegions`]) {
    const headers = { authorization: basicAuth(PROJECT) };
    const response = await fetch(`${server.url}${path}`, { method: 'HEAD', headers });
    assert.equal(response.status, 200, path);
    assert.equal(await response.text(), '');
  }
});

testOnEachEngine('a configuration that is null is the same as none', async (start) => {
  await using server = await start();
  const body = { smsConfiguration: null, voiceConfiguration: { type: null, appId: 'app' } };
  const answer = await server.call('POST', '/availableNumbers/+12025550100:rent', { body });
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.json.smsConfiguration.scheduledProvisioning, null);
  assert.equal(answer.json.voiceConfiguration.scheduledVoiceProvisioning.appId, 'app');
});

testOnEachEngine('a number takes no configuration that it has no use for', async (start) => {
  await using server = await start();
  const cases = [
    ['+448081570000', { smsConfiguration: { servicePlanId: 'plan' } }, 'smsConfiguration'],
    ['+46701740605', { voiceConfiguration: { appId: 'app' } }, 'voiceConfiguration'],
  ] as const;
  for (const [number, body, field] of cases) {
    const rent = () => server.call('POST', `/availableNumbers/${number}:rent`, { body });
    const refused = await rent();
    assert.equal(refused.status, 400);
    assert.equal(refused.json.error.details[0].fieldViolations[0].field, field);
    const check = await server.call('GET', `/availableNumbers/${number}`);
    assert.equal(check.status, 200, 'nothing was taken');
    await server.call('POST', `/availableNumbers/${number}:rent`);
    const patch = await server.call('PATCH', `/activeNumbers/${number}`, { body });
    assert.equal(patch.json.error.details[0].fieldViolations[0].field, field);
  }
});

testOnEachEngine('a size that is empty or comes twice is none', async (start) => {
  await using server = await start();
  for (const size of ['size=', 'size=1&size=2']) {
    const path = `/availableNumbers?regionCode=US&type=LOCAL&${size}`;
    const answer = await server.call('GET', path);
    assert.equal(answer.status, 400, size);
    assert.equal(answer.json.error.details[0].fieldViolations[0].field, 'size');
  }
});

async function exchange(url: string, request: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(request);
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}
