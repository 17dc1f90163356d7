import assert from 'node:assert/strict';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import vm from 'node:vm';

import { NumbersCallbackWebhooks, SinchClient } from '@sinch/sdk-core';

import { SAMPLE_ORIGIN } from '../../scripts/openapi-document/code-samples.ts';
import { provision, toAddressRequest } from '../support/emergency-addresses.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { DOCUMENT, OPERATIONS } from '../support/openapi.ts';
import { addNumberOrder, GERMAN_STOCK } from '../support/number-orders.ts';
import { addRentOrder } from '../support/rent-orders.ts';
import { PROJECT, STOCK } from '../support/test-server.ts';

const ENVIRONMENT = {
  PROJECT_ID: PROJECT.id,
  KEY_ID: PROJECT.keyId,
  KEY_SECRET: PROJECT.keySecret,
  HMAC_SECRET: `callback-secret-of-${PROJECT.id}`,
};

testOnEachEngine('every JavaScript sample of the reference runs as it stands', async (start) => {
  let count = 0;
  for (const { path, operation } of OPERATIONS) {
    for (const sample of operation['x-codeSamples'] ?? []) {
      if (sample.lang !== 'javascript') continue;
      // Its own server, because what it rents is gone for the next one.
      const isOrder = path.endsWith(':createNumberOrder');
      await using server = await start({}, isOrder ? GERMAN_STOCK : STOCK);
      if (path.includes('/activeNumbers')) {
        await server.call('POST', '/availableNumbers/+12025550134:rent');
      }
      if (path.includes('{rentOrderId}')) {
        await addRentOrder(server, '01jtcx4k2wf7d3s9v6b1n5r8qa', 'CANCELLED');
      }
      if (path.includes('{numberOrderId}')) {
        await addNumberOrder(server, '01jtcx5b7wq2m8k4s1v9d6n3za', { isFilled: true });
      }
      if (operation.operationId === 'NumberService_GetEmergencyAddress') {
        await provision(server, toAddressRequest(), '+12025550134');
      }
      if (path.includes('/numberHolds/')) {
        const body = { phoneNumbers: ['+12025550134'] };
        await server.call('POST', '/numberHolds', { body });
      }
      const source = sample.source
        .replaceAll(SAMPLE_ORIGIN, server.url)
        // One that can have an emergency address, where others cannot.
        .replace('+12065550142', '+12025550134')
        // The test's stock has its mobile numbers in another area code.
        .replace('+1202', path.endsWith(':rentAny') ? '+1305' : '+1202');
      const printed = await runSample(source);
      const where = `${operation.operationId} ${sample.label}: ${JSON.stringify(printed)}`;
      if (sample.label === 'JavaScript') assert.equal(printed[0]?.[0], 200, where);
      else assert.ok(printed[0]?.[0], where);
      count++;
    }
  }
  assert.ok(count > 25, String(count));
});

testOnEachEngine(
  'the receivers of the reference take what the server signed and nothing else',
  async (start) => {
    const samples = DOCUMENT.webhooks['numberEvent']?.['post']?.['x-codeSamples'] ?? [];
    for (const { lang, source, label } of samples) {
      if (lang !== 'javascript') continue;
      await using receiver = await startReceiver(source);
      await using server = await start();
      await server.call('POST', '/availableNumbers/+12025550134:rent', {
        body: { smsConfiguration: { servicePlanId: 'plan' }, callbackUrl: receiver.url },
      });
      await server.drain();
      assert.deepEqual(receiver.statuses, [200], label);
      const [event] = receiver.printed.flat() as { resourceId: string }[];
      assert.equal(event?.resourceId, '+12025550134', label);

      await server.call('PATCH', '/callbackConfiguration', { body: { hmacSecret: 'another' } });
      await server.call('PATCH', '/activeNumbers/+12025550134', {
        body: { smsConfiguration: { servicePlanId: '' } },
      });
      await server.drain();
      assert.deepEqual(receiver.statuses, [200, 401], label);
      for (const headers of [{}, { 'x-sinch-signature': 'ff' }]) {
        const answer = await fetch(receiver.url, { method: 'POST', headers, body: '{}' });
        assert.equal(answer.status, 401, label);
      }
      assert.equal(receiver.printed.length, 1, label);
    }
  },
);

/** Runs a sample as the module that it is. @returns what it printed, the arguments of each call. */
async function runSample(
  source: string,
  serve: (listener: RequestListener) => object = () => assert.fail('it serves something'),
): Promise<unknown[][]> {
  const printed: unknown[][] = [];
  const names = {
    SinchClient,
    NumbersCallbackWebhooks,
    createHmac,
    timingSafeEqual,
    createServer: serve,
    buffer,
    text,
    process: { env: ENVIRONMENT },
    console: { log: (...values: unknown[]) => printed.push(values) },
  };
  const body = source.replaceAll(/^import .*;\n/gm, '');
  const run = vm.runInThisContext(
    `(async ({ ${Object.keys(names).join(', ')} }) => {\n${body}\n})`,
  ) as (given: typeof names) => Promise<void>;
  await run(names);
  return printed;
}

interface Receiver extends AsyncDisposable {
  url: string;
  statuses: number[];
  printed: unknown[][];
}

/** The server of a sample, on a free port. */
async function startReceiver(source: string): Promise<Receiver> {
  const statuses: number[] = [];
  let server: Server | undefined;
  const printed = await runSample(source.replace('.listen(3000)', '.listen(0)'), (listener) => {
    server = createServer((request, response) => {
      response.on('finish', () => statuses.push(response.statusCode));
      listener(request, response);
    });
    return server;
  });
  assert.ok(server);
  const started = server;
  if (!started.listening) await once(started, 'listening');
  const { port } = started.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    statuses,
    printed,
    async [Symbol.asyncDispose]() {
      started.close();
      started.closeAllConnections();
      await once(started, 'close');
    },
  };
}
