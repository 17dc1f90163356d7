import type { Timestamp } from '../domain/timestamp.ts';

/** What could not be done is tried again after this long. */
export const SET_ASIDE_MS = 600_000;
/** More than these are no longer a few bad rows: then something is wrong with the whole work. */
const SET_ASIDE_MAX = 1000;

/** What a sweep could not do, so that it does the rest and comes back to these later. */
export class SetAside {
  /** Until when, by phone number, or by the id of an order. */
  readonly #until = new Map<string, Timestamp>();

  /** @returns false when there are too many. */
  add(key: string, until: Timestamp): boolean {
    this.#until.set(key, until);
    return this.#until.size <= SET_ASIDE_MAX;
  }

  has(key: string): boolean {
    return this.#until.has(key);
  }

  /** Lets go of those whose time is over. @returns those that are left. */
  list(now: Timestamp): string[] {
    for (const [key, until] of this.#until) if (until <= now) this.#until.delete(key);
    return [...this.#until.keys()];
  }
}
