import assert from 'node:assert/strict';

import type { Json } from '../../support/rentals.ts';
import type { TestProject } from '../../support/test-server.ts';
import { costOf, type Model, type ModelNumber } from '../model.ts';
import { pickSome, type Step, type StepContext } from './step.ts';
import { takeRental } from './take-rental.ts';

export function orderListed({ model, project, random }: StepContext): Step {
  const numbers = pickSome(model.numbers, 1 + random(4), random);
  const allOrNothing = random(2) === 0;
  const phoneNumbers = numbers.map(({ e164 }) => e164);
  const free = takeCovered(
    model,
    project,
    numbers
      .filter((number) => model.canRent(number, project.id))
      .toSorted((one, other) => (one.e164 < other.e164 ? -1 : 1)),
  );
  const rented = allOrNothing && free.length < numbers.length ? [] : free;
  return {
    request: { project, method: 'POST', path: '/rentOrders', body: { phoneNumbers, allOrNothing } },
    async settle(answer, store) {
      assert.equal(answer.status, 200, answer.text);
      assert.equal(answer.json.rentedQuantity, rented.length, answer.text);
      const states = new Map(
        answer.json.orderNumbers.map((each: Json) => [each.phoneNumber, each.state]),
      );
      for (const number of numbers) {
        const expected = rented.includes(number)
          ? 'RENTED'
          : free.includes(number)
            ? 'CANCELLED'
            : 'FAILED';
        assert.equal(states.get(number.e164), expected, answer.text);
      }
      for (const number of rented) await takeRental(model, number, project.id, store);
    },
  };
}

export function orderMatching({ model, project, random }: StepContext): Step {
  const regionCode = random(2) === 0 ? 'US' : 'GB';
  const quantity = 1 + random(4);
  const allOrNothing = random(2) === 0;
  const onSale = model.onSale(project.id, regionCode);
  // Only the first project sees two prices in a region, and it pays afterwards.
  const covered = onSale[0] === undefined ? 0 : model.affordable(project.id, onSale[0].pool);
  const most = Math.min(onSale.length, covered);
  const count = most >= quantity ? quantity : allOrNothing ? 0 : most;
  const body = { quantity, allOrNothing, regionCode, type: 'LOCAL' };
  return {
    request: { project, method: 'POST', path: '/rentOrders', body },
    async settle(answer, store) {
      assert.equal(answer.status, 200, answer.text);
      assert.equal(answer.json.rentedQuantity, count, answer.text);
      for (const { phoneNumber } of answer.json.orderNumbers) {
        const number = onSale.find(({ e164 }) => e164 === phoneNumber);
        assert.ok(number, `${phoneNumber} was not on sale`);
        await takeRental(model, number, project.id, store);
      }
    },
  };
}

/** Those of several numbers that the balance covers, one after the other. */
function takeCovered(
  model: Model,
  project: TestProject,
  numbers: readonly ModelNumber[],
): ModelNumber[] {
  let balance = model.balances.get(project.id) ?? Infinity;
  return numbers.filter(({ pool }) => {
    if (costOf(pool) > balance) return false;
    balance -= costOf(pool);
    return true;
  });
}
