import assert from 'node:assert/strict';

import type { FastifyInstance } from 'fastify';

import { buildHttpApp, type Routes } from '../../src/http/app.ts';
import { Authenticator } from '../../src/http/auth.ts';
import { createMetrics } from '../../src/metrics.ts';
import { toAddressRequest } from '../support/emergency-addresses.ts';
import { type StartServer, testOnEachEngine } from '../support/engines.ts';
import type { Json } from '../support/rentals.ts';
import { addNumberOrder, DE_LOCAL, toForm, toRequestDetails } from '../support/number-orders.ts';
import { addRentOrder } from '../support/rent-orders.ts';
import {
  basicAuth,
  OTHER_PROJECT,
  PROJECT,
  STOCK,
  type TestProject,
  type TestServer,
} from '../support/test-server.ts';

/** Of no pool. */
const UNKNOWN = '+12025559999';
/** Rented by the other project. */
const THEIRS = '+12025550134';
const THEIR_ORDER = '01jtcx4k2wf7d3s9v6b1n5r8qa';
const THEIR_NUMBER_ORDER = '01jtcx5b7wq2m8k4s1v9d6n3za';
/** In a pool that only the other project may see. */
const THEIR_STOCK = '+12125550100';

/** Held by the other project. */
const THEIR_HELD = '+12025550135';

interface Route {
  /** Behind the project's id; `NUMBER` stands for a phone number, or for the id of an order. */
  path: string;
  body?: object;
  /** Numbers of the other project, which must look like one that does not exist. */
  hidden?: string[];
}

/**
 * Every route that belongs to a project. A new one has to be entered here, and with that it is called
 * without a key, with another project's key, and for what is not the caller's.
 */
const ROUTES: Record<string, Route> = {
  'GET /availableNumbers': { path: '/availableNumbers?regionCode=US&type=LOCAL&size=1000' },
  'GET /availableNumbers/:phoneNumber([^:/]+)': {
    path: '/availableNumbers/NUMBER',
    hidden: [THEIRS, THEIR_STOCK, THEIR_HELD],
  },
  'POST /availableNumbers/:phoneNumber([^:/]+)::rent': {
    path: '/availableNumbers/NUMBER:rent',
    body: { callbackUrl: 'https://example.com/' },
    hidden: [THEIRS, THEIR_STOCK, THEIR_HELD],
  },
  'GET /availableNumbers::coverage': { path: '/availableNumbers:coverage' },
  'POST /availableNumbers::rentAny': {
    path: '/availableNumbers:rentAny',
    body: { regionCode: 'US', type: 'LOCAL', numberPattern: { pattern: '555' } },
  },
  'GET /activeNumbers': { path: '/activeNumbers?pageSize=1000' },
  'GET /activeNumbers/:phoneNumber([^:/]+)': { path: '/activeNumbers/NUMBER', hidden: [THEIRS] },
  'PATCH /activeNumbers/:phoneNumber([^:/]+)': {
    path: '/activeNumbers/NUMBER',
    body: { displayName: 'Mine now', voiceConfiguration: { appId: 'app' } },
    hidden: [THEIRS],
  },
  'POST /activeNumbers/:phoneNumber([^:/]+)::release': {
    path: '/activeNumbers/NUMBER:release',
    hidden: [THEIRS],
  },
  'POST /activeNumbers/:phoneNumber([^:/]+)::undoRelease': {
    path: '/activeNumbers/NUMBER:undoRelease',
    hidden: [THEIRS],
  },
  'GET /numberEvents/:phoneNumber([^:/]+)': { path: `/numberEvents/${THEIRS}` },
  'GET /limits': { path: '/limits' },
  'POST /availableNumbers/:phoneNumber([^:/]+)::quote': {
    path: '/availableNumbers/NUMBER:quote',
    body: { voiceConfiguration: { appId: 'app' } },
    hidden: [THEIRS, THEIR_STOCK, THEIR_HELD],
  },
  'POST /rentOrders::quote': {
    path: '/rentOrders:quote',
    body: { quantity: 200, regionCode: 'US', type: 'LOCAL' },
  },
  'POST /activeNumbers/:phoneNumber([^:/]+)::quoteRelease': {
    path: '/activeNumbers/NUMBER:quoteRelease',
    hidden: [THEIRS],
  },
  'GET /charges': { path: '/charges' },
  'GET /statements/:month([^/.]+)': { path: '/statements/2026-01' },
  'GET /statements/:month([^/.]+).csv': { path: '/statements/2026-01.csv' },
  'GET /account': { path: '/account' },
  'POST /rentOrders': {
    path: '/rentOrders',
    body: { quantity: 200, regionCode: 'US', type: 'LOCAL' },
  },
  'GET /rentOrders': { path: '/rentOrders' },
  'GET /rentOrders/:rentOrderId([^:/]+)': { path: '/rentOrders/NUMBER', hidden: [THEIR_ORDER] },
  'GET /rentOrders/:rentOrderId/orderNumbers': {
    path: '/rentOrders/NUMBER/orderNumbers',
    hidden: [THEIR_ORDER],
  },
  'POST /rentOrders/:rentOrderId([^:/]+)::cancel': {
    path: '/rentOrders/NUMBER:cancel',
    hidden: [THEIR_ORDER],
  },
  'GET /activeNumbers/:phoneNumber([^:/]+)/emergencyAddress': {
    path: '/activeNumbers/NUMBER/emergencyAddress',
    hidden: [THEIRS],
  },
  'POST /activeNumbers/:phoneNumber([^:/]+)/emergencyAddress::provision': {
    path: '/activeNumbers/NUMBER/emergencyAddress:provision',
    body: toAddressRequest({ city: 'Mine' }),
    hidden: [THEIRS],
  },
  'POST /activeNumbers/:phoneNumber([^:/]+)/emergencyAddress::deprovision': {
    path: '/activeNumbers/NUMBER/emergencyAddress:deprovision',
    hidden: [THEIRS],
  },
  'POST /activeNumbers/:phoneNumber([^:/]+)/emergencyAddress::validate': {
    path: '/activeNumbers/NUMBER/emergencyAddress:validate',
    body: toAddressRequest({ city: 'Mine' }),
    hidden: [THEIRS],
  },
  'POST /numberHolds': {
    path: '/numberHolds',
    body: { quantity: 5, regionCode: 'US', type: 'LOCAL', numberPattern: { pattern: '555' } },
  },
  'GET /numberHolds': { path: '/numberHolds?pageSize=1000' },
  'GET /numberHolds/:phoneNumber([^:/]+)': {
    path: '/numberHolds/NUMBER',
    hidden: [THEIRS, THEIR_HELD],
  },
  'POST /numberHolds/:phoneNumber([^:/]+)::extend': {
    path: '/numberHolds/NUMBER:extend',
    hidden: [THEIRS, THEIR_HELD],
  },
  'POST /numberHolds/:phoneNumber([^:/]+)::release': {
    path: '/numberHolds/NUMBER:release',
    hidden: [THEIRS, THEIR_HELD],
  },
  'POST /numberOrders::lookupNumberRequirements': {
    path: '/numberOrders:lookupNumberRequirements',
    body: DE_LOCAL,
  },
  'POST /numberOrders::createNumberOrder': {
    path: '/numberOrders:createNumberOrder',
    body: { regionCode: 'US', numberType: 'LOCAL', quantityOrderOption: { requestedQuantity: 50 } },
  },
  'GET /numberOrders/:numberOrderId([^:/]+)': {
    path: '/numberOrders/NUMBER',
    hidden: [THEIR_NUMBER_ORDER],
  },
  'GET /numberOrders/:numberOrderId/registration': {
    path: '/numberOrders/NUMBER/registration',
    hidden: [THEIR_NUMBER_ORDER],
  },
  'PUT /numberOrders/:numberOrderId/registration': {
    path: '/numberOrders/NUMBER/registration',
    body: { requestDetails: toRequestDetails() },
    hidden: [THEIR_NUMBER_ORDER],
  },
  'POST /numberOrders/:numberOrderId/attachments/:attachmentId': {
    path: '/numberOrders/NUMBER/attachments/proof-of-address',
    body: toForm(),
    hidden: [THEIR_NUMBER_ORDER],
  },
  'POST /numberOrders/:numberOrderId/submit': {
    path: '/numberOrders/NUMBER/submit',
    hidden: [THEIR_NUMBER_ORDER],
  },
  'GET /availableRegions': { path: '/availableRegions' },
  'GET /callbackConfiguration': { path: '/callbackConfiguration' },
  'PATCH /callbackConfiguration': {
    path: '/callbackConfiguration',
    body: { hmacSecret: 'a-secret-of-project-one' },
  },
};

const PREFIX = '/v1/projects/:projectId';

/** A server on which the other project rents a number, holds one and has a pool of its own. */
async function startWithTheirs(start: StartServer): Promise<TestServer> {
  const server = await start({}, [
    ...STOCK.filter((pool) => pool.name !== 'private'),
    {
      name: 'theirs',
      regionCode: 'US',
      first: THEIR_STOCK,
      size: 10,
      visibleTo: new Set([OTHER_PROJECT.id]),
    },
  ]);
  const rented = await server.call('POST', `/availableNumbers/${THEIRS}:rent`, {
    project: OTHER_PROJECT,
    body: { smsConfiguration: { servicePlanId: 'their-plan' } },
  });
  assert.equal(rented.status, 200);
  await addRentOrder(server, THEIR_ORDER, 'COMPLETED', OTHER_PROJECT);
  await addNumberOrder(server, THEIR_NUMBER_ORDER, { isFilled: true, project: OTHER_PROJECT });
  const path = `/activeNumbers/${THEIRS}/emergencyAddress:provision`;
  const body = toAddressRequest({ city: 'their-plan-and-town' });
  const provisioned = await server.call('POST', path, { project: OTHER_PROJECT, body });
  assert.equal(provisioned.status, 200, provisioned.text);
  const held = await server.call('POST', '/numberHolds', {
    project: OTHER_PROJECT,
    body: { phoneNumbers: [THEIR_HELD] },
  });
  assert.equal(held.status, 200);
  await server.drain();
  return server;
}

/** The routes under /v1 that the server registers, as it names them, without the project's prefix. */
async function listRoutes({ server }: TestServer, others: Routes[] = []): Promise<string[]> {
  const routes: string[] = [];
  const context = { ...server.context, metrics: createMetrics() };
  const collect = async (app: FastifyInstance) => {
    app.addHook('onRoute', ({ method, url }) => {
      if (!url.startsWith('/v1')) return;
      // HEAD is answered by the handler of GET.
      for (const each of [method].flat().filter((name) => name !== 'HEAD'))
        routes.push(`${each} ${url.replace(PREFIX, '')}`);
    });
  };
  const app = await buildHttpApp(context, new Authenticator(context), others, collect);
  await app.ready();
  await app.close();
  return routes.toSorted();
}

function call(
  server: TestServer,
  name: string,
  options: { key?: TestProject; project?: TestProject; number?: string },
): Promise<Response> {
  const { path, body } = ROUTES[name]!;
  const { key, project = PROJECT, number = UNKNOWN } = options;
  return fetch(`${server.url}/v1/projects/${project.id}${path.replace('NUMBER', number)}`, {
    method: name.split(' ')[0]!,
    headers: key === undefined ? {} : { authorization: basicAuth(key) },
    ...(body === undefined ? {} : { body: body instanceof FormData ? body : JSON.stringify(body) }),
  });
}

testOnEachEngine('every route under /v1 is in the table of this test', async (start) => {
  await using server = await start();
  assert.deepEqual(await listRoutes(server), Object.keys(ROUTES).toSorted());
});

testOnEachEngine('a route that is missing from the table is noticed', async (start) => {
  await using server = await start();
  const routes = await listRoutes(server, [
    (app) => app.get(`${PREFIX}/somethingNew`, (_request, reply) => reply.send('')),
  ]);
  assert.deepEqual(
    routes.filter((route) => !Object.hasOwn(ROUTES, route)),
    ['GET /somethingNew'],
  );
});

for (const name of Object.keys(ROUTES)) {
  testOnEachEngine(`${name} asks for a key, and for one of the project`, async (start) => {
    await using server = await startWithTheirs(start);
    for (const number of [UNKNOWN, THEIRS]) {
      const anonymous = await call(server, name, { number });
      assert.equal(anonymous.status, 401);
      assert.ok(anonymous.headers.has('www-authenticate'));
      await anonymous.body?.cancel();
      const bodies = [];
      for (const [key, project] of [
        [OTHER_PROJECT, PROJECT],
        [PROJECT, OTHER_PROJECT],
        [PROJECT, { ...PROJECT, id: 'nobody' as never }],
      ] as const) {
        const foreign = await call(server, name, { key, project, number });
        assert.equal(foreign.status, 403);
        bodies.push(await foreign.text());
      }
      assert.equal(new Set(bodies).size, 1);
    }
  });

  const { hidden } = ROUTES[name]!;
  if (hidden === undefined) {
    testOnEachEngine(`${name} shows nothing of another project`, async (start) => {
      await using server = await startWithTheirs(start);
      const answer = await call(server, name, { key: PROJECT });
      assert.equal(answer.status, 200);
      const text = await answer.text();
      for (const theirs of [THEIRS, THEIR_HELD, '+1212555', 'their-plan', OTHER_PROJECT.id]) {
        assert.ok(!text.includes(theirs), `${theirs} in ${text}`);
      }
    });
  } else {
    testOnEachEngine(
      `${name} answers alike for what is another's and what is not there`,
      async (start) => {
        await using server = await startWithTheirs(start);
        const unknown = await call(server, name, { key: PROJECT });
        assert.equal(unknown.status, 404);
        const text = await unknown.text();
        for (const number of hidden) {
          const theirs = await call(server, name, { key: PROJECT, number });
          assert.equal(theirs.status, 404);
          assert.equal((await theirs.text()).replace(number, UNKNOWN), text);
        }
      },
    );
  }
}

testOnEachEngine(
  'who knows the number of another project cannot read, change or release it',
  async (start) => {
    await using server = await startWithTheirs(start);
    const read = async () => {
      const texts = [];
      for (const path of ['', '/emergencyAddress']) {
        const answer = await server.call('GET', `/activeNumbers/${THEIRS}${path}`, {
          project: OTHER_PROJECT,
        });
        assert.equal(answer.status, 200);
        texts.push(answer.text);
      }
      return texts.join('\n');
    };
    const before = await read();
    for (const name of Object.keys(ROUTES)) {
      for (const project of [PROJECT, OTHER_PROJECT]) {
        const answer = await call(server, name, { key: PROJECT, project, number: THEIRS });
        const text = await answer.text();
        assert.ok(!text.includes('their-plan'), `${name} ${text}`);
      }
    }
    await server.drain();
    assert.equal(await read(), before);
    const secret = await server.call('GET', '/callbackConfiguration', { project: OTHER_PROJECT });
    assert.equal(secret.json.hmacSecret, 'callback-secret-of-project-two');
    // The test can fail: with its own key the other project does all of this.
    const update = await server.call('PATCH', `/activeNumbers/${THEIRS}`, {
      project: OTHER_PROJECT,
      body: { displayName: 'Changed' },
    });
    assert.equal(update.json.displayName, 'Changed');
    assert.notEqual(await read(), before);
  },
);

testOnEachEngine("an order gets no number of another project's, named or not", async (start) => {
  await using server = await startWithTheirs(start);
  const order = async (body: object) => (await server.call('POST', '/rentOrders', { body })).json;
  const named = await order({ phoneNumbers: [UNKNOWN, THEIRS, THEIR_STOCK] });
  assert.equal(named.state, 'FAILED');
  const errors = named.orderNumbers.map(({ phoneNumber, error }: Json) =>
    JSON.stringify(error).replaceAll(phoneNumber, UNKNOWN),
  );
  assert.equal(new Set(errors).size, 1, 'all three look alike');
  const asked = { phoneNumbers: [UNKNOWN, THEIRS, THEIR_STOCK, THEIR_HELD] };
  const quote = (await server.call('POST', '/rentOrders:quote', { body: asked })).json;
  assert.deepEqual([quote.state, quote.orderNumbers.length], ['FAILED', 4]);
  const quoted = quote.orderNumbers.map(({ phoneNumber, problems }: Json) =>
    JSON.stringify(problems).replaceAll(phoneNumber, UNKNOWN),
  );
  assert.equal(new Set(quoted).size, 1, 'all four look alike');
  const found = await order({ quantity: 1, regionCode: 'US', type: 'LOCAL', areaCode: '212' });
  assert.deepEqual([found.state, found.orderNumbers], ['FAILED', []]);
});

/** Everything that a search can be asked, aimed at the pool that only the other project may see. */
const SEARCHES_FOR_THEIR_STOCK = [
  'numberPattern.pattern=%2B1212',
  'numberPattern.pattern=212&numberPattern.searchPattern=START',
  'numberPattern.pattern=2*2555&numberPattern.pattern=%2B1*12',
  'numberPattern.pattern=0100&numberPattern.searchPattern=END',
  'excludePattern=%2B1202',
  'capabilities=SMS&capabilityMatch=SUPERSET&currencyCode=USD&documentationRequired=false',
  'maxMonthlyPrice=1000&maxSetupPrice=1000',
  'areaCode=212&showPlace=true',
  'locality=New+York',
  'administrativeArea=NY',
  'near=40.71,-74.01&distanceKm=100',
  'orderBy=phoneNumber',
  'orderBy=monthlyPrice&areaCode=212',
  'orderBy=memorability',
  'sequential=2',
  'sequential=2&orderBy=phoneNumber&numberPattern.pattern=%2B1212',
];

testOnEachEngine("no parameter of a search finds another project's pool", async (start) => {
  await using server = await startWithTheirs(start);
  for (const query of SEARCHES_FOR_THEIR_STOCK) {
    const path = `/availableNumbers?regionCode=US&type=LOCAL&size=1000&explain=true&${query}`;
    const mine = await server.call('GET', path);
    assert.equal(mine.status, 200, `${query} ${mine.text}`);
    for (const number of ['+1212555', THEIRS, THEIR_HELD]) {
      assert.ok(!mine.text.includes(number), `${query} ${mine.text}`);
    }
    assert.equal(mine.json.explanation.pools, 1, query);
    const theirs = await server.call('GET', path, { project: OTHER_PROJECT });
    assert.ok(theirs.text.includes('"phoneNumber":"+1212555'), `${query} ${theirs.text}`);
    assert.equal(theirs.json.explanation.pools, 2, query);
  }
  for (const body of [
    { numberPattern: { pattern: '+1212' } },
    { areaCode: '212' },
    { locality: 'New York' },
    { near: '+12125550100' },
    { excludePattern: '+1202' },
  ]) {
    const asked = { body: { regionCode: 'US', type: 'LOCAL', ...body } };
    const mine = await server.call('POST', '/availableNumbers:rentAny', asked);
    assert.equal(mine.status, 404, mine.text);
    const theirs = await server.call('POST', '/availableNumbers:rentAny', {
      ...asked,
      project: OTHER_PROJECT,
    });
    assert.equal(theirs.status, 200, theirs.text);
  }
});
