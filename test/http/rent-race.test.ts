import assert from 'node:assert/strict';

import { createLog } from '../../src/log.ts';
import { startServer } from '../../src/server.ts';
import { testOnEachEngine } from '../support/engines.ts';
import {
  type Answer,
  basicAuth,
  OTHER_PROJECT,
  PROJECT,
  type TestPool,
  type TestServer,
} from '../support/test-server.ts';

const NUMBER = '+12025550134';

/** What every loser is told, but those of the project that has the number now. */
const NOT_AVAILABLE =
  '{"error":{"code":404,"message":"","status":"NOT_FOUND","details":[{"type":"ResourceInfo",' +
  `"resourceType":"AvailableNumber","resourceName":"${NUMBER}","owner":"","description":""}]}}`;

/** The same call by many at once, of two projects in turn. */
function callTogether(
  server: TestServer,
  callers: number,
  path: string,
  body: object = {},
): Promise<Answer[]> {
  const projects = [PROJECT, OTHER_PROJECT];
  return Promise.all(
    Array.from({ length: callers }, (_, i) =>
      server.call('POST', path, { body, project: projects[i % 2]! }),
    ),
  );
}

function countByStatus(answers: readonly Answer[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

for (const callers of [20, 200]) {
  testOnEachEngine(`${callers} callers rent one number and one wins`, async (start) => {
    await using server = await start();
    const answers = await callTogether(server, callers, `/availableNumbers/${NUMBER}:rent`);
    assert.deepEqual(countByStatus(answers), { 200: 1, 404: callers - 1 });
    const winner = answers.find((answer) => answer.status === 200)!;
    // In turn, as the projects asked.
    const isOwn = (i: number) => i % 2 === answers.indexOf(winner) % 2;
    const losers = answers.flatMap(({ status, text }, i) => (status === 404 ? [{ i, text }] : []));
    const own = NOT_AVAILABLE.replace(
      '"owner":"","description":""',
      `"owner":"${winner.json.projectId}","description":"This project rents the number already."`,
    );
    for (const { i, text } of losers) assert.equal(text, isOwn(i) ? own : NOT_AVAILABLE);
    const totals: number[] = [];
    for (const project of [PROJECT, OTHER_PROJECT]) {
      const { json } = await server.call('GET', '/activeNumbers', { project });
      totals.push(json.totalSize);
      if (project.id === winner.json.projectId) assert.deepEqual(json.activeNumbers, [winner.json]);
    }
    assert.equal(totals[0]! + totals[1]!, 1);
  });
}

const stockOf = (size: number): TestPool[] => [{ name: 'few', first: '+12025550100', size }];
const ANY = { regionCode: 'US', type: 'LOCAL' };

for (const [what, body] of [
  ['any number', ANY],
  ['any number that contains 555', { ...ANY, numberPattern: { pattern: '555' } }],
  ['any number with a beginning', { ...ANY, numberPattern: { pattern: '+1202' } }],
] as const) {
  for (const stock of [200, 150]) {
    testOnEachEngine(
      `200 callers rent ${what} of ${stock} and none gets another's`,
      async (start) => {
        await using server = await start({}, stockOf(stock));
        const answers = await callTogether(server, 200, '/availableNumbers:rentAny', body);
        assert.deepEqual(
          countByStatus(answers),
          stock === 200 ? { 200: 200 } : { 200: stock, 404: 200 - stock },
        );
        const rented = answers.filter((answer) => answer.status === 200);
        const numbers = new Set(rented.map((answer) => answer.json.phoneNumber));
        assert.equal(numbers.size, stock);
      },
    );
  }
}

testOnEachEngine(
  'callers of two servers on one database rent one number and one wins',
  async (start) => {
    await using server = await start();
    await using second = await startServer(
      { ...server.server.context.config, port: 0 },
      { clock: server.server.context.clock, log: createLog('silent'), startWorker: false },
    );
    const rent = async (url: string) =>
      (
        await fetch(`${url}/v1/projects/${PROJECT.id}/availableNumbers/${NUMBER}:rent`, {
          method: 'POST',
          headers: { authorization: basicAuth(PROJECT) },
        })
      ).status;
    const statuses = await Promise.all(
      Array.from({ length: 60 }, (_, i) => rent(i % 2 === 0 ? server.url : second.url)),
    );
    assert.equal(statuses.filter((status) => status === 200).length, 1);
    assert.equal(statuses.filter((status) => status === 404).length, 59);
  },
);

testOnEachEngine('releases at once all answer the same', async (start) => {
  await using server = await start();
  await server.call('POST', `/availableNumbers/${NUMBER}:rent`);
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => server.call('POST', `/activeNumbers/${NUMBER}:release`)),
  );
  assert.deepEqual(countByStatus(answers), { 200: 20 });
  assert.equal(new Set(answers.map((answer) => answer.text)).size, 1);
});

testOnEachEngine(
  "the reference page's own sample works, and what it finds can be rented",
  async (start) => {
    await using server = await start({}, [
      { name: 'us-mobile', type: 'MOBILE', first: NUMBER, size: 1 },
    ]);
    const query = new URLSearchParams({ regionCode: 'US', type: 'MOBILE' }).toString();
    const projectId = PROJECT.id;
    const resp = await fetch(`${server.url}/v1/projects/${projectId}/availableNumbers?${query}`, {
      method: 'GET',
      headers: {
        Authorization:
          'Basic ' + Buffer.from(`${PROJECT.keyId}:${PROJECT.keySecret}`).toString('base64'),
      },
    });
    const data = (await resp.json()) as { availableNumbers: { phoneNumber: string }[] };
    assert.deepEqual(data.availableNumbers, [
      {
        phoneNumber: NUMBER,
        regionCode: 'US',
        type: 'MOBILE',
        capability: ['SMS', 'VOICE'],
        setupPrice: { currencyCode: 'USD', amount: '0.50' },
        monthlyPrice: { currencyCode: 'USD', amount: '0.75' },
        paymentIntervalMonths: 1,
        supportingDocumentationRequired: false,
      },
    ]);
    const [found] = data.availableNumbers;
    const check = await server.call('GET', `/availableNumbers/${found!.phoneNumber}`);
    assert.deepEqual(check.json, found);
    const rented = await server.call('POST', `/availableNumbers/${found!.phoneNumber}:rent`);
    assert.equal(rented.status, 200);
  },
);
