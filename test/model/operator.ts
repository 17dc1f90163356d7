import { AccountCatalog } from '../../src/app/account-catalog.ts';
import { creditProject } from '../../src/app/change-account.ts';
import { followSharedClock } from '../../src/app/follow-shared-clock.ts';
import { LimitCatalog } from '../../src/app/limit-catalog.ts';
import { PoolCatalog } from '../../src/app/pool-catalog.ts';
import { recallNumber } from '../../src/app/recall-number.ts';
import { type Review, reviewNumberOrder } from '../../src/app/review-number-order.ts';
import { MovableClock } from '../../src/clock.ts';
import { loadNumberOrderConfig } from '../../src/config.ts';
import { formatAmount } from '../../src/domain/money.ts';
import type { E164 } from '../../src/domain/phone-number.ts';
import { DomainError } from '../../src/errors.ts';
import { createIds } from '../../src/ids.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { ORDER_ENVIRONMENT } from './order.ts';

const REVIEWER = { actor: 'operator', requestId: null };

/** The commands of `numberyard`, which work on the database beside a server, at the time of its sandbox. */
export class Operator implements AsyncDisposable {
  readonly store: Store;
  readonly #clock = new MovableClock();
  readonly #ids = createIds(this.#clock);

  private constructor(store: Store) {
    this.store = store;
  }

  static async open(databaseUrl: string): Promise<Operator> {
    return new Operator(await openStore(databaseUrl));
  }

  /** @param amountMinor in United States dollars. */
  async pay(projectId: string, amountMinor: number): Promise<void> {
    const payment = { amount: formatAmount(amountMinor, 'USD'), currencyCode: 'USD' };
    await creditProject(await this.#context(), projectId, { ...payment, reference: '' });
  }

  /** @returns why it is refused, as the type of the violation; `undefined` when it is not. */
  async recall(e164: string): Promise<string | undefined> {
    return refusalOf(recallNumber(await this.#context(), e164 as E164));
  }

  /** @returns why it is refused, as the type of the violation; `undefined` when it is not. */
  async review(orderId: string, review: Review): Promise<string | undefined> {
    const { store } = this;
    const context = {
      ...(await this.#context()),
      pools: new PoolCatalog(store),
      limits: new LimitCatalog(store),
      accounts: new AccountCatalog(store),
      config: { numberOrder: loadNumberOrderConfig(ORDER_ENVIRONMENT) },
    };
    return refusalOf(reviewNumberOrder(context, orderId, review, REVIEWER));
  }

  async #context() {
    await followSharedClock(this.store, this.#clock);
    return { store: this.store, clock: this.#clock, ids: this.#ids };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store[Symbol.asyncDispose]();
  }
}

async function refusalOf(act: Promise<unknown>): Promise<string | undefined> {
  try {
    await act;
    return undefined;
  } catch (error) {
    const detail = error instanceof DomainError ? error.details[0] : undefined;
    if (detail?.type !== 'PreconditionFailure') throw error;
    return detail.violations[0]?.type;
  }
}
