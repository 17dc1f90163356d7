import assert from 'node:assert/strict';

import { parse } from 'yaml';

import { testOnEachEngine } from '../support/engines.ts';
import { DOCUMENT } from '../support/openapi.ts';
import type { TestServer } from '../support/test-server.ts';

testOnEachEngine(
  'the reference page is HTML and asks only for files of its own server',
  async (start) => {
    await using server = await start();
    const response = await fetch(`${server.url}/docs`);
    const html = await response.text();
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type'), 'text/html; charset=utf-8');
    assert.match(html, /<title>Numberyard API reference<\/title>/);
    assert.deepEqual(listOutsideHosts(html), []);

    const links = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link ?? '');
    for (const link of ['/openapi.json', '/openapi.yaml', '/docs/redoc.standalone.js']) {
      assert.ok(links.includes(link), link);
    }
    for (const link of new Set(links)) {
      const file = await fetch(server.url + link);
      assert.equal(file.status, 200, link);
    }
  },
);

testOnEachEngine('the reference page may load nothing from elsewhere', async (start) => {
  await using server = await start();
  const [first, second] = [await getPolicy(server), await getPolicy(server)];
  assert.deepEqual(first.get('default-src'), ["'none'"]);
  assert.deepEqual(first.get('script-src'), ["'self'"]);
  assert.deepEqual(first.get('connect-src'), ["'self'"]);
  assert.deepEqual(first.get('img-src'), ["'self'", 'data:']);
  assert.deepEqual(first.get('frame-ancestors'), ["'none'"]);
  for (const sources of first.values()) {
    for (const source of sources) assert.match(source, /^'(?!unsafe)[^']+'$|^(?:data|blob):$/);
  }
  assert.notDeepEqual(first.get('style-src'), second.get('style-src'), 'a nonce is used once');
});

testOnEachEngine('the page has the nonce that its policy allows', async (start) => {
  await using server = await start();
  const response = await fetch(`${server.url}/docs`);
  const policy = response.headers.get('content-security-policy') ?? '';
  const [, allowed] = /'nonce-([^']+)'/.exec(policy) ?? [];
  const [, given] = / nonce="([^"]+)"/.exec(await response.text()) ?? [];
  assert.ok(allowed);
  assert.equal(given, allowed);
});

testOnEachEngine(
  'the files of the reference have their types and name no outside host',
  async (start) => {
    await using server = await start();
    for (const [path, type] of [
      ['/docs/redoc.standalone.js', 'text/javascript; charset=utf-8'],
      ['/docs/reference.js', 'text/javascript; charset=utf-8'],
      ['/docs/reference.css', 'text/css; charset=utf-8'],
      ['/docs/icon.svg', 'image/svg+xml'],
    ] as const) {
      const response = await fetch(server.url + path);
      assert.equal(response.status, 200, path);
      assert.equal(response.headers.get('content-type'), type, path);
      assert.equal(response.headers.get('x-content-type-options'), 'nosniff', path);
      const text = await response.text();
      // Redoc has many addresses in it, of documentation and of name spaces: none may be of something to load.
      assert.doesNotMatch(text, /cdn\.redoc\.ly|fonts\.(?:googleapis|gstatic)\.com/, path);
      if (!path.includes('redoc')) assert.deepEqual(listOutsideHosts(text), [], path);
    }
  },
);

testOnEachEngine('the OpenAPI document is served as JSON and as YAML', async (start) => {
  await using server = await start();
  const json = await fetch(`${server.url}/openapi.json`);
  assert.equal(json.headers.get('content-type')?.split(';')[0], 'application/json');
  assert.deepEqual(await json.json(), DOCUMENT);
  const yaml = await fetch(`${server.url}/openapi.yaml`);
  assert.equal(yaml.headers.get('content-type')?.split(';')[0], 'application/yaml');
  assert.deepEqual(parse(await yaml.text()), DOCUMENT);
});

testOnEachEngine('a browser that has a file is not sent it again', async (start) => {
  await using server = await start();
  const url = `${server.url}/docs/redoc.standalone.js`;
  const full = await fetch(url);
  const etag = full.headers.get('etag') ?? '';
  const cacheControl = full.headers.get('cache-control');
  assert.equal(cacheControl, 'no-cache');
  assert.ok((await full.text()).length > 1_000_000);

  const again = await fetch(url, { headers: { 'if-none-match': `"other", ${etag}` } });
  assert.equal(again.status, 304);
  assert.equal(again.headers.get('etag'), etag);
  assert.equal(await again.text(), '');
  const changed = await fetch(url, { headers: { 'if-none-match': '"other"' } });
  assert.equal(changed.status, 200);
  await changed.body?.cancel();
});

testOnEachEngine('a file is compressed for those who can read that', async (start) => {
  await using server = await start();
  const url = `${server.url}/openapi.json`;
  const plain = await fetch(url, { headers: { 'accept-encoding': 'identity' } });
  assert.equal(plain.headers.get('content-encoding'), null);
  const compressed = await fetch(url, { headers: { 'accept-encoding': 'br, gzip' } });
  assert.equal(compressed.headers.get('content-encoding'), 'gzip');
  assert.equal(compressed.headers.get('vary'), 'accept-encoding');
  assert.ok(
    Number(compressed.headers.get('content-length')) <
      Number(plain.headers.get('content-length')) / 4,
  );
  assert.equal(await compressed.text(), await plain.text());
});

testOnEachEngine('the bare address leads to the reference', async (start) => {
  await using server = await start();
  for (const path of ['/', '/docs/']) {
    const response = await fetch(server.url + path, { redirect: 'manual' });
    assert.equal(response.status, 302, path);
    assert.equal(response.headers.get('location'), '/docs', path);
  }
});

async function getPolicy(server: TestServer): Promise<Map<string, string[]>> {
  const response = await fetch(`${server.url}/docs`);
  await response.body?.cancel();
  const policy = response.headers.get('content-security-policy') ?? '';
  return new Map(
    policy.split('; ').map((directive) => {
      const [name = '', ...sources] = directive.split(' ');
      return [name, sources];
    }),
  );
}

/** Hosts of absolute addresses; name spaces are names. */
function listOutsideHosts(text: string): string[] {
  return [...text.matchAll(/(?:https?:)?\/\/([\w.-]+\.[a-z]{2,})/g)]
    .map(([, host]) => host ?? '')
    .filter((host) => host !== 'www.w3.org');
}
