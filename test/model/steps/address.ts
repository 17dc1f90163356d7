import assert from 'node:assert/strict';

import { toAddressRequest } from '../../support/emergency-addresses.ts';
import type { Answer } from '../../support/test-server.ts';
import type { ModelNumber, ModelRental } from '../model.ts';
import { pick, pickRather, type Step, type StepContext } from './step.ts';

/** One that the platform of the sandbox knows, and others that it does not take. */
const KNOWN_STREET = 'Pennsylvania Ave NW';
const STREETS = [
  KNOWN_STREET,
  KNOWN_STREET,
  KNOWN_STREET,
  'Near Match St',
  'No Match St',
  'Several Matches St',
  'Refused St',
];

export function provision(context: StepContext): Step {
  const streetInfo = pick(STREETS, context.random);
  return ofAddress(context, 'POST', ':provision', toAddressRequest({ streetInfo }), {
    status: () => (streetInfo === KNOWN_STREET ? 200 : 400),
    apply(rental) {
      if (streetInfo === KNOWN_STREET) rental.hasAddress = true;
    },
  });
}

export function deprovision(context: StepContext): Step {
  return ofAddress(context, 'POST', ':deprovision', undefined, {
    status: () => 200,
    apply(rental) {
      rental.hasAddress = false;
    },
  });
}

export function showAddress(context: StepContext): Step {
  return ofAddress(context, 'GET', '', undefined, {
    status: ({ hasAddress }) => (hasAddress ? 200 : 404),
    apply() {},
  });
}

/** A request about the address of a number, rather one that can have an address. */
function ofAddress(
  { model, project, random }: StepContext,
  method: string,
  verb: string,
  body: object | undefined,
  outcome: { status: (rental: ModelRental) => number; apply: (rental: ModelRental) => void },
): Step {
  const able = model.numbers.filter(
    (number) =>
      number.pool.hasEmergencyAddresses && model.rentalOf(number, project.id) !== undefined,
  );
  const number = pickRather(able, model.numbers, random);
  const rental = model.rentalOf(number, project.id);
  const path = `/activeNumbers/${number.e164}/emergencyAddress${verb}`;
  return {
    request: { project, method, path, ...(body && { body }) },
    async settle(answer) {
      if (rental === undefined) return assert.equal(answer.status, 404, answer.text);
      if (!number.pool.hasEmergencyAddresses) return assertMissingFeature(answer, number);
      assert.equal(answer.status, outcome.status(rental), answer.text);
      outcome.apply(rental);
    },
  };
}

function assertMissingFeature(answer: Answer, { e164 }: ModelNumber): void {
  assert.equal(answer.status, 404, `${e164} ${answer.text}`);
  assert.equal(answer.json.error.message, 'Missing E911 feature');
}
