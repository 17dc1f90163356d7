import assert from 'node:assert/strict';

import { checkHistory, type Difference } from '../../src/app/check-history.ts';
import { type StartServer, testOnEachEngine } from '../support/engines.ts';
import { advanceTo, NUMBER, numberAt, release, rent } from '../support/rentals.ts';
import { OTHER_PROJECT, type TestServer } from '../support/test-server.ts';

const POOL = { name: 'pool', first: NUMBER, size: 20, quarantineDays: 10 };

testOnEachEngine('the history of every number leads to what it is', async (start) => {
  await using server = await startBusy(start);
  const { checked, differences } = await check(server);
  assert.deepEqual(differences, []);
  assert.equal(checked.numbers, 20);
  assert.ok(checked.events >= 12, String(checked.events));
});

/** What somebody else than the product did to the database, and what is said of it. */
const DAMAGES: [string, string, string][] = [
  [
    'a state that nobody wrote down',
    `UPDATE number SET state = 5 WHERE e164 = '${numberAt(9)}'`,
    'its state is RETIRED, and by its history AVAILABLE',
  ],
  [
    'a number that was given away by hand',
    `UPDATE number SET holder_project_id = 'project-two' WHERE e164 = '${numberAt(0)}'`,
    'its holder is project-two, and by its history project-one',
  ],
  [
    'a rental that was ended by hand',
    `UPDATE rental SET ended_at = '2026-02-01T00:00:00.000000Z' WHERE e164 = '${numberAt(0)}'`,
    'its tenant is nobody, and by its history project-one',
  ],
  [
    'an event that is gone',
    `DELETE FROM event WHERE e164 = '${numberAt(1)}' AND type = 'RELEASED'`,
    'event 2 is missing before event 3',
  ],
  [
    'a history without a number',
    `UPDATE event SET e164 = '+19995550100' WHERE e164 = '${numberAt(0)}'`,
    'it has a history and is not in stock',
  ],
];

for (const [what, sql, description] of DAMAGES) {
  testOnEachEngine(`a check finds ${what}`, async (start) => {
    await using server = await startBusy(start);
    await server.server.context.store.write((db) => db.run(sql));
    const { differences } = await check(server);
    assert.ok(
      differences.some((difference) => difference.description === description),
      JSON.stringify(differences),
    );
  });
}

/** Numbers rented, in quarantine, sold again, released and held. */
async function startBusy(start: StartServer): Promise<TestServer> {
  const server = await start({}, [POOL]);
  for (const place of [0, 1, 2]) await rent(server, {}, numberAt(place));
  for (const place of [1, 2]) await release(server, numberAt(place));
  await advanceTo(server, '2026-03-01T00:00:00.000000Z');
  await rent(server, {}, numberAt(2));
  await rent(server, {}, numberAt(3));
  await release(server, numberAt(3));
  const path = `/availableNumbers/${numberAt(4)}:rent`;
  await server.call('POST', path, { project: OTHER_PROJECT, body: {} });
  const phoneNumbers = [5, 6, 7].map(numberAt);
  await server.call('POST', '/numberHolds', { body: { phoneNumbers } });
  await rent(server, {}, numberAt(5));
  await server.call('POST', `/numberHolds/${numberAt(6)}:release`);
  await server.drain();
  return server;
}

async function check({ server }: TestServer) {
  const differences: Difference[] = [];
  const checked = await checkHistory(server.context, (difference) => differences.push(difference));
  return { checked, differences };
}
