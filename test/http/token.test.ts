import assert from 'node:assert/strict';

import { testOnEachEngine } from '../support/engines.ts';
import { basicAuth, OTHER_PROJECT, PROJECT, TEST_START } from '../support/test-server.ts';
import { fetchToken, requestToken } from '../support/token.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

testOnEachEngine(
  'a key is exchanged for a token, in the keys and the order of the original',
  async (start) => {
    await using server = await start();
    const response = await requestToken(server);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type')?.split(';')[0], 'application/json');
    assert.equal(response.headers.get('cache-control'), 'no-store');
    const text = await response.text();
    assert.match(
      text,
      /^\{"access_token":"[\w-]+\.[\w-]+\.[\w-]+","expires_in":3599,"scope":"","token_type":"bearer"\}$/,
    );
    // Clients look into the token for its end.
    const payload = JSON.parse(text).access_token.split('.')[1];
    const { exp } = JSON.parse(Buffer.from(payload, 'base64url').toString());
    assert.equal(exp, Math.floor(Date.parse(TEST_START) / 1000) + 3600);
  },
);

testOnEachEngine('several tokens of one key are valid at once', async (start) => {
  await using server = await start();
  const tokens = await Promise.all(Array.from({ length: 5 }, () => fetchToken(server)));
  assert.equal(new Set(tokens).size, 5);
  for (const token of tokens) {
    const headers = { authorization: `Bearer ${token}` };
    assert.equal((await server.call('GET', '/availableRegions', { headers })).status, 200);
  }
});

testOnEachEngine('the key may also stand in the form', async (start) => {
  await using server = await start();
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: PROJECT.keyId,
    client_secret: PROJECT.keySecret,
  });
  const response = await requestToken(server, { headers: FORM, body: form.toString() });
  assert.equal(response.status, 200);
});

testOnEachEngine(
  'a wrong client gets an error in the shape of the authorization server',
  async (start) => {
    await using server = await start();
    for (const headers of [
      { ...FORM, authorization: basicAuth({ ...PROJECT, keySecret: 'wrong' }) },
      { ...FORM, authorization: basicAuth({ ...PROJECT, keyId: OTHER_PROJECT.keyId }) },
      { ...FORM, authorization: `Bearer ${await fetchToken(server)}` },
      FORM,
    ]) {
      const response = await requestToken(server, { headers });
      assert.equal(response.status, 401);
      assert.match(response.headers.get('www-authenticate') ?? '', /^Basic /);
      const body = (await response.json()) as Record<string, unknown>;
      assert.deepEqual(Object.keys(body), [
        'error',
        'error_verbose',
        'error_description',
        'error_hint',
      ]);
      assert.equal(body['error'], 'invalid_client');
      assert.notEqual(body['error_description'], '');
    }
  },
);

testOnEachEngine('another grant type is refused', async (start) => {
  await using server = await start();
  for (const body of ['grant_type=password', 'grant_type=', '', '{"grant_type":1}']) {
    const response = await requestToken(server, { body });
    assert.equal(response.status, 400, body);
    const answer = (await response.json()) as Record<string, unknown>;
    assert.equal(answer['error'], 'unsupported_grant_type');
  }
});
