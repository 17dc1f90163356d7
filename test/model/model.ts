import { periodStart } from '../../src/domain/billing-calendar.ts';
import type { NumberState } from '../../src/domain/number-state.ts';
import { addDays, type Timestamp } from '../../src/domain/timestamp.ts';

/** What all numbers of a pool share. */
export interface ModelPool {
  regionCode: string;
  setupMinor: number;
  monthlyMinor: number;
  intervalMonths: number;
  quarantineDays: number;
  /** The only project that may see it; `undefined`: all. */
  onlyFor?: string;
}

interface ModelRental {
  id: string;
  projectId: string;
  rentedAt: Timestamp;
  periods: number;
  expireAt: Timestamp | undefined;
  isLocked: boolean;
  pool: ModelPool;
}

/** One number, as it has to be. */
export interface ModelNumber {
  e164: string;
  pool: ModelPool;
  state: NumberState;
  holder: string | undefined;
  /** When a hold or a quarantine ends. */
  until: Timestamp | undefined;
  rental: ModelRental | undefined;
}

/** One line of the ledger, as text: `RENTAL KIND PERIOD AMOUNT`. */
export type ModelCharge = string;

/**
 * What the product has to be like, in memory and in a hundred lines. It has no time of its own: `advanceTo` does what
 * is due until then, in the order in which it falls due for each number.
 */
export class Model {
  readonly numbers: ModelNumber[];
  readonly charges: ModelCharge[] = [];
  /** In minor units, of the projects that pay in advance. */
  readonly balances = new Map<string, number>();

  constructor(stock: readonly { e164: string; pool: ModelPool }[]) {
    const inOrder = stock.toSorted((one, other) => (one.e164 < other.e164 ? -1 : 1));
    this.numbers = inOrder.map(({ e164, pool }) => ({
      e164,
      pool,
      state: 'AVAILABLE',
      holder: undefined,
      until: undefined,
      rental: undefined,
    }));
  }

  /** Whether this project could rent the number now. */
  canRent({ state, holder, pool }: ModelNumber, projectId: string): boolean {
    if (state === 'AVAILABLE') return pool.onlyFor === undefined || pool.onlyFor === projectId;
    return (state === 'HELD' || state === 'QUARANTINED') && holder === projectId;
  }

  onSale(projectId: string, regionCode: string): ModelNumber[] {
    return this.numbers.filter(
      (number) =>
        number.state === 'AVAILABLE' &&
        number.pool.regionCode === regionCode &&
        this.canRent(number, projectId),
    );
  }

  /** How many rents of this price the project's balance covers, one after the other. */
  affordable(projectId: string, pool: ModelPool): number {
    const balance = this.balances.get(projectId);
    return balance === undefined ? Infinity : Math.max(0, Math.floor(balance / costOf(pool)));
  }

  rentalOf(number: ModelNumber, projectId: string): ModelRental | undefined {
    return number.rental?.projectId === projectId ? number.rental : undefined;
  }

  rent(number: ModelNumber, projectId: string, id: string, rentedAt: Timestamp): void {
    const { pool } = number;
    const rental = {
      id,
      projectId,
      rentedAt,
      periods: 1,
      expireAt: undefined,
      isLocked: false,
      pool,
    };
    Object.assign(number, { state: 'ACTIVE', holder: projectId, until: undefined, rental });
    if (pool.setupMinor > 0) this.#charge(rental, 'SETUP 0', pool.setupMinor);
    this.#chargePeriod(rental, 0);
  }

  release(number: ModelNumber, rental: ModelRental): void {
    rental.expireAt = nextChargeAt(rental);
    number.state = 'RELEASING';
  }

  undoRelease(number: ModelNumber, rental: ModelRental): void {
    rental.expireAt = undefined;
    number.state = 'ACTIVE';
  }

  hold(number: ModelNumber, projectId: string, until: Timestamp): void {
    Object.assign(number, { state: 'HELD', holder: projectId, until });
  }

  free(number: ModelNumber): void {
    Object.assign(number, {
      state: 'AVAILABLE',
      holder: undefined,
      until: undefined,
      rental: undefined,
    });
  }

  /** Does everything that falls due until an instant, which is included. */
  advanceTo(now: Timestamp): void {
    for (const number of this.numbers) while (this.#step(number, now));
  }

  /** @returns whether something was due. */
  #step(number: ModelNumber, now: Timestamp): boolean {
    const { rental, pool, until } = number;
    switch (number.state) {
      case 'HELD':
      case 'QUARANTINED':
        if (until === undefined || until > now) return false;
        this.free(number);
        return true;
      case 'ACTIVE':
        if (rental === undefined || nextChargeAt(rental) > now) return false;
        this.#chargePeriod(rental, rental.periods++);
        return true;
      case 'RELEASING':
        if (rental?.expireAt === undefined || rental.expireAt > now) return false;
        number.rental = undefined;
        number.state = 'QUARANTINED';
        number.until = addDays(rental.expireAt, pool.quarantineDays);
        return true;
      case 'AVAILABLE':
      case 'RETIRED':
        return false;
    }
  }

  #chargePeriod(rental: ModelRental, period: number): void {
    const { monthlyMinor, intervalMonths } = rental.pool;
    this.#charge(rental, `PERIOD ${period}`, monthlyMinor * intervalMonths);
  }

  #charge({ id, projectId }: ModelRental, what: string, amountMinor: number): void {
    this.charges.push(`${id} ${what} ${amountMinor}`);
    const balance = this.balances.get(projectId);
    // Only rents need cover: a renewal may bring the balance below zero.
    if (balance !== undefined) this.balances.set(projectId, balance - amountMinor);
  }
}

/** What a rent costs at first. */
export function costOf({ setupMinor, monthlyMinor, intervalMonths }: ModelPool): number {
  return setupMinor + monthlyMinor * intervalMonths;
}

/** When a rental's next period begins. */
export function nextChargeAt({ rentedAt, periods, pool }: ModelRental): Timestamp {
  return periodStart(rentedAt, periods, pool.intervalMonths);
}
