import assert from 'node:assert/strict';

import type { E164 } from '../../src/domain/phone-number.ts';
import { findNumber } from '../../src/store/number.ts';
import type { Json } from './rentals.ts';
import { type CallOptions, OTHER_PROJECT, type TestServer } from './test-server.ts';

export const AS_OTHER: CallOptions = { project: OTHER_PROJECT };

/** Holds numbers, which must succeed. @returns the holds as the API shows them. */
export async function hold(
  server: TestServer,
  body: object,
  options: CallOptions = {},
): Promise<Json[]> {
  const answer = await server.call('POST', '/numberHolds', { ...options, body });
  assert.equal(answer.status, 200, answer.text);
  return answer.json.numberHolds;
}

export function holdNumber(
  server: TestServer,
  number: string,
  ttlSeconds?: number,
): Promise<Json[]> {
  return hold(server, { phoneNumbers: [number], ttlSeconds });
}

export function numbersOf(holds: readonly { phoneNumber: string }[]): string[] {
  return holds.map(({ phoneNumber }) => phoneNumber);
}

/** The numbers that a project holds, by the list of its API. */
export async function listHeld(server: TestServer, options: CallOptions = {}): Promise<string[]> {
  const answer = await server.call('GET', '/numberHolds?pageSize=1000', options);
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.json.totalSize, answer.json.numberHolds.length);
  return numbersOf(answer.json.numberHolds);
}

/** A number's state and its end, with those of its hold, which must be the same. */
export async function standingOf({ server }: TestServer, number: string): Promise<unknown[]> {
  return server.context.store.read(async (db) => {
    const found = await findNumber(db, number as E164);
    const held = await db.get<{ projectId: string; expireAt: string }>(
      'SELECT project_id AS "projectId", expire_at AS "expireAt" FROM hold WHERE e164 = ?',
      number,
    );
    assert.equal(held !== undefined, found?.state === 'HELD', number);
    if (held !== undefined) {
      assert.deepEqual(
        [held.projectId, held.expireAt],
        [found?.holderProjectId, found?.stateUntil],
      );
    }
    return [found?.state, found?.stateUntil];
  });
}
