import assert from 'node:assert/strict';

import type { Timestamp } from '../../../src/domain/timestamp.ts';
import type { ModelNumber } from '../model.ts';
import { pickOnSale, pickRather, pickSome, type Step, type StepContext } from './step.ts';

/** One that is likely to be had, or some of all. */
export function hold(context: StepContext): Step {
  const { model, project, random } = context;
  const numbers =
    random(2) === 0 ? [pickOnSale(context)] : pickSome(model.numbers, 1 + random(3), random);
  const phoneNumbers = numbers.map(({ e164 }) => e164);
  const isHeldAlready = (number: ModelNumber) => model.isHeldBy(number, project.id);
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

export function releaseHold({ model, project, random }: StepContext): Step {
  const held = model.numbers.filter((number) => model.isHeldBy(number, project.id));
  const number = pickRather(held, model.numbers, random);
  const isOwn = model.isHeldBy(number, project.id);
  return {
    request: { project, method: 'POST', path: `/numberHolds/${number.e164}:release` },
    async settle(answer) {
      assert.equal(answer.status, isOwn ? 200 : 404, answer.text);
      if (isOwn) model.free(number);
    },
  };
}
