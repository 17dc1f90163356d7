import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';

import {
  openCommandLine,
  openCommandLineWithoutDatabase,
  US_LOCAL,
} from '../support/command-line.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { waitUntil } from '../support/wait-until.ts';

/** No sandbox, so that the database is the operator's own and starts empty. */
const PRODUCTION = {
  NUMBERYARD_SANDBOX: 'off',
  NUMBERYARD_PLATFORM_URL: 'http://127.0.0.1:9',
  NUMBERYARD_PLATFORM_SECRET: 'a secret of some length',
};

testOnEachEngine(
  'an operator fills a running server from the command line and stops it with SIGTERM',
  async (_start, engine) => {
    await using cli = await openCommandLine(engine);
    const server = cli.start(['serve', '--port', '0', '--log-level', 'silent'], PRODUCTION);
    const url = await waitForUrl(server);

    await cli.mustRun(...US_LOCAL);
    await cli.write('stock.csv', '+12125550100,New York\n');
    await cli.mustRun('import', 'stock.csv', '--pool', 'us-local');
    await cli.mustRun('project', 'create', '--id', 'acme', '--name', 'Acme');
    const key = await cli.mustRun('key', 'create', '--project', 'acme', '--id', 'k1');
    const [, secret = ''] = /Key secret +(\S+)/.exec(key) ?? [];

    const path = '/v1/projects/acme/availableNumbers/+12125550100';
    const authorization = `Basic ${Buffer.from(`k1:${secret}`).toString('base64')}`;
    const look = () => fetch(`${url}${path}`, { headers: { authorization } });
    // A server that is running may not know a new pool for a second.
    await waitUntil('the number is found', async () => (await look()).status === 200);
    const { phoneNumber } = (await (await look()).json()) as { phoneNumber: string };
    assert.equal(phoneNumber, '+12125550100');

    server.kill('SIGTERM');
    assert.deepEqual(await once(server, 'exit'), [0, null]);
  },
);

testOnEachEngine('Ctrl+C ends it as well as SIGTERM does', async (_start, engine) => {
  await using cli = await openCommandLine(engine);
  const server = cli.start(['serve', '--port', '0'], PRODUCTION);
  await waitForUrl(server);
  server.kill('SIGINT');
  assert.deepEqual(await once(server, 'exit'), [0, null]);
});

test('a taken port is one line, and --port goes before PORT', async () => {
  await using cli = await openCommandLineWithoutDatabase();
  const taker = createServer().listen(0, '127.0.0.1');
  await once(taker, 'listening');
  const { port } = taker.address() as AddressInfo;
  const environment = { ...PRODUCTION, PORT: 'not looked at' };
  const { code, stdout, stderr } = await cli.run(['serve', '--port', `${port}`], { environment });
  taker.close();
  assert.deepEqual(
    { code, stdout, stderr },
    {
      code: 1,
      stdout: '',
      stderr: `Port ${port} is taken: choose another with PORT or --port.\n`,
    },
  );
});

test('an address of another machine is one line', async () => {
  await using cli = await openCommandLineWithoutDatabase();
  // Set aside for documentation: no machine has it.
  const args = ['serve', '--port', '0', '--host', '203.0.113.1'];
  const { code, stderr } = await cli.run(args, { environment: PRODUCTION });
  assert.equal(code, 1);
  assert.match(stderr, /^203\.0\.113\.1 is not an address of this machine: .* --host\.\n$/);
});

/** From the banner. Keeps on reading, so that the server never writes to a closed pipe. */
function waitForUrl(server: ChildProcess): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let text = '';
  for (const stream of [server.stdout, server.stderr]) {
    stream?.on('data', (chunk) => {
      text += String(chunk);
      const url = /Numberyard .* on (http:\S+)/.exec(text)?.[1];
      if (url !== undefined) resolve(url);
    });
  }
  server.on('exit', () => reject(new Error(`The server ended early: ${text}`)));
  return promise;
}
