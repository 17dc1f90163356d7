import type { Context } from '../context.ts';
import type { E164 } from '../domain/phone-number.ts';
import { nextCount, toFinalState } from '../domain/rent-order.ts';
import { DomainError, resourceNotFound } from '../errors.ts';
import {
  cancelOpenNumbers,
  insertRentOrderNumbers,
  listPendingNumbers,
  type RentOrder,
  settleRentOrderNumber,
  updateRentOrder,
} from '../store/rent-order.ts';
import type { Writer } from '../store/store.ts';
import { orderCallback } from './order-callback.ts';
import type { RentRequest } from './rent-number.ts';
import { rentAll, rentEach, type RentOutcome, type RentTerms } from './rent-order-numbers.ts';
import { readStanding } from './rent-standing.ts';
import { judgePools } from './rentable-pools.ts';
import type { PoolCriteria } from './search-available-numbers.ts';

/** When others were faster so often in a row, the last numbers are fought over, and the order ends. */
export const VAIN_TRIES_MAX = 25;

/** Sets of numbers that an order which names none may take: the first one that it gets. */
export type Candidates = readonly (readonly E164[])[];

/**
 * Goes on with an order, in a write that has its lock: rents its next numbers, and ends it when there are no more.
 * @param candidates what was found for an order that searches its numbers; `undefined` for one that names them.
 */
export async function settleRentOrder(
  context: Context,
  db: Writer,
  order: RentOrder,
  terms: RentTerms,
  candidates: Candidates | undefined,
): Promise<RentOrder> {
  const progress =
    candidates === undefined
      ? await rentNamed(context, db, order, terms)
      : await rentFound(context, db, order, terms, candidates);
  const now = context.clock.now();
  if (!progress.isOver) {
    const next = { ...order, ...progress.counts, updatedAt: now };
    await updateRentOrder(db, next);
    return next;
  }
  const state = toFinalState(progress.counts.rentedCount, order.quantity);
  const error = progress.error === undefined ? null : toErrorText(progress.error);
  return endRentOrder(context, db, { ...order, ...progress.counts, state, error });
}

/** Writes that an order is over, and tells of it. */
export async function endRentOrder(
  context: Context,
  db: Writer,
  order: RentOrder,
): Promise<RentOrder> {
  const now = context.clock.now();
  const ended = { ...order, reservedCount: 0, updatedAt: now, endedAt: now };
  await updateRentOrder(db, ended);
  await cancelOpenNumbers(db, order.id);
  const { callbackUrl = '' } = JSON.parse(order.request) as RentRequest;
  if (callbackUrl === '') return ended;
  await orderCallback(context, db, callbackUrl, {
    eventId: context.ids.ulid(),
    at: now,
    projectId: order.projectId,
    resourceId: order.id,
    resourceType: 'RENT_ORDER',
    eventType: 'RENT_ORDER_PROCESSING',
    status: ended.state,
    failureCode: null,
    internalFailureCode: null,
  });
  return ended;
}

interface Progress {
  counts: Pick<RentOrder, 'rentedCount' | 'failedCount' | 'vainTries'>;
  isOver: boolean;
  error?: DomainError | undefined;
}

async function rentNamed(
  context: Context,
  db: Writer,
  order: RentOrder,
  terms: RentTerms,
): Promise<Progress> {
  const e164s = await listPendingNumbers(db, order.id, nextCount(order));
  const { isComplete, outcomes } = order.allOrNothing
    ? await rentAll(context, db, terms, e164s)
    : { isComplete: true, outcomes: await rentEach(context, db, terms, e164s) };
  for (const { e164, error } of outcomes) {
    // Of an order that gets nothing, the numbers that could be had wait for the end, and are cancelled then.
    if (error === undefined && !isComplete) continue;
    const state = error === undefined ? 'RENTED' : 'FAILED';
    const errorText = error === undefined ? null : toErrorText(error);
    await settleRentOrderNumber(db, order.id, { e164, state, error: errorText });
  }
  const failed = outcomes.filter(({ error }) => error !== undefined).length;
  const rented = isComplete ? outcomes.length - failed : 0;
  const counts = {
    rentedCount: order.rentedCount + rented,
    failedCount: order.failedCount + failed,
    vainTries: 0,
  };
  return {
    counts,
    isOver: counts.rentedCount + counts.failedCount === order.quantity || !isComplete,
  };
}

async function rentFound(
  context: Context,
  db: Writer,
  order: RentOrder,
  terms: RentTerms,
  candidates: Candidates,
): Promise<Progress> {
  const asked = nextCount(order);
  const outcomes = order.allOrNothing
    ? await rentFirstSet(context, db, terms, candidates, asked)
    : await rentEach(context, db, terms, candidates.flat(), asked);
  const rented = outcomes.filter(({ error }) => error === undefined).map(({ e164 }) => e164);
  await insertRentOrderNumbers(db, order.id, 'RENTED', rented);
  const vainTries = rented.length === 0 ? order.vainTries + 1 : 0;
  const rentedCount = order.rentedCount + rented.length;
  const counts = { rentedCount, failedCount: order.failedCount, vainTries };
  if (rentedCount === order.quantity) return { counts, isOver: true };
  // Of an order that is all or nothing the candidates were of each currency already.
  const isRefusedEverywhere =
    outcomes.some(isRefused) &&
    (order.allOrNothing || !(await couldRentMore(context, db, order, terms)));
  const error = findReason(asked, outcomes, candidates, { vainTries, isRefusedEverywhere });
  if (error === undefined) return { counts, isOver: false };
  return { counts: { ...counts, failedCount: order.quantity - rentedCount }, isOver: true, error };
}

/** @returns what came of the set that was taken, or else of all of them. */
async function rentFirstSet(
  context: Context,
  db: Writer,
  terms: RentTerms,
  candidates: Candidates,
  quantity: number,
): Promise<RentOutcome[]> {
  const refused: RentOutcome[] = [];
  for (const e164s of candidates) {
    const { isComplete, outcomes } = await rentAll(context, db, terms, e164s, quantity);
    if (isComplete) return outcomes;
    refused.push(...outcomes.filter(({ error }) => error !== undefined));
  }
  return refused;
}

/** Whether an order that searches its numbers would be given any, if they are there. */
async function couldRentMore(
  context: Context,
  db: Writer,
  { projectId, wanted }: RentOrder,
  { basis, request }: RentTerms,
): Promise<boolean> {
  const { criteria } = JSON.parse(wanted ?? '') as { criteria: PoolCriteria };
  const standing = await readStanding(context, db, projectId);
  const judged = judgePools(basis.pools, projectId, criteria, request, standing);
  return judged.some(({ problemCount }) => problemCount === 0);
}

/** Not for another caller's doing. */
function isRefused({ error }: RentOutcome): boolean {
  return error !== undefined && error.code !== 'NOT_FOUND';
}

/**
 * Why nothing more will be rented for an order that is short of numbers; `undefined`: there may be more.
 * @param asked how many the search was to bring at least.
 * @param isRefusedEverywhere that one number is refused says nothing of those in other pools.
 */
export function findReason(
  asked: number,
  outcomes: readonly RentOutcome[],
  candidates: Candidates,
  { vainTries, isRefusedEverywhere }: { vainTries: number; isRefusedEverywhere: boolean },
): DomainError | undefined {
  const refusal = outcomes.find(isRefused);
  if (isRefusedEverywhere && refusal !== undefined) return refusal.error;
  // Fewer than the search was asked for: it found no more.
  const isExhausted = candidates.every((set) => set.length < asked);
  if (isExhausted) {
    const message = 'There are not enough available numbers that match.';
    return resourceNotFound('AvailableNumber', '', message);
  }
  if (vainTries < VAIN_TRIES_MAX) return undefined;
  if (refusal !== undefined) return refusal.error;
  return new DomainError('UNAVAILABLE', 'Others rented every matching number first; order again.');
}

/** An error as an order keeps it. */
export function toErrorText({ code, message, details }: DomainError): string {
  return JSON.stringify({ code, message, details });
}
