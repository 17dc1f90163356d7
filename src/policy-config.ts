import { DUNNING_DAYS_MAX, type DunningPolicy } from './domain/dunning.ts';
import { HOLD_NUMBERS_MAX, type HoldPolicy, PROJECT_HOLDS_MAX } from './domain/hold-policy.ts';

type Variable =
  | 'NUMBERYARD_HOLD_SECONDS'
  | 'NUMBERYARD_HOLD_SECONDS_MAX'
  | 'NUMBERYARD_HOLD_LIFE_SECONDS_MAX'
  | 'NUMBERYARD_HOLD_NUMBERS_MAX'
  | 'NUMBERYARD_PROJECT_HOLDS_MAX'
  | 'NUMBERYARD_DUNNING_GRACE_DAYS'
  | 'NUMBERYARD_DUNNING_END_DAYS';

/** How the configuration reads its variables. */
interface Reading {
  integer(variable: Variable, min: number, max: number): number;
  seconds(variable: Variable): number;
  problem(variable: Variable, description: string): void;
}

/** How long numbers may be set aside, and how many. */
export function readHoldPolicy(read: Reading): HoldPolicy {
  const policy = {
    ttlMs: read.seconds('NUMBERYARD_HOLD_SECONDS'),
    ttlMsMax: read.seconds('NUMBERYARD_HOLD_SECONDS_MAX'),
    lifeMsMax: read.seconds('NUMBERYARD_HOLD_LIFE_SECONDS_MAX'),
    numbersPerRequestMax: read.integer('NUMBERYARD_HOLD_NUMBERS_MAX', 1, HOLD_NUMBERS_MAX),
    numbersPerProjectMax: read.integer('NUMBERYARD_PROJECT_HOLDS_MAX', 0, PROJECT_HOLDS_MAX),
  };
  if (policy.ttlMs > policy.ttlMsMax) {
    read.problem('NUMBERYARD_HOLD_SECONDS', 'must not be more than NUMBERYARD_HOLD_SECONDS_MAX');
  }
  if (policy.ttlMsMax > policy.lifeMsMax) {
    const longest = 'NUMBERYARD_HOLD_LIFE_SECONDS_MAX';
    read.problem('NUMBERYARD_HOLD_SECONDS_MAX', `must not be more than ${longest}`);
  }
  return policy;
}

/** What happens to numbers that are not paid. */
export function readDunningPolicy(read: Reading): DunningPolicy {
  const policy = {
    graceDays: read.integer('NUMBERYARD_DUNNING_GRACE_DAYS', 0, DUNNING_DAYS_MAX),
    endDays: read.integer('NUMBERYARD_DUNNING_END_DAYS', 0, DUNNING_DAYS_MAX),
  };
  if (policy.graceDays > policy.endDays) {
    const end = 'NUMBERYARD_DUNNING_END_DAYS';
    read.problem('NUMBERYARD_DUNNING_GRACE_DAYS', `must not be more than ${end}`);
  }
  return policy;
}
