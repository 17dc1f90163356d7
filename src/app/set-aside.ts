import type { Timestamp } from '../domain/timestamp.ts';

/** More than these are no longer a few bad rows: then something is wrong with the whole work. */
const SET_ASIDE_MAX = 1000;

/** What a sweep could not do, so that it does the rest and comes back to these later. */
export class SetAside {
  /** Until when, by id. */
  readonly #until = new Map<string, Timestamp>();

  /** @returns false when there are too many. */
  add(id: string, until: Timestamp): boolean {
    this.#until.set(id, until);
    return this.#until.size <= SET_ASIDE_MAX;
  }

  has(id: string): boolean {
    return this.#until.has(id);
  }

  /** Lets go of those whose time is over. @returns how many are left. */
  count(now: Timestamp): number {
    for (const [id, until] of this.#until) if (until <= now) this.#until.delete(id);
    return this.#until.size;
  }
}
