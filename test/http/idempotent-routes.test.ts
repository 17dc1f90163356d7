import assert from 'node:assert/strict';
import { test } from 'node:test';

import { buildDescribedApp } from '../../scripts/openapi-document/document.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { provision, toAddressRequest } from '../support/emergency-addresses.ts';
import { assertReplay, callWithKey, isReplay } from '../support/keyed.ts';
import { findAnswer, jsonOf, OPERATIONS } from '../support/openapi.ts';
import { addNumberOrder, DE_LOCAL, toForm, toRequestDetails } from '../support/number-orders.ts';
import { addRentOrder } from '../support/rent-orders.ts';
import { NUMBER, release, rent } from '../support/rentals.ts';
import type { TestServer } from '../support/test-server.ts';

interface Route {
  /** Behind the project's id. */
  path: string;
  body?: object;
  /** What has to be there for the request to be answered with 200. */
  prepare?: (server: TestServer) => Promise<unknown>;
  /** Makes the request, carried out a second time, come to something else or leave more behind. */
  between?: (server: TestServer) => Promise<unknown>;
  /** Writes besides the claim: more than the one that has the answer only where those before leave nothing behind. */
  writes?: number;
}

const ORDER = '01jtcx4k2wf7d3s9v6b1n5r8qa';
const rentIt = (server: TestServer) => rent(server, {});
const holdIt = (server: TestServer) =>
  server.call('POST', '/numberHolds', { body: { phoneNumbers: [NUMBER] } });
const changeSecret = (server: TestServer) =>
  server.call('PATCH', '/callbackConfiguration', { body: { hmacSecret: 'another' } });

/**
 * Every route of a project that changes something. A new one has to be entered here, and with that it is tried
 * with a key: it must answer through `answerOnce`, with one write that has the effect and the answer in it.
 */
const ROUTES: Record<string, Route> = {
  'POST /availableNumbers/:phoneNumber([^:/]+)::rent': {
    path: `/availableNumbers/${NUMBER}:rent`,
    body: { smsConfiguration: { servicePlanId: 'plan' }, voiceConfiguration: { appId: 'app' } },
    between: release,
  },
  'POST /availableNumbers::rentAny': {
    path: '/availableNumbers:rentAny',
    body: { regionCode: 'US', type: 'LOCAL' },
  },
  'PATCH /activeNumbers/:phoneNumber([^:/]+)': {
    path: `/activeNumbers/${NUMBER}`,
    body: { displayName: 'Mine', smsConfiguration: { servicePlanId: 'plan' } },
    prepare: rentIt,
    between: release,
  },
  'POST /activeNumbers/:phoneNumber([^:/]+)::release': {
    path: `/activeNumbers/${NUMBER}:release`,
    prepare: rentIt,
  },
  'POST /activeNumbers/:phoneNumber([^:/]+)::undoRelease': {
    path: `/activeNumbers/${NUMBER}:undoRelease`,
    prepare: (server) => rentIt(server).then(() => release(server)),
    between: release,
  },
  'POST /availableNumbers/:phoneNumber([^:/]+)::quote': {
    path: `/availableNumbers/${NUMBER}:quote`,
    between: rentIt,
  },
  'POST /rentOrders::quote': {
    path: '/rentOrders:quote',
    body: { phoneNumbers: [NUMBER] },
    between: rentIt,
  },
  'POST /activeNumbers/:phoneNumber([^:/]+)::quoteRelease': {
    path: `/activeNumbers/${NUMBER}:quoteRelease`,
    prepare: rentIt,
    between: release,
  },
  'POST /rentOrders': {
    path: '/rentOrders',
    body: { quantity: 3, regionCode: 'US', type: 'LOCAL' },
  },
  'POST /rentOrders/:rentOrderId([^:/]+)::cancel': {
    path: `/rentOrders/${ORDER}:cancel`,
    prepare: (server) => addRentOrder(server, ORDER, 'IN_PROGRESS'),
  },
  'POST /activeNumbers/:phoneNumber([^:/]+)/emergencyAddress::provision': {
    path: `/activeNumbers/${NUMBER}/emergencyAddress:provision`,
    body: toAddressRequest(),
    prepare: rentIt,
    // First what is about to be asked of the platform, so that a crash leaves no address that nobody knows of.
    writes: 2,
  },
  'POST /activeNumbers/:phoneNumber([^:/]+)/emergencyAddress::deprovision': {
    path: `/activeNumbers/${NUMBER}/emergencyAddress:deprovision`,
    prepare: (server) => rentIt(server).then(() => provision(server)),
  },
  'POST /activeNumbers/:phoneNumber([^:/]+)/emergencyAddress::validate': {
    path: `/activeNumbers/${NUMBER}/emergencyAddress:validate`,
    body: toAddressRequest(),
    prepare: rentIt,
  },
  'POST /numberHolds': {
    path: '/numberHolds',
    body: { quantity: 2, regionCode: 'US', type: 'LOCAL' },
  },
  'POST /numberHolds/:phoneNumber([^:/]+)::extend': {
    path: `/numberHolds/${NUMBER}:extend`,
    body: { ttlSeconds: 1800 },
    prepare: holdIt,
  },
  'POST /numberHolds/:phoneNumber([^:/]+)::release': {
    path: `/numberHolds/${NUMBER}:release`,
    prepare: holdIt,
  },
  'POST /numberOrders::lookupNumberRequirements': {
    path: '/numberOrders:lookupNumberRequirements',
    body: DE_LOCAL,
  },
  'POST /numberOrders::createNumberOrder': {
    path: '/numberOrders:createNumberOrder',
    body: { regionCode: 'US', numberType: 'LOCAL', quantityOrderOption: { requestedQuantity: 2 } },
  },
  'PUT /numberOrders/:numberOrderId/registration': {
    path: `/numberOrders/${ORDER}/registration`,
    body: { requestDetails: toRequestDetails() },
    prepare: (server) => addNumberOrder(server, ORDER),
  },
  'POST /numberOrders/:numberOrderId/attachments/:attachmentId': {
    path: `/numberOrders/${ORDER}/attachments/proof-of-address`,
    body: toForm(),
    prepare: (server) => addNumberOrder(server, ORDER),
  },
  'POST /numberOrders/:numberOrderId/submit': {
    path: `/numberOrders/${ORDER}/submit`,
    prepare: (server) => addNumberOrder(server, ORDER, { isFilled: true }),
  },
  'PATCH /callbackConfiguration': {
    path: '/callbackConfiguration',
    body: { hmacSecret: 'a-secret' },
    between: changeSecret,
  },
};

const PREFIX = '/v1/projects/:projectId';
const MUTATING = ['POST', 'PATCH', 'PUT', 'DELETE'];
/** One character more than a key may have. */
const LONG_KEY = 'k'.repeat(256);

test('every route of a project that changes something is in the table of this test', async () => {
  const routes: string[] = [];
  await using app = await buildDescribedApp(async (described) => {
    described.addHook('onRoute', ({ method, url }) => {
      if (!url.startsWith(PREFIX)) return;
      for (const each of [method].flat().filter((name) => MUTATING.includes(name)))
        routes.push(`${each} ${url.slice(PREFIX.length)}`);
    });
  });
  assert.ok(app.hasRoute({ method: 'PATCH', url: `${PREFIX}/callbackConfiguration` }));
  assert.deepEqual(routes.toSorted(), Object.keys(ROUTES).toSorted());
});

for (const [name, route] of Object.entries(ROUTES)) {
  testOnEachEngine(`${name} is answered once, byte for byte`, async (start) => {
    await using server = await start();
    await route.prepare?.(server);
    const counted = countWrites(server);
    const first = await send(server, name, 'a');
    assert.deepEqual([first.status, isReplay(first)], [200, false], first.text);
    // The claim, and the effect with its answer: a third would be one that a crash can come between.
    assert.equal(counted(), 1 + (route.writes ?? 1));
    await server.drain();
    await route.between?.(server);
    const before = await countEvents(server);
    assertReplay(await send(server, name, 'a'), first);
    assert.equal(await countEvents(server), before);
  });

  testOnEachEngine(`${name} refuses a key as the reference says`, async (start) => {
    await using server = await start();
    await route.prepare?.(server);
    const { operation } = findOperationOf(name);
    const [tooLong, reused] = [await send(server, name, LONG_KEY), await reuse(server, name)];
    for (const [answer, status, example] of [
      [tooLong, 400, 'keyText'],
      [reused, 422, 'keyReused'],
      [await sendWhileRunning(server, name), 409, 'keyRunning'],
    ] as const) {
      const documented = findAnswer(operation, status);
      const { examples } = jsonOf(documented);
      assert.equal(answer.status, status, answer.text);
      assert.deepEqual(answer.json, examples?.[example]?.value);
      for (const header of Object.keys(documented.headers ?? {})) {
        assert.ok(answer.headers.has(header), `${status} ${header}`);
      }
    }
  });
}

test('the reference has the header with these operations and with no other', () => {
  const withKey = OPERATIONS.filter(({ operation }) =>
    operation.parameters?.some((parameter) => parameter.name === 'Idempotency-Key'),
  ).map(({ operation }) => operation.operationId);
  const expected = Object.keys(ROUTES).map((name) => findOperationOf(name).operation.operationId);
  assert.deepEqual(withKey.toSorted(), expected.toSorted());
});

function send(server: TestServer, name: string, key: string) {
  const { path, body } = ROUTES[name]!;
  return callWithKey(server, name.split(' ')[0]!, path, key, body);
}

async function reuse(server: TestServer, name: string) {
  assert.equal((await send(server, name, 'used')).status, 200);
  const { path, body } = ROUTES[name]!;
  return callWithKey(server, name.split(' ')[0]!, `${path}?again=true`, 'used', body);
}

/** As if the request that came before were still under way. */
async function sendWhileRunning(server: TestServer, name: string) {
  await server.server.context.store.write((db) =>
    db.run('UPDATE kept_answer SET status = NULL, body = NULL'),
  );
  return send(server, name, 'used');
}

/** `/:phoneNumber([^:/]+)::rent` is `/{phoneNumber}:rent` in the document. */
function findOperationOf(name: string) {
  const [method, url = ''] = name.split(' ');
  const template = `${PREFIX}${url}`
    .replaceAll(/(?<!:):(\w+)(?:\([^)]*\))?/g, '{$1}')
    .replaceAll('::', ':');
  const found = OPERATIONS.find((each) => each.method === method && each.path === template);
  assert.ok(found, `${method} ${template}`);
  return found;
}

/** @returns how many writes the server has made since. */
function countWrites({ server: { context } }: TestServer): () => number {
  const { store } = context;
  let count = 0;
  context.store = {
    ...store,
    write(fn, options) {
      count++;
      return store.write(fn, options);
    },
  };
  return () => count;
}

async function countEvents({ server }: TestServer): Promise<number> {
  const [count] = await server.context.store.read((db) =>
    db.column<number>('SELECT count(*) FROM event'),
  );
  return Number(count);
}
