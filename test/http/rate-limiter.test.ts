import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { FastifyReply } from 'fastify';

import type { ProjectId } from '../../src/domain/project-id.ts';
import { RateLimiter } from '../../src/http/rate-limiter.ts';
import { PROJECT, TEST_START } from '../support/test-server.ts';
import type { Timestamp } from '../../src/domain/timestamp.ts';

const PRINCIPAL = { projectId: PROJECT.id as ProjectId, keyId: 'key' };
const OTHER_KEY = { ...PRINCIPAL, keyId: 'other' };
const PROJECT_RATE = { kind: 'REQUESTS', currencyCode: '', value: 3 } as const;
const KEY_RATE = { kind: 'KEY_REQUESTS', currencyCode: '', value: 5 } as const;

test("what the project's rate refuses is not counted for the key, and the other way round", () => {
  for (const [tight, wide, subject] of [
    [PROJECT_RATE, KEY_RATE, PROJECT.id],
    [{ ...KEY_RATE, value: 3 }, { ...PROJECT_RATE, value: 5 }, 'key'],
  ] as const) {
    const limiter = new RateLimiter();
    for (let i = 0; i < 3; i++) count(limiter, [tight, wide]);
    for (let i = 0; i < 20; i++) {
      assert.throws(
        () => count(limiter, [tight, wide]),
        (error: { details: { violations: { type: string; subject: string }[] }[] }) => {
          const [violation] = error.details[0]!.violations;
          assert.deepEqual([violation?.type, violation?.subject], [`${tight.kind}_LIMIT`, subject]);
          return true;
        },
      );
    }
    // Of the five of the other rate two are left.
    const headers = count(limiter, [wide]);
    assert.equal(headers.get('ratelimit-remaining'), 1);
  }
});

test('of two rates the one that is nearer to its end is told', () => {
  const limiter = new RateLimiter();
  const first = count(limiter, [KEY_RATE, PROJECT_RATE]);
  assert.deepEqual([first.get('ratelimit-limit'), first.get('ratelimit-remaining')], [3, 2]);
  const other = count(limiter, [KEY_RATE, PROJECT_RATE], OTHER_KEY);
  assert.deepEqual([other.get('ratelimit-limit'), other.get('ratelimit-remaining')], [3, 1]);
});

/** @returns the headers that the answer gets. */
function count(
  limiter: RateLimiter,
  limits: Parameters<RateLimiter['count']>[1],
  principal = PRINCIPAL,
): Map<string, unknown> {
  const headers = new Map<string, unknown>();
  const reply = {
    header(name: string, value: unknown) {
      headers.set(name, value);
      return reply;
    },
  };
  limiter.count(principal, limits, reply as unknown as FastifyReply, TEST_START as Timestamp);
  return headers;
}
