import assert from 'node:assert/strict';

import type { Timestamp } from '../../src/domain/timestamp.ts';
import type { Store } from '../../src/store/store.ts';
import type { Json } from '../support/rentals.ts';
import type { Answer, TestProject } from '../support/test-server.ts';
import type { ModelRequest } from './client.ts';
import { costOf, type Model, type ModelNumber, nextChargeAt } from './model.ts';

/** A request, and what has to come of it. */
export interface Step {
  request: ModelRequest;
  /** Compares the answer with the model and changes the model as the answer says it was. */
  settle: (answer: Answer, store: Store) => Promise<void>;
}

export interface StepContext {
  model: Model;
  project: TestProject;
  /** A whole number from 0 up to, not including, `limit`. */
  random: (limit: number) => number;
}

type MakeStep = (context: StepContext) => Step;

/** Everything that projects do, the frequent ones several times. */
export const STEPS: readonly MakeStep[] = [
  rent,
  rent,
  rent,
  release,
  release,
  undoRelease,
  lock,
  check,
  rentAny,
  orderListed,
  orderMatching,
  hold,
  hold,
  releaseHold,
];

/** Those whose outcome does not depend on when they are carried out, so that a server may die in the middle of them. */
export const TIMELESS_STEPS: readonly MakeStep[] = [rentOnSale, orderListed];

function rent({ model, project, random }: StepContext): Step {
  return rentOne(model, project, pick(model.numbers, random), random);
}

function rentOnSale({ model, project, random }: StepContext): Step {
  const onSale = model.numbers.filter(
    (number) => number.state === 'AVAILABLE' && model.canRent(number, project.id),
  );
  return rentOne(model, project, pick(onSale.length > 0 ? onSale : model.numbers, random), random);
}

function rentOne(
  model: Model,
  project: TestProject,
  number: ModelNumber,
  random: StepContext['random'],
): Step {
  const body = random(3) === 0 ? { voiceConfiguration: { appId: 'app' } } : {};
  const canRent = model.canRent(number, project.id);
  const isCovered = model.affordable(project.id, number.pool) > 0;
  const isOwn = model.rentalOf(number, project.id) !== undefined;
  return {
    request: { project, method: 'POST', path: `/availableNumbers/${number.e164}:rent`, body },
    async settle(answer, store) {
      if (!canRent) {
        assert.equal(answer.status, 404, answer.text);
        assert.equal(answer.json.error.details[0].owner, isOwn ? project.id : '');
        return;
      }
      if (!isCovered) return assertNotCovered(answer);
      assert.equal(answer.status, 200, answer.text);
      await takeRental(model, number, project, store);
      assert.ok(number.rental);
      assert.equal(answer.json.nextChargeDate, nextChargeAt(number.rental));
    },
  };
}

function rentAny({ model, project, random }: StepContext): Step {
  const regionCode = random(2) === 0 ? 'US' : 'GB';
  const type = 'LOCAL';
  const onSale = model.onSale(project.id, regionCode);
  return {
    request: {
      project,
      method: 'POST',
      path: '/availableNumbers:rentAny',
      body: { regionCode, type },
    },
    async settle(answer, store) {
      const [first] = onSale;
      if (first === undefined) return assert.equal(answer.status, 404, answer.text);
      if (model.affordable(project.id, first.pool) === 0) return assertNotCovered(answer);
      assert.equal(answer.status, 200, answer.text);
      const number = onSale.find(({ e164 }) => e164 === answer.json.phoneNumber);
      assert.ok(number, `${answer.json.phoneNumber} was not on sale`);
      await takeRental(model, number, project, store);
    },
  };
}

function orderListed({ model, project, random }: StepContext): Step {
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
      for (const number of rented) await takeRental(model, number, project, store);
    },
  };
}

function orderMatching({ model, project, random }: StepContext): Step {
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
        await takeRental(model, number, project, store);
      }
    },
  };
}

function release({ model, project, random }: StepContext): Step {
  const number = pick(model.numbers, random);
  const rental = model.rentalOf(number, project.id);
  return {
    request: { project, method: 'POST', path: `/activeNumbers/${number.e164}:release` },
    async settle(answer) {
      const isRefused = rental?.isLocked === true && rental.expireAt === undefined;
      assert.equal(answer.status, rental === undefined ? 404 : isRefused ? 400 : 200, answer.text);
      if (rental === undefined || isRefused) return;
      if (rental.expireAt === undefined) model.release(number, rental);
      assert.equal(answer.json.expireAt, rental.expireAt);
    },
  };
}

function undoRelease({ model, project, random }: StepContext): Step {
  const released = model.numbers.filter(({ state }) => state === 'RELEASING');
  const number = pick(released.length > 0 ? released : model.numbers, random);
  const rental = model.rentalOf(number, project.id);
  return {
    request: { project, method: 'POST', path: `/activeNumbers/${number.e164}:undoRelease` },
    async settle(answer) {
      assert.equal(answer.status, rental === undefined ? 404 : 200, answer.text);
      if (rental?.expireAt === undefined) return;
      model.undoRelease(number, rental);
      assert.equal(answer.json.expireAt, null);
    },
  };
}

function lock({ model, project, random }: StepContext): Step {
  const number = pick(model.numbers, random);
  const rental = model.rentalOf(number, project.id);
  const deletionLock = random(3) === 0;
  return {
    request: {
      project,
      method: 'PATCH',
      path: `/activeNumbers/${number.e164}`,
      body: { deletionLock },
    },
    async settle(answer) {
      assert.equal(answer.status, rental === undefined ? 404 : 200, answer.text);
      if (rental !== undefined) rental.isLocked = deletionLock;
    },
  };
}

function check({ model, project, random }: StepContext): Step {
  const number = pick(model.numbers, random);
  const expected = model.canRent(number, project.id) ? 200 : 404;
  return {
    request: { project, method: 'GET', path: `/availableNumbers/${number.e164}` },
    async settle(answer) {
      assert.equal(answer.status, expected, answer.text);
    },
  };
}

function hold({ model, project, random }: StepContext): Step {
  const numbers = pickSome(model.numbers, 1 + random(3), random);
  const phoneNumbers = numbers.map(({ e164 }) => e164);
  const isHeldAlready = ({ state, holder }: ModelNumber) =>
    state === 'HELD' && holder === project.id;
  const canHold = (number: ModelNumber) =>
    isHeldAlready(number) || (number.state === 'AVAILABLE' && model.canRent(number, project.id));
  const isGranted = numbers.every(canHold);
  const body = { phoneNumbers, ttlSeconds: 60 * (1 + random(60)) };
  return {
    request: { project, method: 'POST', path: '/numberHolds', body },
    async settle(answer) {
      assert.equal(answer.status, isGranted ? 200 : 404, answer.text);
      if (!isGranted) return;
      for (const { phoneNumber, expireTime } of answer.json.numberHolds) {
        const number = numbers.find(({ e164 }) => e164 === phoneNumber);
        assert.ok(number);
        if (isHeldAlready(number)) assert.equal(expireTime, number.until);
        else model.hold(number, project.id, expireTime as Timestamp);
      }
    },
  };
}

function releaseHold({ model, project, random }: StepContext): Step {
  const held = model.numbers.filter(({ state }) => state === 'HELD');
  const number = pick(held.length > 0 ? held : model.numbers, random);
  const isOwn = number.state === 'HELD' && number.holder === project.id;
  return {
    request: { project, method: 'POST', path: `/numberHolds/${number.e164}:release` },
    async settle(answer) {
      assert.equal(answer.status, isOwn ? 200 : 404, answer.text);
      if (isOwn) model.free(number);
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

function assertNotCovered(answer: Answer): void {
  assert.equal(answer.status, 400, answer.text);
  assert.equal(answer.json.error.details[0].violations[0].type, 'INSUFFICIENT_BALANCE');
}

/** Takes over what only the server knows of a rental: its id, and the instant at which it began. */
async function takeRental(
  model: Model,
  number: ModelNumber,
  project: TestProject,
  store: Store,
): Promise<void> {
  const row = await store.read((db) =>
    db.get<{ id: string; rentedAt: Timestamp }>(
      'SELECT id, rented_at AS "rentedAt" FROM rental WHERE e164 = ? AND project_id = ? AND ended_at IS NULL',
      number.e164,
      project.id,
    ),
  );
  assert.ok(row, `${number.e164} was answered as rented, and is not`);
  model.rent(number, project.id, row.id, row.rentedAt);
}

function pick<Item>(items: readonly Item[], random: StepContext['random']): Item {
  return items[random(items.length)] as Item;
}

function pickSome<Item>(
  items: readonly Item[],
  count: number,
  random: StepContext['random'],
): Item[] {
  const rest = [...items];
  return Array.from({ length: count }, () => rest.splice(random(rest.length), 1)[0] as Item);
}
