import assert from 'node:assert/strict';

import type { ModelLinks, ModelNumber } from '../model.ts';
import { nextChargeAt } from '../next-charge.ts';
import { assertRefused, pick, pickOnSale, type Step, type StepContext } from './step.ts';
import { takeRental } from './take-rental.ts';

export function rent(context: StepContext): Step {
  return rentOne(context, pick(context.model.numbers, context.random));
}

export function rentOnSale(context: StepContext): Step {
  return rentOne(context, pickOnSale(context));
}

function rentOne({ model, project, random }: StepContext, number: ModelNumber): Step {
  const isLinked = random(3) === 0;
  const body = isLinked ? { voiceConfiguration: { appId: 'app' } } : {};
  const links: Partial<ModelLinks> = isLinked ? { voice: { type: 'RTC', targetId: 'app' } } : {};
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
      if (!isCovered) return assertRefused(answer, 'INSUFFICIENT_BALANCE');
      assert.equal(answer.status, 200, answer.text);
      await takeRental(model, number, project.id, store, { links });
      assert.ok(number.rental);
      assert.equal(answer.json.nextChargeDate, nextChargeAt(number.rental));
    },
  };
}

export function rentAny({ model, project, random }: StepContext): Step {
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
      if (model.affordable(project.id, first.pool) === 0)
        return assertRefused(answer, 'INSUFFICIENT_BALANCE');
      assert.equal(answer.status, 200, answer.text);
      const number = onSale.find(({ e164 }) => e164 === answer.json.phoneNumber);
      assert.ok(number, `${answer.json.phoneNumber} was not on sale`);
      await takeRental(model, number, project.id, store);
    },
  };
}

export function check({ model, project, random }: StepContext): Step {
  const number = pick(model.numbers, random);
  const expected = model.canRent(number, project.id) ? 200 : 404;
  return {
    request: { project, method: 'GET', path: `/availableNumbers/${number.e164}` },
    async settle(answer) {
      assert.equal(answer.status, expected, answer.text);
    },
  };
}
