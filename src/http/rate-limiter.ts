import type { FastifyReply } from 'fastify';

import type { ProjectLimit } from '../domain/project-limit.ts';
import { addMilliseconds, type Timestamp } from '../domain/timestamp.ts';
import { type RateState, TokenBucket } from '../domain/token-bucket.ts';
import { DomainError } from '../errors.ts';
import type { Principal } from './auth.ts';

/** More callers at once begin anew, so that a flood of keys costs no memory. */
const BUCKETS_MAX = 20_000;

/** Counts the requests that a process takes for each project and key. */
export class RateLimiter {
  readonly #buckets = new Map<string, TokenBucket>();

  /**
   * Counts a request, and says in its answer what is left of the tightest rate.
   * @param now by the server's clock, which is not the one that rates are measured with.
   * @throws DomainError RESOURCE_EXHAUSTED when there were too many.
   */
  count(
    principal: Principal,
    limits: readonly ProjectLimit[],
    reply: FastifyReply,
    now: Timestamp,
  ): void {
    const rates = limits.filter(isRate).map((limit) => {
      const subject = limit.kind === 'REQUESTS' ? principal.projectId : principal.keyId;
      return { subject, limit, bucket: this.#bucket(`${limit.kind} ${subject}`, limit.value) };
    });
    const nowMs = performance.now();
    const refusing = rates.find(({ bucket }) => !bucket.look(nowMs).isAllowed);
    // What one refuses the other does not count.
    const states = rates.map((rate) => ({
      ...rate,
      ...(refusing === undefined ? rate.bucket.take(nowMs) : rate.bucket.look(nowMs)),
    }));
    const [tightest] = states
      .filter(({ isAllowed }) => refusing === undefined || !isAllowed)
      .toSorted((a, b) => a.remaining - b.remaining);
    if (tightest === undefined) return;
    void reply
      .header('ratelimit-limit', tightest.limit.value)
      .header('ratelimit-remaining', tightest.remaining)
      .header('ratelimit-reset', Math.ceil(tightest.resetMs / 1000));
    if (refusing !== undefined) throw tooManyRequests(tightest, now);
  }

  #bucket(name: string, perSecond: number): TokenBucket {
    const known = this.#buckets.get(name);
    // The operator has changed the rate.
    if (known?.perSecond === perSecond) return known;
    if (this.#buckets.size >= BUCKETS_MAX) this.#buckets.clear();
    const bucket = new TokenBucket(perSecond, performance.now());
    this.#buckets.set(name, bucket);
    return bucket;
  }
}

type Rate = ProjectLimit & { kind: 'REQUESTS' | 'KEY_REQUESTS' };

function isRate(limit: ProjectLimit): limit is Rate {
  return limit.kind === 'REQUESTS' || limit.kind === 'KEY_REQUESTS';
}

function tooManyRequests(
  { limit, subject, resetMs }: RateState & { limit: Rate; subject: string },
  now: Timestamp,
): DomainError {
  const who = limit.kind === 'REQUESTS' ? 'The project' : 'The key';
  const description = `${who} may make ${limit.value} requests a second.`;
  const violation = {
    type: `${limit.kind}_LIMIT` as const,
    subject,
    description,
    limit: String(limit.value),
    resetTime: addMilliseconds(now, Math.ceil(resetMs)),
  };
  return new DomainError('RESOURCE_EXHAUSTED', description, {
    details: [{ type: 'QuotaFailure', violations: [violation] }],
  });
}
