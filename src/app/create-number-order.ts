import type { Context } from '../context.ts';
import type { E164 } from '../domain/phone-number.ts';
import type { NumberType } from '../domain/pool.ts';
import { addMilliseconds } from '../domain/timestamp.ts';
import { DomainError, invalidField } from '../errors.ts';
import { findHold } from '../store/hold.ts';
import { lockNumberFor } from '../store/number.ts';
import {
  insertNumberOrder,
  insertNumberOrderNumber,
  type NumberOrder,
} from '../store/number-order.ts';
import type { Writer } from '../store/store.ts';
import type { Caller } from './caller.ts';
import { endHold } from './end-hold.ts';
import type { WantedNumbers } from './find-rent-candidates.ts';
import type { NumberOrderView } from './get-number-order.ts';
import { findHoldCandidates, OthersWereFaster, SEARCHES_MAX } from './hold-matching-numbers.ts';
import { type HeldNumber, holdInWrite } from './hold-numbers.ts';
import { assertWithinOrdersLimit } from './order-holds.ts';
import type { Pools } from './pool-catalog.ts';
import {
  assertCampaignFits,
  assertCapable,
  numberNotAvailable,
  type RentRequest,
} from './rent-number.ts';
import type { RentStanding } from './rent-standing.ts';
import { narrowToRentable } from './rentable-pools.ts';

/** What is ordered: one number by name, or so many that match. */
export interface NumberOrderRequest {
  regionCode: string;
  numberType: NumberType;
  numbers: E164 | (WantedNumbers & { quantity: number });
  request: RentRequest;
}

/** What the project may have and spend is looked at when the numbers are rented. */
const NO_STANDING: RentStanding = { limits: [], accounts: [], numberOrdersRequired: false };

/**
 * Makes an order and sets its numbers aside for it, all of them or none.
 * @throws DomainError NOT_FOUND when they are not available, INVALID_ARGUMENT when they are not what the order says,
 * FAILED_PRECONDITION when the project's orders have too many, UNAVAILABLE when others were always faster.
 */
export async function createNumberOrder(
  context: Context,
  caller: Caller,
  asked: NumberOrderRequest,
): Promise<NumberOrderView> {
  const { numbers } = asked;
  if (typeof numbers === 'string') {
    const view = await tryOrder(context, caller, asked, [numbers], 1);
    if (view === undefined) throw numberNotAvailable(numbers);
    return view;
  }
  const { projectId } = caller;
  for (let search = 0; search < SEARCHES_MAX; search++) {
    const { criteria } = await narrowToRentable(
      context,
      projectId,
      numbers.criteria,
      asked.request,
      NO_STANDING,
    );
    const wanted = { ...numbers, criteria };
    for (const candidates of await findHoldCandidates(context, caller, wanted)) {
      const view = await tryOrder(context, caller, asked, candidates, numbers.quantity);
      if (view !== undefined) return view;
    }
  }
  throw new DomainError('UNAVAILABLE', 'Others took matching numbers first; try again.');
}

/** @returns `undefined`, with nothing written, when too few of the candidates are left. */
async function tryOrder(
  context: Context,
  caller: Caller,
  asked: NumberOrderRequest,
  candidates: readonly E164[],
  quantity: number,
): Promise<NumberOrderView | undefined> {
  const pools = await context.pools.current();
  try {
    return await context.store.write(async (db) => {
      const { order, expireAt } = toOrder(context, caller, asked);
      await releaseOwnHold(context, db, caller, asked);
      const held = await holdFor(context, db, pools, caller, candidates, {
        terms: { expireAt, orderId: order.id },
        quantity,
      });
      for (const number of held) assertFits(asked, number);
      await assertWithinOrdersLimit(context, db, order, held.length);
      await insertNumberOrder(db, order);
      for (const number of held) await insertNumberOrderNumber(db, order.id, number);
      return { order, numbers: held };
    });
  } catch (error) {
    if (error instanceof OthersWereFaster) return undefined;
    throw error;
  }
}

async function holdFor(
  context: Context,
  db: Writer,
  pools: Pools,
  caller: Caller,
  candidates: readonly E164[],
  { terms, quantity }: { terms: Parameters<typeof holdInWrite>[5]; quantity: number },
): Promise<HeldNumber[]> {
  const { taken } = await holdInWrite(context, db, pools, caller, candidates, terms, quantity);
  if (taken.length < quantity) throw new OthersWereFaster();
  return taken;
}

/** What the project has set aside itself goes over to its order. */
async function releaseOwnHold(
  context: Context,
  db: Writer,
  caller: Caller,
  { numbers }: NumberOrderRequest,
): Promise<void> {
  if (typeof numbers !== 'string') return;
  if (!(await lockNumberFor(db, caller.projectId, numbers, context.clock.now()))) return;
  const now = context.clock.now();
  const hold = await findHold(db, caller.projectId, numbers, now);
  if (hold === undefined || hold.orderId !== null) return;
  await endHold(context, db, hold, 'HOLD_RELEASED', caller, now);
}

/** What the approval would refuse is refused now. @throws DomainError INVALID_ARGUMENT */
function assertFits(asked: NumberOrderRequest, { e164, pool }: HeldNumber): void {
  if (pool.regionCode !== asked.regionCode || pool.type !== asked.numberType) {
    throw invalidField(
      'numberOrderOption.phoneNumbers',
      `${e164} is ${pool.regionCode} ${pool.type}, not ${asked.regionCode} ${asked.numberType}.`,
    );
  }
  assertCapable(asked.request, pool);
  if (asked.request.sms !== undefined) assertCampaignFits(asked.request.sms.campaignId, pool);
}

function toOrder(context: Context, caller: Caller, asked: NumberOrderRequest) {
  const now = context.clock.now();
  const expireAt = addMilliseconds(now, context.config.numberOrder.ttlMs);
  const order: NumberOrder = {
    id: context.ids.ulid(),
    projectId: caller.projectId,
    state: 'CREATED',
    regionCode: asked.regionCode,
    numberType: asked.numberType,
    request: JSON.stringify(asked.request),
    registration: null,
    actor: caller.actor,
    requestId: caller.requestId,
    createdAt: now,
    updatedAt: now,
    expireAt,
    reviewAt: null,
    dataKeptSince: null,
    dataDeletedAt: null,
  };
  return { order, expireAt };
}
