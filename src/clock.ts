import { addMilliseconds, type Timestamp, toTimestamp } from './domain/timestamp.ts';

/** The application's only source of time. The database's clock is never read. */
export interface Clock {
  now(): Timestamp;
}

export const systemClock: Clock = { now: () => toTimestamp(Temporal.Now.instant()) };

/** A clock that runs like its base and can be moved forward, never back: for sandboxes and tests. */
export class MovableClock implements Clock {
  readonly #base: Clock;
  #offsetMs: number;

  constructor(base: Clock = systemClock, offsetMs = 0) {
    this.#base = base;
    this.#offsetMs = offsetMs;
  }

  now(): Timestamp {
    const now = this.#base.now();
    return this.#offsetMs === 0 ? now : addMilliseconds(now, this.#offsetMs);
  }

  /** How far ahead of its base the clock is, in milliseconds. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  advance(milliseconds: number): void {
    if (milliseconds < 0) throw new RangeError('A clock never goes back.');
    this.#offsetMs += milliseconds;
  }

  /** Follows another process that moved the shared clock further. */
  advanceOffsetTo(offsetMs: number): void {
    if (offsetMs > this.#offsetMs) this.#offsetMs = offsetMs;
  }
}

/** A base that stands still, so that a test owns every microsecond. */
export function stoppedClock(at: string): Clock {
  const instant = toTimestamp(Temporal.Instant.from(at));
  return { now: () => instant };
}

/**
 * Tells the system's time as log lines have it, with milliseconds. A busy server writes several lines in one
 * millisecond, and their text is made once.
 */
export function millisecondTexts(): () => string {
  let lastMs = Number.NaN;
  let text = '';
  return () => {
    const nowMs = Date.now();
    if (nowMs !== lastMs) [lastMs, text] = [nowMs, new Date(nowMs).toISOString()];
    return text;
  };
}

/** For a library that wants a Date. */
export function toDate(at: Timestamp): Date {
  return new Date(Temporal.Instant.from(at).epochMilliseconds);
}
