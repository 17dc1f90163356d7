/** What is left of a rate. */
export interface RateState {
  isAllowed: boolean;
  /** Whole requests that may follow at once. */
  remaining: number;
  /** Until the whole rate is free again. */
  resetMs: number;
}

/**
 * Lets through so many a second on average, and as many at once after a second of rest. Time is what the caller says, in
 * milliseconds, and never goes back.
 */
export class TokenBucket {
  readonly perSecond: number;
  #tokens: number;
  #atMs: number;

  constructor(perSecond: number, nowMs: number) {
    this.perSecond = perSecond;
    this.#tokens = perSecond;
    this.#atMs = nowMs;
  }

  take(nowMs: number): RateState {
    const gained = ((nowMs - this.#atMs) * this.perSecond) / 1000;
    this.#tokens = Math.min(this.perSecond, this.#tokens + gained);
    this.#atMs = nowMs;
    const isAllowed = this.#tokens >= 1;
    if (isAllowed) this.#tokens -= 1;
    return {
      isAllowed,
      remaining: Math.floor(this.#tokens),
      resetMs: ((this.perSecond - this.#tokens) * 1000) / this.perSecond,
    };
  }
}
