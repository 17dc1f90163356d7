import assert from 'node:assert/strict';

import type { ReviewOutcome } from '../../../src/domain/number-order.ts';
import { OTHER_PROJECT } from '../../support/test-server.ts';
import { costOf } from '../model.ts';
import { isCovered, settleReview } from './review.ts';
import { type OperatorContext, type OperatorStep, pick, pickRather } from './step.ts';
import { takeRental } from './take-rental.ts';

/** It pays in advance; the first project pays afterwards. */
export const PAYER = OTHER_PROJECT;

/** Little, so that numbers become unpaid; now and then all that is due. */
const PAYMENT_MAX_MINOR = 150;
const LARGE_PAYMENT_EVERY = 6;
const LARGE_PAYMENT_MINOR = 1000;

const OUTCOMES: readonly ReviewOutcome[] = ['COMPLETED', 'COMPLETED', 'REJECTED', 'BLOCKED'];

/** A payment of the project that pays in advance. */
export function pay({ model, random }: OperatorContext): OperatorStep {
  const isLarge = random(LARGE_PAYMENT_EVERY) === 0;
  const amountMinor = isLarge ? LARGE_PAYMENT_MINOR : 1 + random(PAYMENT_MAX_MINOR);
  return {
    description: `pay ${amountMinor}`,
    async act(operator) {
      await operator.pay(PAYER.id, amountMinor);
      model.balances.set(PAYER.id, (model.balances.get(PAYER.id) ?? 0) + amountMinor);
    },
  };
}

/** What a person decides of an order. */
export function review({ model, random }: OperatorContext): OperatorStep {
  const waiting = model.orders.filter(({ state }) => state === 'IN_REVIEW');
  if (model.orders.length === 0) return pay({ model, random });
  const order = pickRather(waiting, model.orders, random);
  const outcome = pick(OUTCOMES, random);
  return {
    description: `review ${order.id}: ${outcome}`,
    async act(operator) {
      const refusal = await operator.review(order.id, { outcome, reason: 'A reason.' });
      if (order.state !== 'IN_REVIEW') return assert.equal(refusal, 'ORDER_STATE');
      const isGranted = outcome !== 'COMPLETED' || isCovered(model, order);
      assert.equal(refusal, isGranted ? undefined : 'INSUFFICIENT_BALANCE');
      if (isGranted) await settleReview(model, order, outcome, operator.store);
    },
  };
}

/** Gives a number back to its last holder. */
export function recall({ model, random }: OperatorContext): OperatorStep {
  const released = model.numbers.filter(({ state, lastRental }) =>
    state === 'AVAILABLE' ? lastRental !== undefined : state !== 'ACTIVE' && state !== 'HELD',
  );
  const number = pickRather(released, model.numbers, random);
  const { e164, state, rental, lastRental: last } = number;
  return {
    description: `recall ${e164}`,
    async act(operator) {
      const refusal = await operator.recall(e164);
      if (state === 'RELEASING' && rental !== undefined && rental.dunning === undefined) {
        assert.equal(refusal, undefined);
        return model.undoRelease(number, rental);
      }
      const isFree = state === 'AVAILABLE' || state === 'QUARANTINED';
      if (last === undefined || !isFree) return assert.equal(refusal, 'NOT_RECALLABLE');
      const { projectId, links, isLocked } = last;
      const pool = { ...last.pool, setupMinor: 0 };
      const isCoveredByBalance = costOf(pool) <= (model.balances.get(projectId) ?? Infinity);
      assert.equal(refusal, isCoveredByBalance ? undefined : 'INSUFFICIENT_BALANCE');
      if (!isCoveredByBalance) return;
      const terms = { links, isLocked, pool };
      await takeRental(model, number, projectId, operator.store, terms);
    },
  };
}
