import type { NumberType } from './pool.ts';

/** The shortest time the United States allow, and a decent one where no rule is known. */
const DEFAULT_DAYS = 45;

/** Days by region and type, where a rule or a custom says something. */
const DAYS: ReadonlyMap<string, Record<NumberType, number>> = new Map([
  // At least 45 days, at most 90 for homes and 365 for businesses (47 CFR 52.15(f)). Toll-free: 45 days to
  // four months (52.103(d)); the longest, for there the new holder pays for calls meant for the old one.
  // Any four months are at least 120 days.
  ['US', { LOCAL: 45, MOBILE: 45, TOLL_FREE: 120 }],
  // Australian carriers wait six months, which are at most 184 days.
  ['AU', { LOCAL: 184, MOBILE: 184, TOLL_FREE: 184 }],
]);

/**
 * Days that a released number stays out of stock when its pool does not say otherwise, so that callers
 * of the last holder do not reach the next one.
 */
export function defaultQuarantineDays(regionCode: string, type: NumberType): number {
  return DAYS.get(regionCode)?.[type] ?? DEFAULT_DAYS;
}
