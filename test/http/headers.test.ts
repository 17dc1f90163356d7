import assert from 'node:assert/strict';

import { testOnEachEngine } from '../support/engines.ts';
import { exchange } from '../support/raw-exchange.ts';
import { basicAuth, PROJECT } from '../support/test-server.ts';

/** Node's own, which no client reads by its exact name. */
const OF_NODE = ['Date', 'Connection', 'Keep-Alive', 'Transfer-Encoding'];

testOnEachEngine(
  'names of headers are in lower case on the wire, because one client asks for that',
  async (start) => {
    await using server = await start();
    const project = `/v1/projects/${PROJECT.id}`;
    const authorization = `authorization: ${basicAuth(PROJECT)}`;
    for (const [method, target, headers, status] of [
      ['GET', `${project}/availableRegions`, [authorization], 200],
      ['GET', `${project}/activeNumbers/+12025550134`, [authorization], 404],
      ['GET', `${project}/activeNumbers/5`, [authorization], 400],
      ['GET', `${project}/activeNumbers/%zz`, [authorization], 400],
      ['GET', '/v1/projects/other/activeNumbers', [authorization], 403],
      ['GET', `${project}/availableRegions`, [], 401],
      ['GET', `${project}/availableRegions`, ['authorization: Bearer x'], 401],
      ['POST', '/oauth2/token', [], 401],
      ['GET', '/nothing', [], 404],
    ] as const) {
      const answer = await exchange(server.url, { method, target, headers });
      assert.equal(answer.status, status, target);
      const names = answer.headers.map(([name]) => name);
      for (const name of names.filter((each) => !OF_NODE.includes(each))) {
        assert.equal(name, name.toLowerCase());
      }
      assert.ok(names.includes('content-type') && names.includes('x-request-id'), target);
      assert.equal(names.includes('www-authenticate'), status === 401);
    }
  },
);

testOnEachEngine(
  "every answer has a request id: the client's own if it is harmless",
  async (start) => {
    await using server = await start();
    const ask = async (headers: Record<string, string> = {}) =>
      (await server.call('GET', '/availableRegions', { headers })).headers.get('x-request-id') ??
      '';
    const made = [await ask(), await ask()];
    for (const id of made) assert.match(id, /^[\w.-]{10,64}$/);
    assert.notEqual(made[0], made[1]);
    assert.equal(await ask({ 'x-request-id': 'abc-1.2_3' }), 'abc-1.2_3');
    for (const id of ['', 'with space', '<script>', 'x'.repeat(65), 'a,b']) {
      assert.notEqual(await ask({ 'x-request-id': id }), id);
    }
  },
);
