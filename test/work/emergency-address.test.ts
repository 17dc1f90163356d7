import assert from 'node:assert/strict';

import {
  callAddress,
  provision,
  toAddressRequest,
  toShownAddress,
} from '../support/emergency-addresses.ts';
import { testOnEachEngine } from '../support/engines.ts';
import { findAnswer, findOperation, jsonOf } from '../support/openapi.ts';
import {
  answering,
  type OperatorPlatform,
  startOperatorPlatform,
} from '../support/operator-platform.ts';
import type { Responder } from '../support/recording-listener.ts';
import { startServerProcess } from '../support/server-process.ts';
import { advanceTo, listEventTypes, NUMBER, release, rent } from '../support/rentals.ts';
import {
  basicAuth,
  createStockedDatabase,
  OTHER_PROJECT,
  PROJECT,
  type TestServer,
} from '../support/test-server.ts';

const HOUR_MS = 3_600_000;
const DONE = answering({ status: 'DONE' });
const DOWN = answering({}, 503);

interface AddressPlatform {
  platform: OperatorPlatform;
  /** What it answers to changes from now on; it knows every address. */
  answerChangesWith(respond: Responder): void;
}

async function startAddressPlatform(): Promise<AddressPlatform & AsyncDisposable> {
  let respond = DONE;
  const known = answering({ status: 'EXACT_MATCH' });
  const platform = await startOperatorPlatform((request, response, earlier) => {
    const { action } = JSON.parse(request.body) as { action: string };
    (action === 'VALIDATE' ? known : respond)(request, response, earlier);
  });
  return {
    platform,
    answerChangesWith: (next) => (respond = next),
    [Symbol.asyncDispose]: () => platform[Symbol.asyncDispose](),
  };
}

interface AddressMessage {
  action: string;
  service: string;
  requestId: string;
  sequence?: number;
  projectId: string;
  address?: { streetNumber: string };
}

/** What the platform was asked about addresses, oldest first. */
function listMessages({ listener }: OperatorPlatform): AddressMessage[] {
  return listener.requests
    .map(({ body }) => JSON.parse(body) as AddressMessage)
    .filter(({ service }) => service === 'EMERGENCY_ADDRESS');
}

/** The same in short, such as `PROVISION 1600`. */
function listAsked(platform: OperatorPlatform): string[] {
  return listMessages(platform).map(({ action, address }) =>
    [action, address?.streetNumber].filter((part) => part !== undefined).join(' '),
  );
}

/** What the platform has, if it goes by the sequence as docs/platforms.md tells it to. */
function whatIsHeld(platform: OperatorPlatform): string | undefined {
  const changes = listMessages(platform).filter(({ sequence }) => sequence !== undefined);
  return changes.toSorted((a, b) => a.sequence! - b.sequence!).at(-1)?.address?.streetNumber;
}

const toAddress = (streetNumber: string) => toAddressRequest({ streetNumber });

testOnEachEngine(
  'an address is validated by the platform, and then provisioned there',
  async (start) => {
    await using given = await startAddressPlatform();
    const { platform } = given;
    await using server = await start(platform.environment);
    await rent(server, {});
    await provision(server, toAddress('1'));
    await provision(server, toAddress('2'));
    assert.equal((await callAddress(server, 'deprovision')).status, 200);
    assert.equal(listMessages(platform).length, 4, 'the answer does not wait for it');
    await server.drain();
    assert.deepEqual(listAsked(platform), [
      'VALIDATE 1',
      'PROVISION 1',
      'VALIDATE 2',
      'PROVISION 2',
      'DEPROVISION',
    ]);
    const messages = listMessages(platform);
    assert.deepEqual(
      messages.map(({ sequence }) => sequence),
      [undefined, 1, undefined, 2, 3],
    );
    assert.equal(new Set(messages.map(({ requestId }) => requestId)).size, 5);
    await server.advance(24 * HOUR_MS);
    assert.equal(listMessages(platform).length, 5, 'nothing is left to be done');
  },
);

testOnEachEngine('a platform that does not know of addresses provisions none', async (start) => {
  await using platform = await startOperatorPlatform();
  await using server = await start(platform.environment);
  await rent(server, {});
  for (const verb of ['validate', 'provision'] as const) {
    assert.equal((await callAddress(server, verb, toAddressRequest())).status, 503);
  }
  await server.drain();
  assert.deepEqual(listAsked(platform), ['VALIDATE 1600', 'VALIDATE 1600']);
  assert.equal((await callAddress(server, 'get')).status, 404);
});

testOnEachEngine(
  'when nobody knows whether an address was provisioned, the platform is told what the number has',
  async (start) => {
    await using given = await startAddressPlatform();
    const { platform } = given;
    await using server = await start(platform.environment);
    await rent(server, {});
    await provision(server, toAddress('1'));
    given.answerChangesWith(DOWN);
    const answer = await callAddress(server, 'provision', toAddress('2'));
    assert.equal(answer.status, 503, answer.text);
    const { operation } = findOperation('NumberService_ProvisionEmergencyAddress');
    const { examples } = jsonOf(findAnswer(operation, 503));
    assert.deepEqual(answer.json, examples?.['platform']?.value);
    await server.drain();
    assert.equal(whatIsHeld(platform), '1');
    assert.deepEqual(
      (await callAddress(server, 'get')).json,
      toShownAddress({ streetNumber: '1' }),
    );

    given.answerChangesWith(DONE);
    const asked = listMessages(platform).length;
    await server.advance(HOUR_MS);
    assert.deepEqual(listAsked(platform).slice(asked), ['PROVISION 1']);
    const [last, before] = listMessages(platform).toReversed();
    assert.equal(last?.requestId, before?.requestId, 'the same change, asked again');
    await server.advance(24 * HOUR_MS);
    assert.equal(listMessages(platform).length, asked + 1);

    await provision(server, toAddress('3'));
    assert.equal(whatIsHeld(platform), '3');
  },
);

testOnEachEngine('a refused address leaves the one before', async (start) => {
  await using given = await startAddressPlatform();
  const { platform } = given;
  await using server = await start(platform.environment);
  await rent(server, {});
  given.answerChangesWith(answering({ status: 'REJECTED', message: 'not on our map' }, 422));
  const answer = await callAddress(server, 'provision', toAddress('1'));
  assert.equal(answer.status, 400);
  assert.equal(answer.json.error.message, 'address: was refused by the platform (not on our map).');
  given.answerChangesWith(DONE);
  await server.drain();
  assert.equal(whatIsHeld(platform), undefined);
  assert.equal(listAsked(platform).at(-1), 'DEPROVISION');
  assert.deepEqual(await listEventTypes(server.server), ['RENTED']);
});

testOnEachEngine(
  'a server that is killed while it asks the platform leaves no address that the number does not show',
  async (_start, engine) => {
    await using database = await createStockedDatabase(engine);
    await using given = await startAddressPlatform();
    const { platform } = given;
    const path = `/activeNumbers/${NUMBER}/emergencyAddress`;
    {
      await using victim = await startServerProcess(database.url, platform.environment);
      assert.equal((await victim.fetch('POST', `/availableNumbers/${NUMBER}:rent`)).status, 200);
      given.answerChangesWith(() => void victim.stop('SIGKILL'));
      await assert.rejects(victim.fetch('POST', `${path}:provision`, toAddress('1')));
    }
    assert.equal(whatIsHeld(platform), '1');
    given.answerChangesWith(DONE);
    await using server = await startServerProcess(database.url, platform.environment);
    assert.equal((await server.fetch('GET', path)).status, 404);
    const moved = await fetch(`${server.url}/sandbox/clock:advance`, {
      method: 'POST',
      headers: { authorization: basicAuth(PROJECT) },
      body: '{"by":"PT5M"}',
    });
    assert.equal(moved.status, 200);
    assert.equal(whatIsHeld(platform), undefined);
    assert.equal(listAsked(platform).at(-1), 'DEPROVISION');
  },
);

testOnEachEngine(
  'a change that takes too long is given up, and does not count when it ends after all',
  async (start) => {
    await using given = await startAddressPlatform();
    const { platform } = given;
    await using server = await start(platform.environment);
    await rent(server, {});
    const { late, end } = await hangWhileAsking(server, given, toAddress('1'));
    assert.equal((await callAddress(server, 'get')).status, 404);
    await server.drain();
    assert.deepEqual(listAsked(platform).slice(-1), ['PROVISION 1'], 'it may still be asking');

    given.answerChangesWith(DONE);
    await server.advance(5 * 60_000);
    assert.deepEqual(listAsked(platform).slice(-1), ['DEPROVISION']);
    assert.equal(whatIsHeld(platform), undefined);
    end();
    assert.equal((await late).status, 409);
    assert.equal((await callAddress(server, 'get')).status, 404);
  },
);

testOnEachEngine(
  'of two changes at once one is refused, and shown is what is held',
  async (start) => {
    await using given = await startAddressPlatform();
    const { platform } = given;
    await using server = await start(platform.environment);
    await rent(server, {});
    const { late, end } = await hangWhileAsking(server, given, toAddress('1'));
    given.answerChangesWith(DONE);
    await provision(server, toAddress('2'));
    end();
    const answer = await late;
    assert.equal(answer.status, 409);
    const { operation } = findOperation('NumberService_ProvisionEmergencyAddress');
    assert.deepEqual(answer.json, jsonOf(findAnswer(operation, 409)).examples?.['another']?.value);
    await server.drain();
    assert.equal(whatIsHeld(platform), '2');
    assert.deepEqual(
      (await callAddress(server, 'get')).json,
      toShownAddress({ streetNumber: '2' }),
    );
  },
);

testOnEachEngine('a rental that ends while its address is provisioned has none', async (start) => {
  await using given = await startAddressPlatform();
  const { platform } = given;
  await using server = await start(platform.environment);
  await rent(server, {});
  const { expireAt } = await release(server);
  await advanceTo(server, expireAt, -1);
  const { late, end } = await hangWhileAsking(server, given, toAddress('1'));
  given.answerChangesWith(DONE);
  await advanceTo(server, expireAt);
  assert.equal(whatIsHeld(platform), undefined);
  end();
  assert.equal((await late).status, 404);
  await server.drain();
  assert.equal(whatIsHeld(platform), undefined);
});

testOnEachEngine(
  'a number is not on sale before its platform has left the address of its last holder',
  async (start) => {
    await using given = await startAddressPlatform();
    const { platform } = given;
    await using server = await start(platform.environment);
    await rent(server, {});
    await provision(server);
    const { expireAt } = await release(server);
    given.answerChangesWith(DOWN);
    await advanceTo(server, expireAt);
    for (let hour = 0; hour < 50; hour++) await server.advance(HOUR_MS);
    assert.equal(await statusForOther(server), 404, 'the platform still has the address');
    assert.equal((await callAddress(server, 'get')).status, 404);

    given.answerChangesWith(DONE);
    await server.advance(HOUR_MS);
    assert.equal(listAsked(platform).at(-1), 'DEPROVISION');
    assert.equal(await statusForOther(server), 200);
    const asked = listMessages(platform).length;
    await server.advance(24 * HOUR_MS);
    assert.equal(listMessages(platform).length, asked);
  },
);

for (const [told, refusing] of [
  ['whose gateway refuses everything', answering({ error: 'unknown signature' }, 401)],
  ['that refuses to leave an address', answering({ status: 'REJECTED', message: 'locked' })],
] as const) {
  testOnEachEngine(`a platform ${told} keeps the number from being sold`, async (start) => {
    await using given = await startAddressPlatform();
    const { platform } = given;
    await using server = await start(platform.environment);
    await rent(server, {});
    await provision(server, toAddress('1'));
    const { expireAt } = await release(server);
    given.answerChangesWith(refusing);
    await advanceTo(server, expireAt);
    for (let hour = 0; hour < 50; hour++) await server.advance(HOUR_MS);
    assert.equal(await statusForOther(server), 404, 'the platform still has the address');
    assert.ok(listAsked(platform).filter((asked) => asked === 'DEPROVISION').length > 40);

    given.answerChangesWith(DONE);
    await server.advance(HOUR_MS);
    assert.equal(whatIsHeld(platform), undefined);
    assert.equal(await statusForOther(server), 200);
  });
}

testOnEachEngine(
  'what is refused about an address is asked again as a new change',
  async (start) => {
    await using given = await startAddressPlatform();
    const { platform } = given;
    await using server = await start(platform.environment);
    await rent(server, {});
    await provision(server, toAddress('1'));
    given.answerChangesWith(answering({ status: 'REJECTED' }, 422));
    assert.equal((await callAddress(server, 'deprovision')).status, 200);
    await server.drain();
    given.answerChangesWith(DONE);
    await server.advance(HOUR_MS);
    const [again, refused] = listMessages(platform).toReversed();
    assert.deepEqual([refused?.action, again?.action], ['DEPROVISION', 'DEPROVISION']);
    assert.notEqual(again?.requestId, refused?.requestId);
    const asked = listMessages(platform).length;
    await server.advance(24 * HOUR_MS);
    assert.equal(listMessages(platform).length, asked, 'it was left');
  },
);

testOnEachEngine('a gateway that refuses an address is no word of the platform', async (start) => {
  await using given = await startAddressPlatform();
  await using server = await start(given.platform.environment);
  await rent(server, {});
  given.answerChangesWith(answering({}, 401));
  assert.equal((await callAddress(server, 'provision', toAddress('1'))).status, 503);
});

testOnEachEngine(
  'the next holder has changes of a greater sequence, and an address of its own',
  async (start) => {
    await using given = await startAddressPlatform();
    const { platform } = given;
    await using server = await start(platform.environment);
    await rent(server, {});
    await provision(server, toAddress('1'));
    const { expireAt } = await release(server);
    await advanceTo(server, expireAt);
    const project = OTHER_PROJECT;
    const path = `/activeNumbers/${NUMBER}/emergencyAddress`;
    await server.call('POST', `/availableNumbers/${NUMBER}:rent`, { project });
    const body = toAddress('2');
    const answer = await server.call('POST', `${path}:provision`, { project, body });
    assert.equal(answer.status, 200, answer.text);
    const messages = listMessages(platform).filter(({ sequence }) => sequence !== undefined);
    assert.deepEqual(
      messages.map(({ action, sequence, projectId }) => [action, sequence, projectId]),
      [
        ['PROVISION', 1, 'project-one'],
        ['DEPROVISION', 2, 'project-one'],
        ['PROVISION', 3, 'project-two'],
      ],
    );
  },
);

/** A request that has asked the platform for a change, which is not answered before `end` is called. */
async function hangWhileAsking(server: TestServer, given: AddressPlatform, body: object) {
  const asked = Promise.withResolvers<void>();
  const { promise: mayAnswer, resolve: end } = Promise.withResolvers<void>();
  given.answerChangesWith((...exchange) => {
    asked.resolve();
    void mayAnswer.then(() => DONE(...exchange));
  });
  const late = callAddress(server, 'provision', body);
  await asked.promise;
  return { late, end };
}

async function statusForOther(server: TestServer): Promise<number> {
  const options = { project: OTHER_PROJECT };
  return (await server.call('GET', `/availableNumbers/${NUMBER}`, options)).status;
}
