import assert from 'node:assert/strict';

import {
  callAddress,
  provision,
  toAddressRequest,
  toShownAddress,
} from '../support/emergency-addresses.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { assertReplay, callWithKey, isReplay } from '../support/keyed.ts';
import { advanceTo, listEventTypes, NUMBER, numberAt, release, rent } from '../support/rentals.ts';
import { OTHER_PROJECT, type TestServer } from '../support/test-server.ts';

const WITHOUT_FEATURE = '+13055550100';

testOnEachEngine('an address is provisioned, shown, replaced and taken away', async (start) => {
  await using server = await start();
  await rent(server, {});
  const provisioned = await callAddress(
    server,
    'provision',
    toAddressRequest({ location: 'Floor 2', country: 'US' }),
  );
  assert.equal(provisioned.status, 200, provisioned.text);
  assert.deepEqual(provisioned.json, toShownAddress({ location: 'Floor 2' }));
  assert.deepEqual((await callAddress(server, 'get')).json, provisioned.json);

  const moved = toAddressRequest({ streetNumber: '1', streetInfo: 'Main St' });
  await provision(server, moved);
  const shown = toShownAddress({ streetNumber: '1', streetInfo: 'Main St' });
  assert.deepEqual((await callAddress(server, 'get')).json, shown);

  const taken = await callAddress(server, 'deprovision');
  assert.equal(taken.status, 200);
  assert.equal(taken.text, '{}');
  assert.match(taken.headers.get('content-type') ?? '', /^application\/json/);
  assert.equal((await callAddress(server, 'get')).status, 404);
  assert.deepEqual(await listEventTypes(server.server), [
    'RENTED',
    'EMERGENCY_ADDRESS_PROVISIONED',
    'EMERGENCY_ADDRESS_PROVISIONED',
    'EMERGENCY_ADDRESS_DEPROVISIONED',
  ]);
});

const ENDS: Record<string, (server: TestServer) => Promise<unknown>> = {
  'taken away': (server) => callAddress(server, 'deprovision'),
  replaced: (server) => provision(server, toAddressRequest({ streetNumber: '1' })),
  'ended with its rental': async (server) => {
    const { expireAt } = await release(server);
    await advanceTo(server, expireAt);
  },
};

for (const [name, end] of Object.entries(ENDS)) {
  testOnEachEngine(`an address that was ${name} is in no kept answer`, async (start) => {
    await using server = await start();
    const others = numberAt(1);
    for (const number of [NUMBER, others]) await rent(server, {}, number);
    // So that the rental ends before the keys are forgotten.
    if (name === 'ended with its rental') await advanceTo(server, '2026-02-28T00:00:00.000000Z');
    const ask = (key: string, number = NUMBER) => {
      const path = `/activeNumbers/${number}/emergencyAddress:provision`;
      return callWithKey(server, 'POST', path, key, toAddressRequest());
    };
    const first = await ask('a');
    assert.equal(first.status, 200, first.text);
    assertReplay(await ask('a'), first);
    const other = await ask('b', others);

    await end(server);
    const replay = await ask('a');
    assert.deepEqual([replay.status, replay.text, isReplay(replay)], [200, '{}', true]);
    assertReplay(await ask('b', others), other);
    const bodies = await server.server.context.store.read((db) =>
      db.column<string>('SELECT body FROM kept_answer'),
    );
    assert.equal(bodies.filter((body) => body.includes('Pennsylvania')).length, 1);
    const shown = await callAddress(server, 'get');
    if (name === 'replaced') assert.equal(shown.json.streetNumber, '1');
    else assert.equal(shown.status, 404, 'a replay has no effect');
  });
}

testOnEachEngine('taking away what is not there, or no longer, changes nothing', async (start) => {
  await using server = await start();
  await rent(server, {});
  for (let i = 0; i < 2; i++) {
    const answer = await callAddress(server, 'deprovision');
    assert.deepEqual([answer.status, answer.text], [200, '{}']);
  }
  await provision(server);
  for (let i = 0; i < 3; i++) {
    assert.equal((await callAddress(server, 'deprovision')).status, 200);
    if (i === 1) await server.drain();
  }
  const events = await listEventTypes(server.server);
  assert.deepEqual(events, [
    'RENTED',
    'EMERGENCY_ADDRESS_PROVISIONED',
    'EMERGENCY_ADDRESS_DEPROVISIONED',
  ]);
});

testOnEachEngine('an address is validated without any effect', async (start) => {
  await using server = await start();
  await rent(server, {});
  const validate = (streetInfo: string) =>
    callAddress(server, 'validate', toAddressRequest({ streetInfo }));
  const nothing = toShownAddress(
    Object.fromEntries(Object.keys(toShownAddress()).map((field) => [field, ''])),
  );
  assert.deepEqual((await validate('Elm St')).json, {
    phoneNumber: NUMBER,
    displayName: 'Support line',
    validatedAddress: toShownAddress({ streetInfo: 'Elm St' }),
    validationResult: 'EXACT_MATCH',
    validationMessage: 'Address is a perfect match',
    correctedAddress: nothing,
    candidateAddresses: [],
  });
  const near = (await validate('near match st')).json;
  assert.equal(near.validationResult, 'NEAR_MATCH');
  assert.deepEqual(near.correctedAddress, toShownAddress({ streetInfo: 'Main St' }));
  assert.deepEqual(near.candidateAddresses, []);
  const several = (await validate('Several Matches St')).json;
  assert.equal(several.validationResult, 'NO_MATCH');
  assert.deepEqual(several.correctedAddress, nothing);
  assert.deepEqual(
    several.candidateAddresses,
    ['1', '2'].map((streetNumber) => toShownAddress({ streetNumber, streetInfo: 'Main St' })),
  );
  assert.deepEqual((await validate('No Match St')).json.candidateAddresses, []);
  assert.equal((await callAddress(server, 'get')).status, 404);
  assert.deepEqual(await listEventTypes(server.server), ['RENTED']);
});

testOnEachEngine(
  'only an address that is known as it is written is provisioned, and the error has the right one',
  async (start) => {
    await using server = await start();
    await rent(server, {});
    await provision(server);
    const refusal = async (streetInfo: string) => {
      const answer = await callAddress(server, 'provision', toAddressRequest({ streetInfo }));
      assert.equal(answer.status, 400, answer.text);
      return answer.json.error.message as string;
    };
    assert.match(await refusal('Near Match St'), /^address\.streetInfo: .*"Main St"/);
    assert.match(await refusal('Several Matches St'), /^address: is not known.*"1 Main St, Wash/);
    assert.match(
      await refusal('No Match St'),
      /^address: is not known \(Address is not known\)\.$/,
    );
    assert.match(await refusal('Refused St'), /^address: was refused by the platform/);
    await server.drain();
    assert.deepEqual(
      (await callAddress(server, 'get')).json,
      toShownAddress(),
      'what was there stays',
    );
    assert.equal((await listEventTypes(server.server)).length, 2);
  },
);

testOnEachEngine('without its platform nothing is validated or provisioned', async (start) => {
  await using server = await start();
  await rent(server, {});
  for (const verb of ['validate', 'provision'] as const) {
    const body = toAddressRequest({ streetInfo: 'Down St' });
    const answer = await callAddress(server, verb, body);
    assert.equal(answer.status, 503, answer.text);
    assert.equal(answer.json.error.status, 'UNAVAILABLE');
    assert.equal(
      answer.json.error.message,
      'The platform that keeps emergency addresses does not answer; try again.',
    );
    assert.ok(answer.headers.get('retry-after'));
  }
  await server.drain();
  assert.equal((await callAddress(server, 'get')).status, 404);
});

testOnEachEngine('a wrong address names every field that is wrong', async (start) => {
  await using server = await start();
  await rent(server, {});
  const fieldsOf = async (body: object) => {
    const answer = await callAddress(server, 'provision', body);
    assert.equal(answer.status, 400, answer.text);
    const [{ fieldViolations }] = answer.json.error.details;
    return (fieldViolations as { field: string }[]).map(({ field }) => field).toSorted();
  };
  assert.deepEqual(await fieldsOf({}), ['address', 'displayName']);
  const inner = ['city', 'postalCode', 'state', 'streetInfo', 'streetNumber'];
  assert.deepEqual(
    await fieldsOf({ displayName: 'x', address: {} }),
    inner.map((name) => `address.${name}`),
  );
  const { displayName, address } = toAddressRequest({ city: '', state: 'x'.repeat(129) });
  assert.deepEqual(await fieldsOf({ displayName: '', address }), [
    'address.city',
    'address.state',
    'displayName',
  ]);
  assert.deepEqual(await fieldsOf({ displayName, address: { ...address, location: 7 } }), [
    'address.city',
    'address.location',
    'address.state',
  ]);
  const { streetNumber: street_number, streetInfo, ...rest } = toAddressRequest().address;
  assert.deepEqual(await fieldsOf({ display_name: 'x', address: { ...rest, street_number } }), [
    'address.streetInfo',
  ]);
  const snake = { ...rest, street_number, street_info: streetInfo };
  await provision(server, { display_name: 'x', address: snake });
});

testOnEachEngine(
  'a number that lacks the feature says so as production does, whatever is asked',
  async (start) => {
    await using server = await start();
    await rent(server, {}, WITHOUT_FEATURE);
    for (const verb of ['get', 'provision', 'deprovision', 'validate'] as const) {
      const answer = await callAddress(server, verb, toAddressRequest(), WITHOUT_FEATURE);
      assert.equal(answer.status, 404);
      assert.deepEqual(answer.json, {
        error: {
          code: 404,
          message: 'Missing E911 feature',
          status: 'NOT_FOUND',
          details: [
            {
              type: 'ResourceInfo',
              resourceType: 'EmergencyAddress',
              resourceName: '',
              owner: '',
              description: 'Missing E911 feature',
            },
          ],
        },
      });
    }
  },
);

testOnEachEngine(
  'an address ends with the rental, and its text is in no table after that',
  async (start) => {
    await using server = await start();
    await rent(server, {});
    await provision(server, toAddressRequest({ streetInfo: 'Very Private Rd' }));
    assert.equal(await countRowsWith(server, 'Very Private Rd'), 1);
    const { expireAt } = await release(server);
    await advanceTo(server, expireAt, -1);
    assert.equal((await callAddress(server, 'get')).status, 200, 'it works as long as the number');
    await advanceTo(server, expireAt);
    assert.equal((await callAddress(server, 'get')).status, 404);
    assert.equal(await countRowsWith(server, 'Very Private Rd'), 0);
    const events = await listEventTypes(server.server);
    assert.deepEqual(events.slice(-4), [
      'RELEASED',
      'EMERGENCY_ADDRESS_DEPROVISIONED',
      'ENDED',
      'BACK_ON_SALE',
    ]);

    const path = `/availableNumbers/${NUMBER}:rent`;
    const rented = await server.call('POST', path, { project: OTHER_PROJECT });
    assert.equal(rented.status, 200, rented.text);
    const theirs = await server.call('GET', `/activeNumbers/${NUMBER}/emergencyAddress`, {
      project: OTHER_PROJECT,
    });
    assert.equal(theirs.status, 404);
    assert.equal(theirs.json.error.message, 'The number has no emergency address.');
  },
);

testOnEachEngine('what history says of an address is that there was one', async (start) => {
  await using server = await start();
  await rent(server, {}, numberAt(7));
  await provision(server, toAddressRequest({ streetInfo: 'Very Private Rd' }), numberAt(7));
  const details = await server.server.context.store.read((db) =>
    db.column<string>("SELECT details FROM event WHERE type LIKE 'EMERGENCY%'"),
  );
  assert.deepEqual(details, ['{}']);
});

/** Rows of the tables that could have an address. */
async function countRowsWith({ server }: TestServer, text: string): Promise<number> {
  const rows = await server.context.store.read(async (db) => [
    ...(await db.column<string | null>('SELECT address FROM emergency_address')),
    ...(await db.column<string>('SELECT details FROM event')),
    ...(await db.column<string>('SELECT steps FROM provisioning')),
    ...(await db.column<string>('SELECT body FROM delivery')),
  ]);
  return rows.filter((row) => row?.includes(text)).length;
}
