import { addDays, type Timestamp } from './timestamp.ts';

/** Whatever the operator sets: nobody waits longer than this for the price of a number. */
export const DUNNING_DAYS_MAX = 3650;

/** What happens to a rental whose next period its account does not cover, in days from when that is found. */
export interface DunningPolicy {
  /** So long it works as before. */
  graceDays: number;
  /** Then it ends; between the two it is suspended. */
  endDays: number;
}

/** When a rental that is unpaid from now on is suspended, and when it ends. */
export function dunningDates(
  { graceDays, endDays }: DunningPolicy,
  now: Timestamp,
): { suspendAt: Timestamp; endAt: Timestamp } {
  return { suspendAt: addDays(now, graceDays), endAt: addDays(now, endDays) };
}
