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

  /** Counts a request, if it is let through. */
  take(nowMs: number): RateState {
    const { isAllowed } = this.look(nowMs);
    if (isAllowed) this.#tokens -= 1;
    return { ...this.look(nowMs), isAllowed };
  }

  /** What a request would find, without counting it. */
  look(nowMs: number): RateState {
    const gained = ((nowMs - this.#atMs) * this.perSecond) / 1000;
    this.#tokens = Math.min(this.perSecond, this.#tokens + gained);
    this.#atMs = nowMs;
    return {
      isAllowed: this.#tokens >= 1,
      remaining: Math.floor(this.#tokens),
      resetMs: ((this.perSecond - this.#tokens) * 1000) / this.perSecond,
    };
  }
}
