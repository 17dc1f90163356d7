import assert from 'node:assert/strict';

import { assertRefused } from '../support/assert-refused.ts';
import { testOnEachEngine } from '../support/engines.ts';

const PATH = '/callbackConfiguration';

testOnEachEngine(
  'the configuration answers exactly these bytes, before and after a change',
  async (start) => {
    await using server = await start();
    const text = (secret: string) => `{"projectId":"project-one","hmacSecret":"${secret}"}`;
    const before = text('callback-secret-of-project-one');
    assert.equal((await server.call('GET', PATH)).text, before);
    assert.equal((await server.call('PATCH', PATH, { body: {} })).text, before);
    for (const hmacSecret of ['0default-pass-word-*max-36characters', 'a', 'x'.repeat(64)]) {
      const updated = await server.call('PATCH', PATH, { body: { hmacSecret } });
      assert.equal(updated.text, text(hmacSecret));
      assert.equal((await server.call('GET', PATH)).text, text(hmacSecret));
    }
  },
);

testOnEachEngine('a secret has 1 to 64 characters', async (start) => {
  await using server = await start();
  for (const [body, field] of [
    [{ hmacSecret: '' }, 'hmacSecret'],
    [{ hmacSecret: 'x'.repeat(65) }, 'hmacSecret'],
    [{ hmacSecret: 5 }, 'hmacSecret'],
    [{ hmac_secret: null }, 'hmac_secret'],
  ] as const) {
    assertRefused(await server.call('PATCH', PATH, { body }), field, body);
  }
  const { hmacSecret } = (await server.call('GET', PATH)).json;
  assert.equal(hmacSecret, 'callback-secret-of-project-one');
});
