import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after } from 'node:test';

import { type Browser, chromium, type Page } from 'playwright-core';

import { testOnEachEngine } from '../support/engines.ts';

/** Where systems keep their browser. None is brought along: where there is none, these tests are skipped. */
const BROWSER = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
].find((path) => existsSync(path));
const skip = BROWSER === undefined ? 'there is no Chromium' : false;

const PAGE_MS_MAX = 30_000;

/** One for all tests, whose pages share nothing: to start it takes as long as to show a page. */
let browser: Promise<Browser> | undefined;
after(async () => (await browser)?.close());

for (const width of [1280, 390]) {
  testOnEachEngine(
    `the reference is shown at ${width} pixels, whole and without complaints`,
    async (start) => {
      await using server = await start();
      await using reference = await openReference(server.url, width);
      const { page, complaints, hosts } = reference;

      const operation = page.locator('[data-section-id="operation/NumberService_RentNumber"]');
      await operation.scrollIntoViewIfNeeded();
      for (const tab of ['curl', 'Node SDK', 'JavaScript', 'Python', 'Payload']) {
        await operation.getByRole('tab', { name: tab, exact: true }).click();
        const sample = await operation
          .locator('.react-tabs__tab-panel--selected')
          .first()
          .textContent();
        assert.match(sample ?? '', /my-service-plan/, tab);
        // The samples work against the server that shows them.
        if (tab !== 'Payload') assert.ok(sample?.includes(server.url), tab);
      }
      assert.equal(await page.evaluate(isTooWide), false);
      assert.deepEqual(complaints, []);
      assert.deepEqual([...hosts], [new URL(server.url).host]);
    },
    { skip },
  );
}

testOnEachEngine(
  'the reference can be searched and its document downloaded',
  async (start) => {
    await using server = await start();
    await using reference = await openReference(server.url, 1280);
    const { page, complaints } = reference;
    await page.getByRole('textbox').fill('expireAt');
    await page.locator('[data-role="search:results"]').getByText('Active numbers').waitFor();

    for (const [name, file] of [
      ['JSON', 'numberyard-openapi.json'],
      ['YAML', 'numberyard-openapi.yaml'],
    ] as const) {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name, exact: true }).click(),
      ]);
      assert.equal(download.suggestedFilename(), file);
      assert.equal(await download.failure(), null);
    }
    assert.deepEqual(complaints, []);
  },
  { skip },
);

interface OpenedPage extends AsyncDisposable {
  page: Page;
  /** What the browser has written to its console, and errors of scripts. */
  complaints: string[];
  /** Whom the page has asked for anything. */
  hosts: Set<string>;
}

async function openReference(url: string, width: number): Promise<OpenedPage> {
  await using stack = new AsyncDisposableStack();
  browser ??= launchBrowser();
  const page = stack.adopt(
    await (await browser).newPage({ viewport: { width, height: 800 } }),
    (opened) => opened.close(),
  );
  page.setDefaultTimeout(PAGE_MS_MAX);
  const complaints: string[] = [];
  const hosts = new Set<string>();
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => hosts.add(new URL(request.url().replace(/^blob:/, '')).host));
  await page.goto(`${url}/docs`);
  assert.equal(await page.title(), 'Numberyard API reference');
  await page.getByRole('heading', { name: 'Getting started' }).waitFor();
  const owned = stack.move();
  return { page, complaints, hosts, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: BROWSER ?? '',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** In the browser. */
function isTooWide(): boolean {
  const { document, innerWidth } = globalThis as unknown as {
    document: { documentElement: { scrollWidth: number } };
    innerWidth: number;
  };
  return document.documentElement.scrollWidth > innerWidth;
}
