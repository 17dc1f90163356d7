import assert from 'node:assert/strict';

import { formatAmount } from '../../../src/domain/money.ts';
import { linksOf } from '../dunning.ts';
import { nextChargeAt } from '../next-charge.ts';
import { assertRefused, pickRather, pickRented, type Step, type StepContext } from './step.ts';

export function release(context: StepContext): Step {
  const { model, project } = context;
  const number = pickRented(context);
  const rental = model.rentalOf(number, project.id);
  return {
    request: { project, method: 'POST', path: `/activeNumbers/${number.e164}:release` },
    async settle(answer) {
      if (rental === undefined) return assert.equal(answer.status, 404, answer.text);
      if (rental.isLocked) return assertRefused(answer, 'DELETION_LOCK');
      assert.equal(answer.status, 200, answer.text);
      if (rental.dunning !== undefined) model.releaseUnpaid(rental, answer.json.expireAt);
      else if (rental.expireAt === undefined) model.release(number, rental);
      assert.equal(answer.json.expireAt, rental.expireAt);
    },
  };
}

export function undoRelease({ model, project, random }: StepContext): Step {
  const released = model.numbers.filter(({ state }) => state === 'RELEASING');
  const number = pickRather(released, model.numbers, random);
  const rental = model.rentalOf(number, project.id);
  return {
    request: { project, method: 'POST', path: `/activeNumbers/${number.e164}:undoRelease` },
    async settle(answer) {
      if (rental?.dunning !== undefined) return assertRefused(answer, 'INSUFFICIENT_BALANCE');
      assert.equal(answer.status, rental === undefined ? 404 : 200, answer.text);
      if (rental?.expireAt === undefined) return;
      model.undoRelease(number, rental);
      assert.equal(answer.json.expireAt, null);
    },
  };
}

export function lock(context: StepContext): Step {
  const { model, project, random } = context;
  const number = pickRented(context);
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
      const isReleased = rental?.expireAt !== undefined && rental.dunning === undefined;
      if (isReleased && deletionLock) return assertRefused(answer, 'RELEASED');
      assert.equal(answer.status, rental === undefined ? 404 : 200, answer.text);
      if (rental !== undefined) rental.isLocked = deletionLock;
    },
  };
}

/** What a project is shown of its number, when all is done that it has asked for. */
export function show(context: StepContext): Step {
  const { model, project } = context;
  const number = pickRented(context);
  const rental = model.rentalOf(number, project.id);
  return {
    request: { project, method: 'GET', path: `/activeNumbers/${number.e164}` },
    async settle(answer) {
      assert.equal(answer.status, rental === undefined ? 404 : 200, answer.text);
      if (rental === undefined) return;
      const { smsConfiguration: sms, voiceConfiguration: voice, ...shown } = answer.json;
      const { failed, dunning } = rental;
      const links = linksOf(rental);
      assert.partialDeepStrictEqual(shown, {
        nextChargeDate: nextChargeAt(rental),
        expireAt: rental.expireAt ?? null,
        money: { currencyCode: 'USD', amount: formatAmount(rental.pool.monthlyMinor, 'USD') },
      });
      assert.equal(shown.deletionLock ?? false, rental.isLocked);
      const state = dunning?.isSuspended === true ? 'SUSPENDED' : 'GRACE';
      assert.equal(shown.dunning?.state, dunning === undefined ? undefined : state);
      const { servicePlanId, campaignId } = sms;
      assert.deepEqual({ servicePlanId, campaignId }, links.sms);
      assert.equal(sms.scheduledProvisioning?.status, failed.has('SMS') ? 'FAILED' : undefined);
      const { type, appId, trunkId, serviceId } = voice;
      assert.deepEqual({ type, targetId: appId + trunkId + serviceId }, links.voice);
      const scheduled = voice.scheduledVoiceProvisioning;
      assert.equal(scheduled?.status, failed.has('VOICE') ? 'FAILED' : undefined);
    },
  };
}
