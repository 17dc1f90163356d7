import type { E164 } from '../domain/phone-number.ts';
import type { Timestamp } from '../domain/timestamp.ts';

/** More than these are no longer a few bad rows: then something is wrong with the whole work. */
const SET_ASIDE_MAX = 1000;

/** What a sweep could not do, so that it does the rest and comes back to these later. */
export class SetAside {
  /** Until when, by phone number. */
  readonly #until = new Map<E164, Timestamp>();

  /** @returns false when there are too many. */
  add(e164: E164, until: Timestamp): boolean {
    this.#until.set(e164, until);
    return this.#until.size <= SET_ASIDE_MAX;
  }

  has(e164: E164): boolean {
    return this.#until.has(e164);
  }

  /** Lets go of those whose time is over. @returns how many are left. */
  count(now: Timestamp): number {
    for (const [e164, until] of this.#until) if (until <= now) this.#until.delete(e164);
    return this.#until.size;
  }
}
