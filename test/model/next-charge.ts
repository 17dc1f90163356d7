import { periodStart } from '../../src/domain/billing-calendar.ts';
import type { Timestamp } from '../../src/domain/timestamp.ts';
import type { ModelRental } from './model.ts';

/** When a rental's next period begins. */
export function nextChargeAt({ rentedAt, periods, pool }: ModelRental): Timestamp {
  return periodStart(rentedAt, periods, pool.intervalMonths);
}
