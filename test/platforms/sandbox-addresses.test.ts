import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { stoppedClock } from '../../src/clock.ts';
import { type NamedAddress, toAddress } from '../../src/domain/emergency-address.ts';
import { PlatformUnavailableError } from '../../src/platforms/platform.ts';
import { createSandboxPlatform } from '../../src/platforms/sandbox.ts';
import { MAGIC_STREETS } from '../../src/platforms/sandbox-addresses.ts';

const clock = stoppedClock('2026-05-01T00:00:00Z');
const platform = createSandboxPlatform({ now: () => clock.now(), delayMs: 60_000 });

const REQUEST = {
  requestId: '01jw0000000000000000000000',
  projectId: 'p',
  phoneNumber: '+12125550100',
  requestedAt: clock.now(),
};

function inStreet(streetInfo: string): NamedAddress {
  const place = { streetNumber: '9', city: 'Reno', state: 'NV', postalCode: '89501' };
  return { displayName: 'x', address: toAddress({ ...place, location: 'B', streetInfo }) };
}

const validate = (street: string) => platform.validateAddress({ ...REQUEST, ...inStreet(street) });
const change = (wanted: NamedAddress | undefined) =>
  platform.changeAddress({ ...REQUEST, sequence: 1, wanted });

/** What a row of the table in docs/sandbox.md promises, in the words used there. */
async function assertBehavesAs(promise: string, street: string): Promise<void> {
  if (promise.startsWith('`NEAR_MATCH`')) {
    const { match, corrected, candidates } = await validate(street);
    assert.equal(match, 'NEAR_MATCH');
    assert.deepEqual(corrected, inStreet('Main St').address);
    assert.deepEqual(candidates, []);
  } else if (promise.startsWith('`NO_MATCH`')) {
    const { match, corrected, candidates } = await validate(street);
    assert.equal(match, 'NO_MATCH');
    assert.equal(corrected, undefined);
    const known = ['1', '2'].map((streetNumber) => ({
      ...inStreet('Main St').address,
      streetNumber,
      location: '',
    }));
    assert.deepEqual(candidates, promise.includes('two candidates') ? known : []);
  } else if (promise.startsWith('`EXACT_MATCH`')) {
    assert.equal((await validate(street)).match, 'EXACT_MATCH');
    const { outcome } = await change(inStreet(street));
    assert.equal(outcome, promise.includes('refused') ? 'REJECTED' : 'DONE');
  } else if (promise.startsWith('the platform cannot be reached')) {
    await assert.rejects(validate(street), PlatformUnavailableError);
    await assert.rejects(change(inStreet(street)), PlatformUnavailableError);
  } else {
    assert.fail(`The table promises something that no test knows: ${promise}`);
  }
}

test('every row of the table of streets in docs/sandbox.md tells what happens', async () => {
  const text = await readFile(new URL('../../docs/sandbox.md', import.meta.url), 'utf8');
  const rows = [...text.matchAll(/^\| `([A-Za-z ]+ St)` +\| ([^|]+?) +\|/gm)];
  assert.deepEqual(
    rows.map(([, street]) => street),
    Object.values(MAGIC_STREETS),
  );
  for (const [, street = '', promise = ''] of rows) {
    for (const written of [street, street.toUpperCase(), ` ${street} `]) {
      await assertBehavesAs(promise, written);
    }
  }
  assert.match(text, /^\| any other +\| `EXACT_MATCH`/m);
  for (const street of ['Elm St', 'No Match St 2', 'constructor', 'NEAR', 'Main St']) {
    await assertBehavesAs('`EXACT_MATCH`', street);
  }
});

test('taking an address away always succeeds', async () => {
  assert.deepEqual(await change(undefined), { outcome: 'DONE' });
});
