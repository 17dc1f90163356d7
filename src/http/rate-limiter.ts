import type { FastifyReply } from 'fastify';

import type { ProjectLimit } from '../domain/project-limit.ts';
import { type RateState, TokenBucket } from '../domain/token-bucket.ts';
import { DomainError } from '../errors.ts';
import type { Principal } from './auth.ts';

/** More callers at once begin anew, so that a flood of keys costs no memory. */
const BUCKETS_MAX = 20_000;

/** Counts the requests that a process takes for each project and key. */
export class RateLimiter {
  readonly #buckets = new Map<string, TokenBucket>();

  /**
   * Counts a request, and says in its answer what is left.
   * @throws DomainError RESOURCE_EXHAUSTED when there were too many.
   */
  count(principal: Principal, limits: readonly ProjectLimit[], reply: FastifyReply): void {
    let tightest: (RateState & { limit: ProjectLimit }) | undefined;
    for (const limit of limits) {
      if (limit.kind !== 'REQUESTS' && limit.kind !== 'KEY_REQUESTS') continue;
      const whose = limit.kind === 'REQUESTS' ? principal.projectId : principal.keyId;
      const state = this.#bucket(`${limit.kind} ${whose}`, limit.value).take(performance.now());
      if (tightest === undefined || state.remaining < tightest.remaining || !state.isAllowed) {
        tightest = { ...state, limit };
      }
      if (!state.isAllowed) break;
    }
    if (tightest === undefined) return;
    void reply
      .header('ratelimit-limit', tightest.limit.value)
      .header('ratelimit-remaining', tightest.remaining)
      .header('ratelimit-reset', Math.ceil(tightest.resetMs / 1000));
    if (!tightest.isAllowed) throw tooManyRequests(principal, tightest.limit);
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

function tooManyRequests(principal: Principal, { kind, value }: ProjectLimit): DomainError {
  const who = kind === 'REQUESTS' ? 'The project' : 'The key';
  const subject = kind === 'REQUESTS' ? principal.projectId : principal.keyId;
  const description = `${who} may make ${value} requests a second.`;
  return new DomainError('RESOURCE_EXHAUSTED', description, {
    details: [
      { type: 'QuotaFailure', violations: [{ subject, description, limit: String(value) }] },
    ],
  });
}
