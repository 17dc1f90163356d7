import type { NumberState } from '../../src/domain/number-state.ts';
import type { NumberType } from '../../src/domain/pool.ts';
import {
  type ProvisioningKind,
  type SmsLink,
  UNLINKED_SMS,
  UNLINKED_VOICE,
  type VoiceLink,
} from '../../src/domain/provisioning.ts';
import { addDays, type Timestamp } from '../../src/domain/timestamp.ts';
import { nextChargeAt } from './next-charge.ts';
import { collect, type ModelDunning, renew, suspend } from './dunning.ts';
import { expireOrders, type ModelOrder } from './order.ts';

/** What all numbers of a pool share. */
export interface ModelPool {
  regionCode: string;
  type: NumberType;
  hasSms: boolean;
  hasEmergencyAddresses: boolean;
  setupMinor: number;
  monthlyMinor: number;
  intervalMonths: number;
  quarantineDays: number;
  /** The only project that may see it; `undefined`: all. */
  onlyFor?: string;
}

/** What a rental is connected to. */
export interface ModelLinks {
  sms: SmsLink;
  voice: VoiceLink;
}

export interface ModelRental {
  id: string;
  projectId: string;
  rentedAt: Timestamp;
  periods: number;
  expireAt: Timestamp | undefined;
  isLocked: boolean;
  hasAddress: boolean;
  links: ModelLinks;
  /** The sides whose last change has failed, which the number shows until the next one. */
  failed: Set<ProvisioningKind>;
  /** Only while it is unpaid. */
  dunning: ModelDunning | undefined;
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
  /** The number order that it is held for. */
  order: ModelOrder | undefined;
  rental: ModelRental | undefined;
  /** The last rental, be it the current one or an ended one. */
  lastRental: ModelRental | undefined;
}

/** How a rental begins, as far as the model does not know it by itself. */
export interface NewRental {
  id: string;
  rentedAt: Timestamp;
  links?: Partial<ModelLinks> | undefined;
  isLocked?: boolean;
  /** Where the prices are others than those of the day. */
  pool?: ModelPool;
}

/** One line of the ledger, as text: `RENTAL KIND PERIOD AMOUNT`. */
export type ModelCharge = string;

/**
 * What the product has to be like, in memory and in a few lines. It has no time of its own: `advanceTo` does what
 * is due until then, in the order in which it falls due for each number.
 */
export class Model {
  readonly numbers: ModelNumber[];
  readonly orders: ModelOrder[] = [];
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
      order: undefined,
      rental: undefined,
      lastRental: undefined,
    }));
  }

  /** Whether this project could rent the number now. */
  canRent(number: ModelNumber, projectId: string): boolean {
    const { state, holder, pool } = number;
    if (state === 'AVAILABLE') return pool.onlyFor === undefined || pool.onlyFor === projectId;
    return this.isHeldBy(number, projectId) || (state === 'QUARANTINED' && holder === projectId);
  }

  /** Whether the project itself holds the number, and not one of its orders. */
  isHeldBy({ state, holder, order }: ModelNumber, projectId: string): boolean {
    return state === 'HELD' && holder === projectId && order === undefined;
  }

  /** @param regionCode of those; `undefined`: in all regions. */
  onSale(projectId: string, regionCode?: string): ModelNumber[] {
    return this.numbers.filter(
      (number) =>
        number.state === 'AVAILABLE' &&
        (regionCode === undefined || number.pool.regionCode === regionCode) &&
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

  rent(
    number: ModelNumber,
    projectId: string,
    { id, rentedAt, links = {}, isLocked = false, pool = number.pool }: NewRental,
  ): void {
    const rental: ModelRental = {
      id,
      projectId,
      rentedAt,
      periods: 0,
      expireAt: undefined,
      isLocked,
      hasAddress: false,
      links: { sms: UNLINKED_SMS, voice: UNLINKED_VOICE, ...links },
      failed: new Set(),
      dunning: undefined,
      pool,
    };
    Object.assign(number, {
      state: 'ACTIVE',
      holder: projectId,
      until: undefined,
      order: undefined,
      rental,
      lastRental: rental,
    });
    if (pool.setupMinor > 0) this.#charge(rental, 'SETUP 0', pool.setupMinor);
    this.chargePeriod(rental);
  }

  release(number: ModelNumber, rental: ModelRental): void {
    rental.expireAt = nextChargeAt(rental);
    rental.failed.clear();
    number.state = 'RELEASING';
  }

  undoRelease(number: ModelNumber, rental: ModelRental): void {
    rental.expireAt = undefined;
    number.state = 'ACTIVE';
  }

  hold(number: ModelNumber, projectId: string, until: Timestamp, order?: ModelOrder): void {
    Object.assign(number, { state: 'HELD', holder: projectId, until, order });
  }

  free(number: ModelNumber): void {
    Object.assign(number, {
      state: 'AVAILABLE',
      holder: undefined,
      until: undefined,
      order: undefined,
      rental: undefined,
    });
  }

  /** Does everything that falls due until an instant, which is included. */
  advanceTo(now: Timestamp): void {
    expireOrders(this.orders, now);
    // One period of each in a round, because they are paid from the same balance.
    do suspend(this, now);
    while (renew(this, now) || collect(this, now));
    for (const number of this.numbers) while (this.#step(number, now));
  }

  /** Whether the balance covers the next period; who has none pays afterwards. */
  covers({ projectId, pool }: ModelRental): boolean {
    return periodPrice(pool) <= (this.balances.get(projectId) ?? Infinity);
  }

  /** The next period that has not been charged. */
  chargePeriod(rental: ModelRental): void {
    this.#charge(rental, `PERIOD ${rental.periods++}`, periodPrice(rental.pool));
  }

  /** Of an unpaid one, at the instant that the server told. */
  releaseUnpaid(rental: ModelRental, now: Timestamp): void {
    rental.dunning = undefined;
    rental.expireAt = now;
    rental.failed.clear();
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
      case 'RELEASING':
        if (rental?.expireAt === undefined || rental.expireAt > now) return false;
        number.rental = undefined;
        number.state = 'QUARANTINED';
        number.until = addDays(rental.expireAt, pool.quarantineDays);
        return true;
      case 'AVAILABLE':
      case 'ACTIVE':
      case 'RETIRED':
        return false;
    }
  }

  #charge({ id, projectId }: ModelRental, what: string, amountMinor: number): void {
    this.charges.push(`${id} ${what} ${amountMinor}`);
    const balance = this.balances.get(projectId);
    if (balance !== undefined) this.balances.set(projectId, balance - amountMinor);
  }
}

/** What a rent costs at first. */
export function costOf(pool: ModelPool): number {
  return pool.setupMinor + periodPrice(pool);
}

function periodPrice({ monthlyMinor, intervalMonths }: ModelPool): number {
  return monthlyMinor * intervalMonths;
}
